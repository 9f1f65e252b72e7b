import io
import sys

import pytest

from pruning_core.cli import streams

TEXT = "日本\r\nb\nc\rñ\ud800"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16", "utf-8"])
@pytest.mark.parametrize("newline", [None, "\r\n"])
def test_standard_output_is_utf8_to_the_byte(encoding, newline, monkeypatch):
    data = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(data, encoding, newline=newline))
    streams.prepare()
    streams.write(TEXT)
    streams.finish()
    assert data.getvalue() == "日本\r\nb\nc\rñ\\ud800".encode()


def test_standard_error_keeps_its_encoding_and_never_raises(monkeypatch):
    data = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(data, "cp1252"))
    streams.prepare()
    sys.stderr.write("ñ日\udcff")
    sys.stderr.flush()
    assert data.getvalue() == b"\xf1\\u65e5\\udcff"


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_streams_that_cannot_be_changed(stream, monkeypatch):
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    streams.prepare()
    streams.finish()
    streams.give_up()
    assert sys.stdout is stream


def test_results_need_an_output(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OSError, match="standard output is closed"):
        streams.write("")
