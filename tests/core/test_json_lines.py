import codecs
import gzip

import pytest

from pruning_core.json_lines import JsonLine, json_lines, read_json_lines

TEXT = '{"a": "é"}\n{"a": 2}\n'


def read(folder, data, name="rows.jsonl"):
    (folder / name).write_bytes(data)
    return [(place.rpartition(":")[2], value) for place, value in read_json_lines(folder / name)]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (TEXT.encode(), "12"),
        (codecs.BOM_UTF8 + TEXT.encode(), "12"),
        (f"\n \t\n{TEXT}\n\n".encode(), "34"),
        (TEXT.replace("\n", "\r\n").encode(), "12"),
        (TEXT.replace("\n", "\r").encode(), "12"),
        (TEXT.rstrip().encode(), "12"),
        (gzip.compress(TEXT.encode(), mtime=0), "12"),
        (TEXT.encode("utf-16"), "12"),
        (gzip.compress(TEXT.encode("utf-32"), mtime=0), "12"),
        (TEXT.replace("\n", "\n\ufeff").encode(), "12"),
        (b"", ""),
        (b"\n" + codecs.BOM_UTF8, ""),
    ],
)
def test_lines_as_people_save_them(data, lines, tmp_path):
    rows = list(zip(lines, [{"a": "é"}, {"a": 2}], strict=False))
    assert read(tmp_path, data) == rows


def test_a_file_that_is_called_gzip_and_is_not(tmp_path):
    assert len(read(tmp_path, TEXT.encode(), "rows.jsonl.gz")) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (TEXT.encode("utf-16-le"), "rows.jsonl:1: this is UTF-16; save it as UTF-8: `iconv"),
        (TEXT.encode("latin-1"), "rows.jsonl:1: not UTF-8 .*if it is Latin-1: `iconv"),
        (b'{"a": 1}\n{"a": 1, "a": 2}', "rows.jsonl:2: not JSON: the key 'a' stands twice"),
        (b'\n{"a": NaN}', "rows.jsonl:2: not JSON: NaN is no number of JSON"),
        (b'{"a": -Infinity}', "rows.jsonl:1: not JSON: -Infinity"),
        (b"[" * 200_000, "rows.jsonl:1: not JSON: "),
        (gzip.compress(TEXT.encode() * 9, mtime=0)[:-9], "rows.jsonl is cut off after line"),
        (
            gzip.compress(TEXT.encode(), mtime=0)[:20] + b"x" * 40,
            "rows.jsonl is damaged after line",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        read(tmp_path, data)


def test_a_wrong_line_loses_no_other():
    first, second, third = json_lines(['{"a"\n', '{"a": 1}\n', "\udce9"], "f", strict=True)
    assert (first.place, second) == ("f:1", JsonLine("f:2", {"a": 1}))
    assert first.error.startswith("not JSON: ")
    assert third.error.startswith("not UTF-8 ")


def test_a_caller_may_take_more_than_strict_json():
    lines = ['{"a": NaN, "b": 1, "b": 2}']
    assert next(json_lines(lines, "f", strict=False)).value["b"] == 2
    assert next(json_lines(lines, "f", strict=True)).error.startswith("not JSON: NaN is no")


def test_lines_are_read_as_they_are_asked_for():
    def lines():
        yield '{"a": 1}'
        raise AssertionError

    assert next(json_lines(lines(), "f", strict=True)).value == {"a": 1}
