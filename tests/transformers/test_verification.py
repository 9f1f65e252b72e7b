import json
import os
import shutil

import pytest

from hub_cache import FIRST, add_revision
from pruning_core.cli import main
from pruning_transformers import PruningEncoderModel, __version__
from pruning_transformers.checking import check
from pruning_transformers.verification import verify
from tiny_backbones import new_model

MARKER = "open(r'{}', 'w')\nfrom .modeling_pruning_encoder import PruningEncoderConfig\n"


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good") / "model"
    new_model(cls=PruningEncoderModel).save_pretrained(folder)
    return folder


@pytest.fixture
def folder(good, tmp_path):
    return shutil.copytree(good, tmp_path / "model")


def add(path, **entries):
    data = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps(data | entries))


def second_file(folder):
    (folder / "configuration_pruning_encoder.py").write_text(MARKER.format(folder.parent / "ran"))
    data = json.loads((folder / "config.json").read_text())
    data["auto_map"]["AutoConfig"] = "configuration_pruning_encoder.PruningEncoderConfig"
    (folder / "config.json").write_text(json.dumps(data))


def other_repository(folder):
    data = json.loads((folder / "config.json").read_text())
    data["auto_map"]["AutoModel"] = f"evil/x--{data['auto_map']['AutoModel']}"
    (folder / "config.json").write_text(json.dumps(data))


HOSTILE = {
    "second_file": second_file,
    "other_repository": other_repository,
    "no_auto_map": lambda f: add(f / "config.json", auto_map={}),
    "pipelines": lambda f: add(f / "config.json", custom_pipelines={"a": {"impl": "x.A"}}),
    "tokenizer": lambda f: add(
        f / "tokenizer_config.json", auto_map={"AutoTokenizer": ["t.T", None]}
    ),
    "processor": lambda f: add(f / "processor_config.json", auto_map={"AutoProcessor": "p.P"}),
    "generation": lambda f: add(f / "generation_config.json", custom_generate="evil/x"),
    "modules": lambda f: (f / "modules.json").write_text('[{"idx": 0, "type": "evil.Module"}]'),
    "activation": lambda f: add(
        f / "config.json", sentence_transformers={"activation_fn": "torch.x"}
    ),
    "nested_code": lambda f: (f / "sub").mkdir() or (f / "sub" / "x.py").write_text(""),
    "library": lambda f: (f / "x.so").write_text(""),
    "pickle": lambda f: (f / "pytorch_model.bin").write_bytes(b""),
    "link": lambda f: (f / "vocab.txt").symlink_to("/etc/passwd"),
    "another_case": lambda f: (f / "x.PY").write_text(""),
    "hidden": lambda f: (f / ".cache").mkdir() or (f / ".cache" / "x.py").write_text(""),
    "numpy": lambda f: (f / "x.NPZ").write_bytes(b""),
    "a_pipe": lambda f: os.mkfifo(f / "x.json"),
    "a_folder_by_a_link": lambda f: (f / "sub").symlink_to("/etc"),
    "a_loop": lambda f: (f / "loop").symlink_to("loop"),
    "a_list_of_classes": lambda f: add(f / "a.json", type=["evil.X"]),
    "classes_of_a_router": lambda f: add(f / "router_config.json", types={"query": "evil.X"}),
    "a_function_of_torch": lambda f: add(f / "a.json", type="torch.nn.utils.x.y"),
    "an_activation_of_a_layer": lambda f: (
        (f / "1_Dense").mkdir() or add(f / "1_Dense" / "config.json", activation_function="os.X")
    ),
    "an_older_key": lambda f: add(
        f / "config.json", sbert_ce_default_activation_function="torch.hub.load"
    ),
    "a_class_elsewhere": lambda f: add(
        f / "tokenizer_config.json", tokenizer_class="evil/x--tokenization.X"
    ),
    "an_adapter": lambda f: add(f / "adapter_config.json", base_model_name_or_path="evil/x"),
    "an_adapter_with_code": lambda f: add(f / "a.json", auto_mapping={"parent_library": "x"}),
    "kernels": lambda f: add(f / "config.json", use_kernels=True),
    "a_key_twice": lambda f: (f / "a.json").write_text('{"auto_map": {}, "auto_map": "x.X"}'),
    "a_file_of_a_terabyte": lambda f: (f / "a.json").touch() or os.truncate(f / "a.json", 2**40),
    "deep": lambda f: (f / "a.json").write_text("[" * 100_000),
}


def test_what_a_release_saves(folder):
    found = verify(folder)
    assert (found.is_ours, found.version, found.problems) == (True, __version__, ())


@pytest.mark.parametrize("name", HOSTILE)
def test_code_that_is_not_ours(folder, name, capsys):
    HOSTILE[name](folder)
    found = verify(folder)
    assert found.version == __version__
    assert found.problems
    assert main(["verify", str(folder)]) == 1
    assert "names code" in capsys.readouterr().out or name not in ("second_file", "tokenizer")


def test_check_runs_no_code_that_is_not_ours(folder):
    second_file(folder)
    rows = list(check(folder))
    assert "configuration_pruning_encoder.py is code" in rows[-1].note
    assert not (folder.parent / "ran").exists()


def test_check_follows_no_link(folder):
    (folder / "vocab.txt").symlink_to("/dev/zero")
    assert [row.error for row in check(folder)] == ["vocab.txt is a link"]


def test_check_has_a_time_limit(folder):
    errors = [row.error for row in check(folder, time_limit=0.1) if row.error]
    assert set(errors) == {"not done after 0.1 seconds"}


def test_links_of_the_hubs_cache_are_files(good, tmp_path):
    add_revision(tmp_path, "org/model", FIRST, good, "main")
    snapshot = next(tmp_path.glob("*/snapshots/*"))
    assert verify(snapshot).is_ours
