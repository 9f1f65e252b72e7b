"""The emitted file, in a process where nothing of ours can be imported."""

import json
import subprocess
import sys

import pytest
from backbones import FAMILIES, fast_tokenizer, new_model
from transformers.dynamic_module_utils import get_imports, get_relative_imports

LOAD = """
import importlib.abc, json, sys

class Hide(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("pruning_core", "pruning_transformers"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hide())
from transformers import AutoModel, AutoModelForSequenceClassification

folder, again, query, text = sys.argv[1:]
model = AutoModel.from_pretrained(folder, trust_remote_code=True)
ranker = AutoModelForSequenceClassification.from_pretrained(folder, trust_remote_code=True)
ranker.save_pretrained(again)
model = AutoModel.from_pretrained(again, trust_remote_code=True)
model.tokenizer = ranker.tokenizer
print(json.dumps([model.prune(query, text).to_dict(), ranker.prune(query, text).to_dict()]))
"""
QUERY, TEXT = "capital of france", "Paris is the capital. Cats purr. " * 9


@pytest.mark.parametrize("family", FAMILIES)
def test_it_gives_the_same_numbers_and_saves_itself(family, tmp_path, monkeypatch):
    model = new_model(family)
    model.save_pretrained(tmp_path / "model", tokenizer=fast_tokenizer())
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "cache"))
    folders = [str(tmp_path / "model"), str(tmp_path / "again")]
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *folders, QUERY, TEXT], check=True, capture_output=True
    )
    expected = model.prune(QUERY, TEXT).to_dict()
    for result in json.loads(done.stdout.splitlines()[-1]):
        assert result["text"] == expected["text"]
        assert result["score"] == pytest.approx(expected["score"], abs=1e-6)
    names = {file.name for file in (tmp_path / "again").iterdir()}
    assert names >= {"config.json", "model.safetensors", "modeling_pruning_encoder.py", "README.md"}
    config = json.loads((tmp_path / "again" / "config.json").read_text())
    assert set(config["auto_map"]) == {
        "AutoConfig",
        "AutoModel",
        "AutoModelForSequenceClassification",
        "AutoModelForTokenClassification",
    }


def test_its_imports(tmp_path):
    new_model().save_pretrained(tmp_path)
    path = tmp_path / "modeling_pruning_encoder.py"
    assert set(get_imports(path)) - set(sys.stdlib_module_names) == {"torch", "transformers"}
    assert get_relative_imports(path) == []
