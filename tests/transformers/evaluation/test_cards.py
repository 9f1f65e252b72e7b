from pathlib import Path

import pytest
import yaml

from docstring_examples import run_example
from pruning_core.cli import main
from pruning_transformers.evaluation import evaluate, open_systems
from pruning_transformers.evaluation.cards import write_results
from tiny_backbones import new_model


@pytest.fixture
def model(tmp_path):
    made = new_model()
    made.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def metadata(folder):
    return yaml.safe_load((folder / "README.md").read_text().split("---\n")[1])


def test_results_are_where_the_hub_reads_them(data, model, capsys):
    command = ["evaluate", str(model), str(data / "dev.jsonl"), "--negatives", "hard", "--card"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    (found,) = metadata(model)["model-index"]
    assert found["name"] == "model"
    metrics = {
        metric["name"]: metric["value"] for row in found["results"] for metric in row["metrics"]
    }
    assert set(metrics) == {
        "retention at a compression of 0.60",
        "retention at the default threshold",
        "compression at the default threshold",
        "expected calibration error",
        "MRR@10 among the nearest passages by BM25",
    }
    retention = metrics["retention at the default threshold"]
    assert f"| model | dev | 0.5 | {retention:.3f} |" in printed
    assert str(model.parent) not in (model / "README.md").read_text()


def test_the_example_and_a_system_that_was_not_measured(data, model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    systems = open_systems([str(model)])
    systems[0].name = "default"
    report = evaluate(systems, [data / "dev.jsonl"], ranking_questions=0)
    names = {"model": new_model(), "report": report, "write_results": write_results, "Path": Path}
    run_example("write_results", write_results, names)
    with pytest.raises(ValueError, match="nothing was measured of 'other'"):
        write_results(report, "other", model / "README.md")


def test_a_model_without_a_card_is_known_first(data, capsys):
    assert main(["evaluate", "./none", str(data / "dev.jsonl"), "--card"]) == 2
    assert "`--card` needs a model card" in capsys.readouterr().err
