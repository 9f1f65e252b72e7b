import pytest

from pruning_core.cli.outputs import opened


def test_a_file_is_written_as_it_comes(tmp_path):
    path = tmp_path / "out"
    path.write_text("old")
    with opened(str(path), resume=False) as output:
        assert output.done == 0
        output.write("ä\r\n\ud800\n")
        assert path.read_bytes() == b"\xc3\xa4\r\n\\ud800\n"


@pytest.mark.parametrize("left", ["", "one\n", "one\ntwo\n", "one\ntwo\nthr", "thr"])
@pytest.mark.parametrize("chunk", [1, 5, 1000])
def test_a_file_is_gone_on_with_after_its_last_whole_line(left, chunk, tmp_path, monkeypatch):
    monkeypatch.setattr("pruning_core.cli.outputs.CHUNK", chunk)
    path = tmp_path / "out"
    path.write_text(left)
    with opened(str(path), resume=True) as output:
        assert output.done == left.count("\n")
        output.write("new\n")
    assert path.read_text() == "".join(left.splitlines(keepends=True)[: left.count("\n")]) + "new\n"


def test_a_new_file_may_be_gone_on_with(tmp_path):
    with opened(str(tmp_path / "out"), resume=True) as output:
        assert output.done == 0


def test_standard_output(capsys):
    with opened(None, resume=False) as output:
        output.write("cats\n")
    assert capsys.readouterr().out == "cats\n"
