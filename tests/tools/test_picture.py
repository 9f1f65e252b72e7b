import pytest

pytest.importorskip("pruning_core")

from picture import COLUMNS, lines, picture

from pruning_core import PrunedDocument, SentenceSpan

TEXT = "# Cats & dogs\n\nCats purr\nall day. Dogs bark."
RESULT = PrunedDocument(
    original=TEXT,
    sentences=(
        SentenceSpan(0, 15, 0.0, False),
        SentenceSpan(15, 34, 0.9, True),
        SentenceSpan(34, 44, 0.1, False),
    ),
    score=0.5,
)


def test_a_line_has_what_stays_and_what_goes():
    assert lines(RESULT) == [
        [(False, "# Cats & dogs")],
        [(True, "Cats purr all day."), (False, "Dogs bark.")],
    ]


def test_no_line_is_too_long():
    words = PrunedDocument(
        original="word " * 99, sentences=(SentenceSpan(0, 495, 1.0, True),), score=None
    )
    rows = lines(words)
    assert all(len(text) <= COLUMNS for row in rows for _, text in row)
    assert sum(len(text.split()) for row in rows for _, text in row) == 99


def test_text_is_escaped():
    svg = picture("<q>", RESULT)
    assert "<title>&lt;q&gt;: kept 1 of 3 sentences" in svg
    assert '<tspan class="gone">Cats &amp; dogs</tspan>' in svg
    assert '<tspan class="kept">Cats purr all day.</tspan> <tspan class="gone">Dogs' in svg
