import json

import numpy as np
import onnxruntime
import pytest

from core_backbones import PAIRS
from pruning_core.cli import main


@pytest.fixture(scope="module")
def source(exported):
    return str(exported()[1].parent / "torch")


def test_export_and_prune(exported, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, folder = exported()
    (tmp_path / "a.txt").write_text(PAIRS[4][1])
    arguments = ["prune", "--query", "a", "--format", "jsonl", "a.txt", "--quiet", "--model"]
    assert main([*arguments, str(folder)]) == main([*arguments, str(folder.parent / "torch")]) == 0
    found, due = map(json.loads, capsys.readouterr().out.splitlines())
    assert found["score"] == pytest.approx(due["score"], abs=1e-4)


def test_pairs_to_compare_on(source, capsys, tmp_path):
    target, file = str(tmp_path / "new"), tmp_path / "pairs.jsonl"
    lines = [json.dumps({"question": query, "context": text}) for query, text in PAIRS]
    file.write_text("\n".join(lines))
    assert main(["export-onnx", source, target, "--calibrate", str(file)]) == 0
    err = capsys.readouterr().err
    assert err.startswith(f"wrote {target}: 0 of 24 sentences decided otherwise (0.00%); Spearman")
    assert "on 5 pairs" in (tmp_path / "new" / "README.md").read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"text": "Cats."}', "pairs.jsonl:1: it has no query"),
        ('{"query": "cats"}', "pairs.jsonl:1: "),
        ('{"query": "cats", "text": "Cats."}', "two pairs are needed to compare models, not 1"),
    ],
)
def test_wrong_pairs(source, capsys, tmp_path, monkeypatch, text, message):
    monkeypatch.setattr("pruning_core.onnx.export.write_graph", lambda *arguments: None)
    monkeypatch.setattr("pruning_core.onnx.export.OnnxEncoder", lambda path, config: None)
    (tmp_path / "pairs.jsonl").write_text(text)
    arguments = ["--calibrate", str(tmp_path / "pairs.jsonl")]
    assert main(["export-onnx", source, str(tmp_path / "new"), *arguments]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_the_ranking_model(exported, source, tmp_path):
    pytest.importorskip("pruning_transformers")
    target = tmp_path / "ranker"
    assert main(["export-ranking", source, str(target), "--onnx"]) == 0
    names = {"config.json", "model.onnx", "model.safetensors", "tokenizer.json"}
    assert names < {path.name for path in target.iterdir()}
    session = onnxruntime.InferenceSession(str(target / "model.onnx"))
    assert [value.name for value in session.get_outputs()] == ["logits"]
    encoding = exported()[0].tokenizer.encode(*PAIRS[4])
    rows = (encoding.ids, encoding.attention_mask, encoding.type_ids)
    names = ("input_ids", "attention_mask", "token_type_ids")
    given = {name: np.array([row]) for name, row in zip(names, rows, strict=True)}
    logit = session.run(None, given)[0].item()
    due = exported()[0].prune(*PAIRS[4]).score
    assert 1 / (1 + np.exp(-logit)) == pytest.approx(due, abs=1e-4)


def test_evaluation(exported):
    systems = pytest.importorskip("pruning_transformers.evaluation.systems")
    system = systems.open_system(str(exported()[1]), "fast")
    assert repr(system.model).startswith("<Pruner: bert, ONNX Runtime")
    assert system.passage_scores(["cats"], [["Cats purr.", "Paris."]]).shape == (1, 2)
