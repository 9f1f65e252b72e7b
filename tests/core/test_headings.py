import pytest

from pruning_core.headings import above
from pruning_core.sentences import split


def headings(text):
    """Sentence -> what stands above it."""
    spans = split(text)
    return {
        text[slice(*span)].strip(): [text[slice(*spans[i])].strip() for i in found]
        for span, found in zip(spans, above(text, spans), strict=True)
    }


def test_markdown_headings_by_level():
    found = headings(
        "# Leave\n\nAll of it.\n\n## Sick\n\nA note.\n\n### When\n\nOn day 3.\n\n## Rest\n\nNone.\n"
    )
    assert found["All of it."] == ["# Leave"]
    assert found["A note."] == ["# Leave", "## Sick"]
    assert found["On day 3."] == ["# Leave", "## Sick", "### When"]
    assert found["None."] == ["# Leave", "## Rest"]
    assert found["## Rest"] == ["# Leave"]


def test_underlined_headings_and_short_lines():
    found = headings("Leave\n=====\n\nAll of it.\n\nSick\n----\n\nA note.\n\nDay 3\nBring it.\n")
    assert found["A note."] == ["Leave\n=====", "Sick\n----"]
    assert found["Bring it."] == ["Leave\n=====", "Sick\n----", "Day 3"]


def test_a_short_line_replaces_the_one_before_but_for_the_title():
    found = headings("Handbook\n\nSick leave\nA note.\n\nParental leave\nTen weeks.\n")
    assert found["A note."] == ["Handbook", "Sick leave"]
    assert found["Ten weeks."] == ["Handbook", "Parental leave"]


TABLE = "| Country | Weeks |\n| --- | ---: |\n| France | 16 |\n| Norway | 49 |\n"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("table", [TABLE, "Country | Weeks\n--- | ---\nFrance | 16\nNorway | 49\n"])
def test_rows_have_the_header_of_their_table(table, ends):
    text = f"Here it is.\n\n{table}\nNot | a row.\n".replace("\n", ends)
    found = headings(text)
    rows = table.splitlines()
    assert found[rows[3]] == found[rows[2]] == rows[:2]
    assert found[rows[0]] == found["Here it is."] == found["Not | a row."] == []


def test_a_table_without_a_header_has_none():
    assert headings("| France | 16 |\n| Norway | 49 |\n")["| Norway | 49 |"] == []


def test_a_text_without_headings():
    assert above("Cats purr. Dogs bark.", split("Cats purr. Dogs bark.")) == [(), ()]
    assert above("", []) == []
