"""The emitted file where nothing of ours is installed, on checkpoints of another environment."""

import json
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
    pipeline,
)
from transformers.dynamic_module_utils import get_imports, get_relative_imports

CHECKPOINTS = Path(os.environ["PRUNING_CHECKPOINTS"])
NAMES = sorted(file.stem for file in CHECKPOINTS.glob("due/*.json"))
TRUST = {"trust_remote_code": True}


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def due(name):
    return json.loads((CHECKPOINTS / "due" / f"{name}.json").read_text(encoding="utf-8"))


def close(result, expected):
    assert result["text"] == expected["text"]
    assert result["score"] == pytest.approx(expected["score"], abs=1e-5)
    ours, theirs = ([s["probability"] for s in row["sentences"]] for row in (result, expected))
    assert ours == pytest.approx(theirs, abs=1e-5)


def test_the_environment():
    assert not [name for name in ("pruning_core", "pruning_transformers") if find_spec(name)]
    assert len(NAMES) == 8, "run `tox -e checkpoints` first"


def test_it_imports_only_torch_and_transformers():
    path = CHECKPOINTS / NAMES[0] / "modeling_pruning_encoder.py"
    outside = set(get_imports(path)) - set(sys.stdlib_module_names)
    # The first three come with transformers.
    assert outside == {"numpy", "safetensors", "tokenizers", "torch", "transformers"}
    assert get_relative_imports(path) == []


def test_prunes_saves_and_reloads(name, tmp_path):
    expected = due(name)
    model = AutoModel.from_pretrained(CHECKPOINTS / name, **TRUST)
    first = model.prune(expected["query"], expected["document"])
    close(first.to_dict(), expected["result"])
    model.save_pretrained(tmp_path / f"again_{name}")
    names = {file.name for file in (tmp_path / f"again_{name}").iterdir()}
    assert names >= {file.name for file in (CHECKPOINTS / name).iterdir()}
    for file in ("modeling_pruning_encoder.py", "README.md"):
        ours, theirs = (
            (d / file).read_bytes() for d in (tmp_path / f"again_{name}", CHECKPOINTS / name)
        )
        assert ours == theirs
    again = AutoModel.from_pretrained(tmp_path / f"again_{name}", **TRUST)
    close(again.prune(expected["query"], expected["document"]).to_dict(), expected["result"])
    auto_map = json.loads((tmp_path / f"again_{name}" / "config.json").read_text())["auto_map"]
    assert len(auto_map) == 4


def test_ranks_processes_and_refuses(name):
    expected = due(name)
    model = AutoModel.from_pretrained(CHECKPOINTS / name, **TRUST)
    output = model.process(expected["query"], [expected["document"]])
    assert output["pruned_context"] == [expected["result"]["text"]]
    if expected["mode"] == "pruning_only":
        with pytest.raises(ValueError, match="cannot rank"):
            model.rank(expected["query"], ["Cats.", "Paris."])
    else:
        assert len(model.rank(expected["query"], ["Cats.", "Paris."])) == 2
    with pytest.raises(ValueError, match="`query` must not be empty"):
        model.prune(" ", "Cats.")


def test_results_show_themselves(name):
    expected = due(name)
    model = AutoModel.from_pretrained(CHECKPOINTS / name, **TRUST)
    result = model.prune(expected["query"], expected["document"], threshold=0)
    assert result.highlight("[", "]", escape=False) == f"[{expected['document']}]"
    assert "white-space:pre-wrap" in result._repr_html_()
    assert repr(result).startswith("<PrunedDocument: kept")
    with pytest.raises(TypeError, match="unexpected keyword argument 'treshold'"):
        model.prune(expected["query"], expected["document"], treshold=0)


def test_the_tokenizer_of_a_commit(tmp_path):
    """A hub id, offline: two commits whose tokenizers differ."""
    source = CHECKPOINTS / "bert_reranking_pruning"
    data = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    for commit, lowercase in (("1" * 40, False), ("2" * 40, True)):
        folder = tmp_path / "models--org--model" / "snapshots" / commit
        shutil.copytree(source, folder)
        data["normalizer"]["lowercase"] = lowercase
        (folder / "tokenizer.json").write_text(json.dumps(data), encoding="utf-8")
    refs = tmp_path / "models--org--model" / "refs"
    refs.mkdir()
    (refs / "main").write_text("2" * 40, encoding="utf-8")
    for revision, lowercase in (("1" * 40, False), ("main", True)):
        options = {"revision": revision, "code_revision": revision, "cache_dir": tmp_path}
        model = AutoModel.from_pretrained("org/model", token="hf_secret", **options, **TRUST)
        backend = json.loads(model.tokenizer.backend_tokenizer.to_str())
        assert backend["normalizer"]["lowercase"] == lowercase
        model.save_pretrained(tmp_path / revision)
        saved = json.loads((tmp_path / revision / "tokenizer.json").read_text(encoding="utf-8"))
        assert saved["normalizer"] == backend["normalizer"]
        for file in (tmp_path / revision).iterdir():
            assert not {b for b in (b"hf_secret", b"1" * 40) if b in file.read_bytes()}


def test_saves_where_its_source_is_gone(tmp_path):
    shutil.copytree(CHECKPOINTS / "bert_reranking_pruning", tmp_path / "source")
    model = AutoModel.from_pretrained(tmp_path / "source", **TRUST)
    shutil.rmtree(tmp_path / "source")
    model.save_pretrained(tmp_path / "target")
    names = {file.name for file in (tmp_path / "target").iterdir()}
    assert {"config.json", "model.safetensors", "modeling_pruning_encoder.py"} <= names


def test_every_auto_class_gives_the_same_logits(name):
    folder = CHECKPOINTS / name
    config = AutoConfig.from_pretrained(folder, **TRUST)
    tokenizer = AutoTokenizer.from_pretrained(folder, **TRUST)
    inputs = tokenizer("a cat", "the cat purr", return_tensors="pt")
    with torch.inference_mode():
        both = AutoModel.from_pretrained(folder, **TRUST)(**inputs)
        tokens = AutoModelForTokenClassification.from_pretrained(folder, **TRUST)(**inputs)
        torch.testing.assert_close(tokens.logits, both.pruning_logits)
        if config.mode == "reranking_pruning":
            ranker = AutoModelForSequenceClassification.from_pretrained(folder, **TRUST)
            torch.testing.assert_close(ranker(**inputs).logits, both.ranking_logits)


def test_pipelines():
    folder = str(CHECKPOINTS / "bert_reranking_pruning")
    ranker = pipeline("text-classification", model=folder, **TRUST)
    assert 0 <= ranker({"text": "a cat", "text_pair": "cats"})["score"] <= 1
    tokens = pipeline("token-classification", model=folder, **TRUST)
    assert {row["entity"] for row in tokens("the cat purr")} <= {"DROP", "KEEP"}


def test_the_backbone_runs_on_the_configurations_own(name, tmp_path):
    options = {"attn_implementation": {"backbone_config": "eager"}, "output_hidden_states": True}
    model = AutoModel.from_pretrained(CHECKPOINTS / name, **options, **TRUST)
    assert model.backbone.config is model.config.backbone_config
    assert model.backbone.config._attn_implementation == "eager"
    assert model(torch.tensor([[2, 7, 3]])).hidden_states
    size = model.config.vocab_size + 10
    model.resize_token_embeddings(size)
    model.save_pretrained(tmp_path)
    again = AutoModel.from_pretrained(tmp_path, **TRUST)
    assert again.config.vocab_size == again.get_input_embeddings().num_embeddings == size


def test_the_labels_of_a_token_classifier(name, tmp_path):
    options = {"num_labels": 2, **TRUST}
    model = AutoModelForTokenClassification.from_pretrained(CHECKPOINTS / name, **options)
    assert model.config.id2label == {0: "DROP", 1: "KEEP"}
    labels = torch.tensor([[-100, 1, 0]])
    output = model(torch.tensor([[2, 7, 3]]), labels=labels)
    other = model(torch.tensor([[2, 7, 3]]), pruning_labels=labels)
    torch.testing.assert_close(output.loss, other.loss)
    model.save_pretrained(tmp_path)
    assert AutoConfig.from_pretrained(tmp_path, **TRUST).num_labels == 1
    with pytest.raises(ValueError, match="the token classifier has the labels"):
        AutoModelForTokenClassification.from_pretrained(tmp_path, num_labels=3, **TRUST)


def test_the_loss_of_a_problem_type():
    options = {"problem_type": "regression", **TRUST}
    folder = CHECKPOINTS / "bert_reranking_pruning"
    model = AutoModelForSequenceClassification.from_pretrained(folder, **options)
    output = model(torch.tensor([[2, 7, 3]]), labels=torch.tensor([3]))
    torch.testing.assert_close(output.loss, (output.logits.squeeze() - 3) ** 2)
    assert output.to_tuple()[0] is output.loss
