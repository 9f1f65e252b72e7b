import gzip
import io
import json
import os
import sys

import pytest

from pruning_core.cli.inputs import InputDocument, read_documents


@pytest.fixture
def rows(tmp_path, monkeypatch):
    """Write rows to a file and read them."""
    monkeypatch.chdir(tmp_path)

    def read(*lines, name="a.jsonl", input_format="auto"):
        (tmp_path / name).write_bytes("\n".join(lines).encode())
        return list(read_documents([name], input_format))

    return read


@pytest.mark.parametrize("name", ["a.txt", "a.md", "-a.json"])
def test_text_stays_as_it_is(name, rows):
    assert rows("One.", "", "Ça.\r", name=name) == [InputDocument(name, "One.\n\nÇa.\r")]


@pytest.mark.parametrize("key", ["text", "document", "context"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson"])
def test_rows(key, name, rows):
    first, second = rows(json.dumps({key: "One.", "id": 3}), " ", json.dumps({key: ""}), name=name)
    assert first == InputDocument("3", "One.")
    assert second == InputDocument(f"{name}:3", "")


def test_the_query_of_a_row(rows):
    texts = ['{"text": "a", "query": "q"}', '{"text": "a", "question": "p"}', '{"text": "a"}']
    assert [document.query for document in rows(*texts)] == ["q", "p", None]


def test_a_named_format_comes_before_the_ending(rows):
    assert rows('{"text": "a"}', input_format="text")[0].text == '{"text": "a"}'
    assert rows('{"text": "a"}', name="a.txt", input_format="jsonl")[0].text == "a"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("{", "not JSON: "),
        ("[]", "no text under text, document, context"),
        ('{"text": 3, "context": "a"}', "no text under "),
        ('{"text": "a", "query": " "}', "`query` must be a str that is not empty"),
        ('{"text": "a", "query": 3}', "`query` must be a str that is not empty"),
    ],
)
def test_a_bad_row_leaves_the_others(line, error, rows):
    first, second = rows(line, '{"text": "b"}')
    assert first.name == "a.jsonl:1"
    assert first.error.startswith(error)
    assert (second.text, second.error) == ("b", None)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"text": None, "context": "a"}, ("a", None)),
        ({"text": "", "document": "a"}, ("a", None)),
        ({"text": None, "document": ""}, ("", None)),
        ({"text": "a", "query": None, "question": "q"}, ("a", "q")),
        ({"text": "a", "query": "", "question": "q"}, ("a", "q")),
        ({"text": "a", "query": None}, ("a", None)),
        ("a", ("a", None)),
    ],
)
def test_the_filled_one_of_several_keys(row, expected, rows):
    (document,) = rows(json.dumps(row))
    assert (document.text, document.query, document.error) == (*expected, None)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("null", "a.jsonl:1"),
        ('""', "a.jsonl:1"),
        ("7", "7"),
        ("1.0", "1.0"),
        ("12345678901234567890", "12345678901234567890"),
        ("true", "true"),
        ('["a", 1]', '["a", 1]'),
        ('"\\ud800"', "\ud800"),
    ],
)
def test_ids_as_text(given, name, rows):
    assert rows(f'{{"id": {given}, "text": "a"}}') == [InputDocument(name, "a")]


@pytest.mark.parametrize("name", ["A.JSONL", "a.NDJson", "a.jsonl.gz", "a.txt", "a"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_lines_under_any_name(name, pack, encoding, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(pack('{"text": "日本"}\r\n'.encode(encoding)))
    said = []
    assert list(read_documents([name], "auto", said.append)) == [InputDocument(f"{name}:1", "日本")]
    assert said == [f"{name}: JSON lines, 1 document"]


@pytest.mark.parametrize("name", ["A.JSONL", "a.NDJson", "a.jsonl.gz", "A.JSONL.GZ"])
def test_a_name_that_says_json_lines_is_enough(name, rows):
    assert [document.text for document in rows('"a"', "{", '"b"', name=name)] == ["a", "", "b"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_texts_of_any_encoding(pack, encoding, tmp_path):
    (tmp_path / "a.md").write_bytes(pack("日本\r\nb\rc\x0bd".encode(encoding)))
    said = []
    (document,) = read_documents([str(tmp_path / "a.md")], "auto", said.append)
    assert (document.text, said) == ("日本\r\nb\rc\x0bd", [])


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        (b"caf\xe9", ["'utf-8' codec can't decode byte 0xe9", "iconv -f WINDOWS-1252"]),
        (b'["caf\xe9"]', ["'utf-8' codec can't decode byte 0xe9", "iconv -f WINDOWS-1252"]),
        (b'{"text": "caf\xe9"}', ["iconv -f WINDOWS-1252"]),
        ("Cats purr.".encode("utf-16-le"), ["this is UTF-16; ", "iconv -f UTF-16LE"]),
        ('{"text": "a"}'.encode("utf-16-be"), ["this is UTF-16; ", "UTF-16BE"]),
        (b"%PDF\x00\xff", ["no text, or UTF-16"]),
        (gzip.compress(b"Cats purr.", mtime=0)[:-9], ["cut off after line"]),
    ],
)
def test_what_cannot_be_read_has_a_remedy(data, messages, tmp_path):
    for name in ("a.txt", "a"):
        (tmp_path / name).write_bytes(data)
        (document,) = read_documents([str(tmp_path / name)], "auto")
        assert all(message in document.error for message in messages)


def test_a_damaged_end_loses_nothing_before_it(tmp_path):
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress(b'{"text": "a"}\n{"text": "b"}\n')[:-4])
    first, second, third = read_documents([str(file)], "auto")
    assert (first.text, second.text) == ("a", "b")
    assert third == InputDocument(str(file), error="cut off after line 2: copy it again")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Cats purr.", []),
        ('["a", "b"]', ["a.txt: JSON array, 2 documents"]),
        ('{"text": "a"}\nno', ["a.txt: JSON lines, 1 document"]),
        ("{}", ["a.txt: JSON without text, document, context, read as a text"]),
        ("{}\n{}", ["a.txt: JSON lines, 0 documents; `--input-format text` reads it as one text"]),
    ],
)
def test_what_was_read_is_said(text, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(text)
    found = []
    list(read_documents(["a.txt"], "auto", found.append))
    assert found == said


def test_lines_are_read_as_they_are_asked_for(tmp_path, monkeypatch):
    reader, writer = os.pipe()
    with open(reader) as stdin, open(writer, "wb", buffering=0) as pipe:
        monkeypatch.setattr(sys, "stdin", stdin)
        documents = read_documents(["-"], "auto")
        for text in ("a", "b"):
            pipe.write(json.dumps({"text": text}).encode() + b"\n")
            assert next(documents).text == text


def test_a_closed_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    (document,) = read_documents([], "auto")
    assert document.error == "standard input is closed"


@pytest.mark.parametrize("files", [[], ["-"]])
def test_standard_input(files, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Ça.".encode())))
    assert list(read_documents(files, "auto")) == [InputDocument("<stdin>", "Ça.")]


def test_what_cannot_be_read_has_an_error(tmp_path):
    (tmp_path / "bytes.txt").write_bytes(b"\xff")
    names = [str(tmp_path / name) for name in ("none.txt", "bytes.txt")]
    documents = list(read_documents(names, "auto"))
    assert [document.name for document in documents] == names
    assert "No such file" in documents[0].error
    assert "'utf-8' codec can't decode" in documents[1].error
