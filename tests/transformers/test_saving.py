import json
import re
import shutil
from importlib.util import find_spec

import pytest
from transformers import AutoModel

from emitted_file import emitted_module
from hub_cache import FIRST, add_revision
from pruning_core.cli import main
from pruning_transformers import PruningEncoderModel
from pruning_transformers.released import EMITTED
from tiny_backbones import new_model

BLOCK = re.compile(r"```(python|console)\n(.*?)```", re.DOTALL)
MODES = ("reranking_pruning", "pruning_only")


def save(folder, mode="reranking_pruning"):
    model = new_model(cls=PruningEncoderModel, mode=mode)
    model.save_pretrained(folder, tokenizer=model.tokenizer)
    return folder


def test_the_files(tmp_path):
    names = {file.name for file in save(tmp_path).iterdir()}
    assert names == {
        "README.md",
        "config.json",
        "model.safetensors",
        "modeling_pruning_encoder.py",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    config = json.loads((tmp_path / "config.json").read_text())
    assert set(config["auto_map"]) == {
        "AutoConfig",
        "AutoModel",
        "AutoModelForSequenceClassification",
        "AutoModelForTokenClassification",
    }
    assert config["tokenizer_class"] == "PreTrainedTokenizerFast"


@pytest.mark.parametrize("mode", MODES)
def test_the_code_of_the_model_card_runs(mode, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    card = (save(tmp_path / "model", mode) / "README.md").read_text()
    assert not re.search(r"\{\w+\}|<!--", card)
    blocks = BLOCK.findall(card)
    assert len(blocks) == {"reranking_pruning": 11, "pruning_only": 5}[mode]
    for kind, block in blocks:
        code = block.replace("PATH", str(tmp_path / "model"))
        if kind == "console":
            assert main(code.removeprefix("pruning ").split()) == 0
        elif "sentence_transformers" not in code or find_spec("sentence_transformers"):
            exec(code, {})


def test_a_card_that_is_there_stays(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    save(tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine"


def names(folder):
    return {file.name for file in folder.iterdir()}


@pytest.fixture
def classes():
    """The package's model and the emitted file's."""
    return [PruningEncoderModel, emitted_module().PruningEncoderModel]


def test_the_source_is_gone(classes, tmp_path):
    for number, cls in enumerate(classes):
        source, target = tmp_path / f"source-{number}", tmp_path / f"target-{number}"
        model = cls.from_pretrained(save(source))
        shutil.rmtree(source)
        model.save_pretrained(target)
        assert {"config.json", "model.safetensors", EMITTED.name} <= names(target)
        assert AutoModel.from_pretrained(target).prune("a cat", "Cats purr.").sentences


def test_there_never_was_a_source(classes, tmp_path):
    for number, cls in enumerate(classes):
        target = tmp_path / f"target-{number}"
        model = new_model()
        backbone = model.config.backbone_config.to_dict()
        config = cls.config_class(backbone_config=backbone, max_length=64)
        cls(config).save_pretrained(target)
        assert {"config.json", "model.safetensors", EMITTED.name} <= names(target)


def test_nothing_is_read_from_the_network(classes, tmp_path, monkeypatch):
    add_revision(tmp_path / "cache", "org/model", FIRST, save(tmp_path / "source"), "main")
    models = [cls.from_pretrained("org/model", cache_dir=tmp_path / "cache") for cls in classes]

    def fail(*args, **options):
        raise AssertionError("a file was asked for")

    monkeypatch.setattr("huggingface_hub.file_download.hf_hub_download", fail)
    monkeypatch.setattr("transformers.utils.hub.hf_hub_download", fail)
    for number, model in enumerate(models):
        model.save_pretrained(tmp_path / f"target-{number}")
        assert names(tmp_path / f"target-{number}") == names(tmp_path / "source")


def test_the_emitted_file_carries_itself_and_the_card(tmp_path):
    card = save(tmp_path / "source") / "README.md"
    card.write_text("mine")
    model = emitted_module().PruningEncoderModel.from_pretrained(tmp_path / "source")
    model.save_pretrained(tmp_path / "target")
    assert (tmp_path / "target" / "README.md").read_text() == "mine"
    assert (tmp_path / "target" / EMITTED.name).read_bytes() == EMITTED.read_bytes()


def test_other_processes_save_nothing(classes, tmp_path):
    for number, cls in enumerate(classes):
        model = cls.from_pretrained(save(tmp_path / f"source-{number}"))
        model.save_pretrained(tmp_path / f"target-{number}", is_main_process=False)
        assert not (tmp_path / f"target-{number}").exists()
