import pytest

from pruning_core.cli import main


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["default", "none.jsonl"], "none.jsonl"),
        (["default", "a.jsonl", "--plot", "a.pdf"], "`--plot` must end in .png or .svg"),
        (["./none", "a.jsonl"], "neither a folder nor a hub id"),
    ],
)
def test_what_is_wrong_is_one_line(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    row = '{"question": "Who?", "context": "Ann did it.", "spans": [[0, 11]]}'
    (tmp_path / "a.jsonl").write_text(row)
    assert main(["evaluate", *arguments]) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
