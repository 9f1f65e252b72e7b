import pytest

from pruning_core import PruningEncoder
from pruning_core.builtin import BUILTIN_MODELS
from pruning_core.hub import locate

HUB = {"revision": "abc", "token": "hf_x", "cache_dir": "cache", "local_files_only": True}


@pytest.fixture
def calls(monkeypatch, tmp_path):
    found = []

    def download(repository, **options):
        found.append((repository, options))
        return str(tmp_path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    return found


def test_a_built_in_model_by_its_name(calls):
    assert locate("default", []) == BUILTIN_MODELS["default"]
    assert (BUILTIN_MODELS["default"] / "model.safetensors").is_file()
    assert not calls


@pytest.mark.parametrize("name", ["no/such/folder", "./here", "folder", "~/model"])
def test_neither_folder_nor_hub_id(name, calls):
    with pytest.raises(FileNotFoundError, match="is neither a folder nor a hub id"):
        locate(name, [])
    assert not calls


@pytest.mark.parametrize("model", [None, 3, b"org/model"])
def test_neither_text_nor_path(model):
    with pytest.raises(TypeError, match="`model` must be a str"):
        locate(model, [])


def test_every_option_reaches_the_hub(calls, tmp_path):
    (tmp_path / "sub").mkdir()
    assert locate("org/model", ["config.json"], subfolder="sub", **HUB) == tmp_path / "sub"
    assert calls == [("org/model", HUB | {"allow_patterns": ["sub/config.json"]})]


@pytest.mark.parametrize("is_offline", [True, False])
def test_offline_nothing_is_asked_for(is_offline, calls, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", is_offline)
    locate("org/model", [])
    assert calls[0][1]["local_files_only"] is is_offline


def test_from_pretrained_passes_them_on(calls):
    with pytest.raises(FileNotFoundError, match=r"has no config\.json"):
        PruningEncoder.from_pretrained("org/model", variant="fp16", **HUB)
    ((_, options),) = calls
    patterns = options.pop("allow_patterns")
    assert options == HUB
    assert "model*fp16*.safetensors" in patterns
    assert not any(pattern.endswith((".py", ".bin")) for pattern in patterns)


def test_a_folder_has_no_revision_and_a_subfolder_stays_inside(tmp_path):
    with pytest.raises(ValueError, match="`revision` 'main' is for hub ids"):
        locate(tmp_path, [], revision="main")
    for outside in ("..", "a/../..", "/etc"):
        with pytest.raises(ValueError, match="`subfolder` must be inside"):
            locate(tmp_path, [], subfolder=outside)
    with pytest.raises(FileNotFoundError, match="has no folder 'sub'"):
        locate(tmp_path, [], subfolder="sub")
