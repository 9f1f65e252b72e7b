import codecs
import gzip
import io
import os

import pytest

from pruning_core.text_lines import DamageError, text_lines, undecodable

TEXT = "Ça va?\r\nb\u2028\x0bc\rd\n\n日本\n"
LINES = ["Ça va?\r\n", "b\u2028\x0bc\r", "d\n", "\n", "日本\n"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_lines_keep_their_ends_and_lose_the_mark(encoding, pack):
    assert list(text_lines(io.BytesIO(pack(TEXT.encode(encoding))))) == LINES


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_marks_of_the_other_order(encoding):
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16" else codecs.BOM_UTF32_BE
    data = mark + TEXT.encode(f"{encoding}-be")
    assert "".join(text_lines(io.BytesIO(data))) == TEXT


@pytest.mark.parametrize("data", [b"", b"a", b"ab\n", b"\xef\xbb\xbf"])
def test_short_files(data):
    assert "".join(text_lines(io.BytesIO(data))) == data.decode("utf-8-sig")


def test_bytes_that_are_not_utf8_lose_no_other_line():
    first, second = text_lines(io.BytesIO("é\n".encode("latin-1") + "é\n".encode()))
    error = undecodable(first)
    assert (error.object, error.start) == (b"\xe9\n", 0)
    assert (second, undecodable(second)) == ("é\n", None)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(TEXT.encode(), mtime=0)[:-9], "cut off after line 5: copy it again"),
        (gzip.compress(TEXT.encode(), mtime=0)[:20] + b"x" * 40, "damaged after line 0: "),
        (gzip.compress(b"a\n", mtime=0) + b"xyz", "damaged after line "),
        (TEXT.encode("utf-16")[:-1], "damaged after line 4: .*truncated data"),
    ],
)
def test_damage(data, message):
    with pytest.raises(DamageError, match=message):
        list(text_lines(io.BytesIO(data)))


def test_a_line_comes_before_the_pipe_is_closed():
    reader, writer = os.pipe()
    with open(reader, "rb") as file, open(writer, "wb", buffering=0) as pipe:
        pipe.write(b"a")
        pipe.write(b"bc\nd\n")
        lines = text_lines(file)
        assert [next(lines), next(lines)] == ["abc\n", "d\n"]


def test_the_file_is_left_open():
    file = io.BytesIO(b"a\n")
    list(text_lines(file))
    assert not file.closed
