import json
from itertools import chain

import pytest

from pruning_core.cli.json_inputs import look

ROW, OTHER = '{"text": "a"}', '{"level": "info"}'
PRETTY = json.dumps([{"text": "a"}, {"text": "b"}], indent=1)
OBJECTS = '{\n "text": "a"\n}\n{\n "text": "b"\n}'
CONFIG = '{\n "name": "x",\n "private": true\n}\n'


def lines_of(text):
    return iter(text.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        (f"{ROW}\n{ROW}", "JSON lines", [{"text": "a"}] * 2),
        (f"\n \n{ROW}", "JSON lines", [{"text": "a"}]),
        (f"{OTHER}\n{OTHER}", "JSON lines", [{"level": "info"}] * 2),
        (f"{OTHER}\n{ROW}", "JSON lines", [{"level": "info"}, {"text": "a"}]),
        (f"{{bad\n{ROW}", "JSON lines", [None, {"text": "a"}]),
        (f"{ROW}\nnot JSON", "JSON lines", [{"text": "a"}, None]),
        ('["a", "b"]', "JSON array", ["a", "b"]),
        (PRETTY, "JSON array", [{"text": "a"}, {"text": "b"}]),
        (f"[\n{ROW}\n]", "JSON array", [{"text": "a"}]),
        ("[]\n", "JSON array", []),
        ('["a", 3]', "JSON array", ["a", 3]),
        (OBJECTS, "JSON", [{"text": "a"}, {"text": "b"}]),
    ],
)
def test_json_by_its_content(text, kind, values):
    found = look(lines_of(text), "f", is_lines=False)
    assert (found.kind, [row.value for row in found.values]) == (kind, values)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "Cats purr.",
        "[link](x) and more.\n",
        "[1] Smith, 1999.\n[2] Jones.\n",
        "[1]\nA note.",
        "{% raw %}\nCats.\n",
        "{not JSON}\n[nor this]",
        '"Cats purr."\n',
        "[" * 200_000 + "\nCats.",
        f"An example:\n{ROW}\n",
        '["caf\udce9"]',
    ],
)
def test_texts_stay_texts(text):
    found = look(lines_of(text), "f", is_lines=False)
    assert (found.kind, found.values, found.text) == ("", None, text)


@pytest.mark.parametrize("text", [CONFIG, OTHER, "[1, 2]", '{"text": 3}', "{}"])
def test_json_without_a_text_is_a_text_and_that_is_said(text):
    found = look(lines_of(text), "f", is_lines=False)
    assert (found.kind, found.text) == (
        "JSON without text, document, context, read as a text",
        text,
    )


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("", "JSON lines", []),
        ("\n\n", "JSON lines", []),
        ("Cats.\n", "JSON lines", [None]),
        (OTHER, "JSON lines", [{"level": "info"}]),
        ('"a"\n"b"\n', "JSON lines", ["a", "b"]),
        (f"[]\n{ROW}", "JSON lines", [[], {"text": "a"}]),
        (f"{{\n{ROW}", "JSON lines", [None, {"text": "a"}]),
        (PRETTY, "JSON array", [{"text": "a"}, {"text": "b"}]),
        ("[1]", "JSON array", [1]),
        (CONFIG, "JSON", [json.loads(CONFIG)]),
        (OBJECTS, "JSON", [{"text": "a"}, {"text": "b"}]),
    ],
)
def test_what_is_called_json_lines_is_json(text, kind, values):
    found = look(lines_of(text), "f", is_lines=True)
    assert (found.kind, [row.value for row in found.values]) == (kind, values)


@pytest.mark.parametrize(
    ("text", "places"),
    [(f"\n{ROW}\n\n{ROW}", ["f:2", "f:4"]), (PRETTY, ["f[0]", "f[1]"]), (OBJECTS, ["f:1", "f:4"])],
)
def test_places(text, places):
    found = look(lines_of(text), "f", is_lines=False)
    assert [row.place for row in found.values] == places


@pytest.mark.parametrize(
    ("read", "is_lines"),
    [([ROW], False), ([OTHER, OTHER], False), ([OTHER], True), (['"a"'], True)],
)
def test_no_more_is_read_than_it_takes(read, is_lines):
    def rest():
        raise AssertionError
        yield

    found = look(chain(read, rest()), "f", is_lines=is_lines)
    assert next(iter(found.values)).value == json.loads(read[0])
