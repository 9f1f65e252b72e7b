import json

from transformers import AutoModelForSequenceClassification

from hub_cache import FIRST, add_revision
from pruning_core.cli import main
from pruning_transformers.released import EMITTED
from tiny_backbones import new_model
from tiny_checkpoint import tiny_pruner


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


def test_what_cannot_be_exported_is_one_line(tmp_path, capsys):
    tiny_pruner(mode="pruning_only").save_pretrained(tmp_path / "model")
    file = tmp_path / "model" / "config.json"
    for arguments, message in (
        (["./none", str(tmp_path / "plain")], "'./none' is neither a folder nor a hub id"),
        ([str(tmp_path / "model"), str(tmp_path / "plain")], "has no ranking model"),
        (["./none", str(file)], "cannot be written"),
    ):
        assert main(["export-ranking", *arguments]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert message in line


def test_export_ranking(tmp_path):
    new_model().save_pretrained(tmp_path / "model")
    assert main(["export-ranking", str(tmp_path / "model"), str(tmp_path / "plain")]) == 0
    plain = AutoModelForSequenceClassification.from_pretrained(tmp_path / "plain")
    assert type(plain).__name__ == "BertForSequenceClassification"


def test_a_hub_id_and_its_revision(tmp_path, capsys):
    new_model().save_pretrained(tmp_path / "model")
    add_revision(tmp_path / "cache", "org/model", FIRST, tmp_path / "model", "v1")
    hub = ["org/model", "--revision", "v1", "--cache-dir", str(tmp_path / "cache")]
    assert main(["verify", *hub]) == 0
    assert "emitted by pruning-transformers" in capsys.readouterr().out
    assert main(["check", *hub]) == 0
    assert main(["export-ranking", *hub, str(tmp_path / "plain")]) == 0
    assert (tmp_path / "plain" / "model.safetensors").is_file()
    capsys.readouterr()
    assert main(["verify", "org/model", "--revision", "v2", *hub[3:]]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_built_in_model_by_name(tmp_path, capsys):
    assert main(["export-ranking", "default", str(tmp_path / "plain")]) == 0
    assert main(["verify", "default"]) == 2
    assert "has no modeling_pruning_encoder.py" in capsys.readouterr().err
    assert main(["emit", "default"]) == 2  # a name is no folder to write to
    assert "'default' is neither a folder" in capsys.readouterr().err
