import json

import pytest
from transformers import AutoModelForSequenceClassification

from pruning_core.cli import main
from pruning_transformers import PruningEncoderModel
from pruning_transformers.checking import check
from pruning_transformers.released import EMITTED
from tiny_backbones import FAMILIES, new_model
from tiny_checkpoint import tiny_pruner

CASES = [*((family, "reranking_pruning") for family in FAMILIES), ("bert", "pruning_only")]


@pytest.mark.parametrize(("family", "mode"), CASES)
def test_every_path_gives_the_same_numbers(family, mode, tmp_path):
    new_model(family, PruningEncoderModel, mode=mode).save_pretrained(tmp_path)
    rows = {row.path: row for row in check(tmp_path)}
    assert not [row for row in rows.values() if row.error]
    paths = [path for path in rows if path.startswith("AutoModel")]
    assert len(paths) == {"reranking_pruning": 6, "pruning_only": 4}[mode]
    assert {rows[path].difference for path in paths} == {0.0}  # remote and registered, bit for bit
    assert rows["PruningEncoder with the package"].difference is not None


def test_emit_verify_and_check_a_checkpoint_of_core(tmp_path, capsys):
    tiny_pruner().save_pretrained(tmp_path)
    assert main(["verify", str(tmp_path)]) == 2
    assert main(["check", str(tmp_path)]) == 1
    assert "`pruning emit` adds it" in capsys.readouterr().out
    assert main(["emit", str(tmp_path)]) == 0
    assert "auto_map" in json.loads((tmp_path / "config.json").read_text())
    assert main(["verify", str(tmp_path)]) == 0
    assert "emitted by pruning-transformers" in capsys.readouterr().out
    assert main(["check", str(tmp_path), "--write-usage"]) == 0
    assert "| AutoModel without it | works | 0.0e+00 |" in (tmp_path / "USAGE.md").read_text()


def test_an_unknown_modeling_file_never_runs_unasked(tmp_path, capsys):
    new_model().save_pretrained(tmp_path)
    ran = tmp_path / "ran"
    file = tmp_path / EMITTED.name
    file.write_text(f"open({str(ran)!r}, 'w')\n" + file.read_text())
    assert main(["verify", str(tmp_path)]) == 1
    assert main(["check", str(tmp_path)]) == 0
    assert "is unknown" in capsys.readouterr().out
    assert not ran.exists()
    assert main(["check", str(tmp_path), "--trust-remote-code"]) == 0
    assert ran.exists()


def test_check_names_the_first_broken_thing(tmp_path, capsys):
    new_model().save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    assert main(["check", str(tmp_path)]) == 1
    assert "has no tokenizer.json" in capsys.readouterr().out


def test_export_ranking(tmp_path):
    new_model().save_pretrained(tmp_path / "model")
    assert main(["export-ranking", str(tmp_path / "model"), str(tmp_path / "plain")]) == 0
    plain = AutoModelForSequenceClassification.from_pretrained(tmp_path / "plain")
    assert type(plain).__name__ == "BertForSequenceClassification"
