import io
import json
import sys

import pytest

from pruning_core.cli.inputs import InputDocument, read_documents


@pytest.fixture
def rows(tmp_path, monkeypatch):
    """Write rows to a file and read them."""
    monkeypatch.chdir(tmp_path)

    def read(*lines, name="a.jsonl", input_format="auto"):
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
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
