import sys

import pytest

from pruning_core.cli import main


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["default", "none.jsonl"], "none.jsonl"),
        (["default", "a.jsonl", "--plot", "a.pdf"], "`--plot` must end in .png or .svg"),
        (["./none", "a.jsonl"], "neither a folder nor a hub id"),
        (["./none", "folder"], "folder"),
        (["./none", "a.jsonl", "--json", "folder"], "'folder' cannot be written: "),
        (["./none", "a.jsonl", "--plot", "none/a.png"], "'none/a.png' cannot be written: "),
        (["./none", "a.jsonl", "--limit", "0"], "`limit` must be at least 1, not 0"),
        (["./none", "a.jsonl", "--retention", "2"], "`retention` must be from 0 to 1, not 2.0"),
        (["./none", "a.jsonl", "--retention", "0"], "`retention` must be above 0"),
        (["./none", "a.jsonl", "--ranking-questions", "-1"], "must be at least 0, not -1"),
    ],
)
def test_what_is_wrong_is_one_line(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    row = '{"question": "Who?", "context": "Ann did it.", "spans": [[0, 11]]}'
    (tmp_path / "a.jsonl").write_text(row)
    assert main(["evaluate", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


def test_plots_need_matplotlib_before_anything_is_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["evaluate", "./none", "none.jsonl", "--plot", str(tmp_path / "a.png")]) == 2
    assert "pip install 'pruning-transformers[train]'" in capsys.readouterr().err
