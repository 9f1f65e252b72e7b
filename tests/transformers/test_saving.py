import json
import re
from importlib.util import find_spec

import pytest

from pruning_transformers import PruningEncoderModel
from tiny_backbones import new_model

BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
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
    assert len(blocks) == {"reranking_pruning": 10, "pruning_only": 5}[mode]
    for block in blocks:
        if "sentence_transformers" not in block or find_spec("sentence_transformers"):
            exec(block.replace("PATH", str(tmp_path / "model")), {})


def test_a_card_that_is_there_stays(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    save(tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine"
