import json
import re

import pytest

from pruning_core.cli import main
from pruning_transformers.evaluation import evaluate
from pruning_transformers.evaluation.report import table
from pruning_transformers.evaluation.systems import LeadSystem, open_system


def test_the_command_prints_tables_and_writes_json_and_plots(data, pruner, reranker, capsys):
    targets = [str(data / "curve.png"), str(data / "curve.svg")]
    options = ["--baselines", "bm25", "lead", "--json", str(data / "r.json"), "--plot", *targets]
    code = main(["evaluate", pruner, str(data / "dev.jsonl"), "--compare", reranker, *options])
    assert code == 0
    printed = capsys.readouterr().out
    assert f"| file | compression | {pruner} | BM25 | lead-k |" in printed
    assert f"| {pruner} | dev | 0.5 |" in printed
    assert f"| file | {pruner} | {reranker} | BM25 |" in printed  # both are called `model`
    assert "At the highest threshold with a retention of 0.90:" in printed
    assert "MRR@10" in printed
    report = json.loads((data / "r.json").read_text())
    assert {row["system"] for row in report["pruning"]} == {pruner, "BM25", "lead-k"}
    assert (data / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert "retention (evidence kept whole)" in (data / "curve.svg").read_text()


def test_the_suggested_threshold_reaches_the_retention(data, pruner):
    sources = [data / "dev.jsonl", data / "train.jsonl"]
    report = evaluate([open_system(pruner)], sources, retention=0.75)
    for row in report.pruning:
        assert row.at_retention.retention >= 0.75
    assert [row.file for row in report.pruning] == ["dev", "train", "all files"]
    at_default = report.pruning[0].at_default
    assert at_default in report.pruning[0].sweep  # 0.5 is one of them
    assert at_default.unanswerable is not None
    assert report.pruning[0].at_retention.unanswerable is not None
    assert "Over thresholds" not in report.to_markdown(brief=True)


def test_kinds_hard_negatives_and_calibration_are_printed(tmp_path, pruner):
    rows = [
        {"question": "a?", "context": "One cat. Two.", "spans": [[0, 8]], "kind": "fact"},
        {"question": "b?", "context": "Paris. Rome.", "spans": [], "kind": "none"},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = evaluate([open_system(pruner)], [path], negatives=("random", "hard"))
    printed = report.to_markdown()
    assert "| rows | fact | " in printed
    assert re.search(r"\| rows \| none \| \d\.\d{3} \(c\) \|", printed)
    assert "MRR@10 among the nearest passages by BM25:" in printed
    assert "Expected calibration error" in printed
    assert {row.negatives for row in report.ranking} == {"random", "hard"}
    with pytest.raises(ValueError, match="`negatives` must be one of random, hard, not 'x'"):
        evaluate([LeadSystem()], [path], negatives=["x"])


def test_a_system_without_a_threshold(data):
    report = evaluate([LeadSystem()], [data / "dev.jsonl"])
    (row,) = report.pruning
    assert row.at_default is None
    assert report.ranking == ()
    assert "default threshold" not in report.to_markdown()


def test_what_is_wrong_is_said(data, pruner, reranker, capsys):
    dev = str(data / "dev.jsonl")
    assert main(["evaluate", pruner, dev, "--plot", "x.gif"]) == 2
    assert "must end in .png or .svg" in capsys.readouterr().err
    assert main(["evaluate", reranker, dev, "--plot", str(data / "x.png")]) == 2
    assert "nothing to plot" in capsys.readouterr().err
    with pytest.raises(ValueError, match="`retention` must be above 0"):
        evaluate([LeadSystem()], [dev], retention=0)


def test_table():
    assert table(["a", "b"], [(0.12345, "x")]) == "| a | b |\n| --- | --- |\n| 0.123 | x |"
