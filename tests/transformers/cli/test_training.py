import sys

import pytest

from pruning_core.cli import main


def test_a_file_that_is_not_there(capsys):
    assert main(["train", "none.yaml"]) == 2
    assert "none.yaml" in capsys.readouterr().err


def test_without_the_extra_the_command_is_said(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "accelerate", None)
    assert main(["train", "none.yaml"]) == 2
    assert "pip install 'pruning-transformers[train]'" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["- a", "model: a", "model: 3\noutput: o\ndata: {train: [a]}"])
def test_settings_that_are_wrong_are_one_line(tmp_path, capsys, text):
    (tmp_path / "c.yaml").write_text(text)
    assert main(["train", str(tmp_path / "c.yaml")]) == 2
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 1
    assert err[0].startswith("pruning train: ")


def test_an_output_that_cannot_be_written_is_known_first(tmp_path, capsys):
    file = tmp_path / "c.yaml"
    file.write_text(f"model: ./none\noutput: {file}\ndata: {{train: [none.jsonl]}}")
    assert main(["train", str(file)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "cannot be written" in line
