import pytest

from pruning_core.selection import Selection

TEXT = "# Title\nOne. Two. Three."
SPANS = [(0, 8), (8, 13), (13, 18), (18, 24)]
PROBABILITIES = [0.0, 0.9, 0.2, 0.6]
TOKENS = [3, 10, 10, 5]


def keep(**options):
    kept, warnings = Selection(**{"threshold": 0.5, **options}).keep(
        TEXT, SPANS, PROBABILITIES, TOKENS
    )
    return "".join("x" if stays else "." for stays in kept), warnings


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ".x.x"),
        ({"threshold": 0}, "xxxx"),
        ({"threshold": 0.9}, ".x.."),
        ({"threshold": 1}, "...."),
        ({"threshold": 0.6, "strictly": True}, ".x.."),
        ({"max_tokens": 10}, ".x.."),
        ({"max_tokens": 14}, ".x.."),
        ({"max_tokens": 9}, "...x"),
        ({"max_tokens": 0}, "...."),
        ({"min_sentences": 3}, ".xxx"),
        ({"min_sentences": 9}, "xxxx"),
        ({"always_keep": ["first_sentence"]}, "xx.x"),
        ({"always_keep": ["titles"], "threshold": 1}, "x..."),
        ({"always_keep": ("titles",), "max_tokens": 13}, "xx.."),
    ],
)
def test_keep(options, expected):
    assert keep(**options)[0] == expected


def test_what_cannot_be_had_is_said():
    assert keep(always_keep=["titles"], max_tokens=2) == (
        "x...",
        ["the sentences of `always_keep` have 3 tokens, `max_tokens` is 2"],
    )
    assert keep(min_sentences=2, max_tokens=10) == (
        ".x..",
        ["1 sentences fit `max_tokens` 10; `min_sentences` is 2"],
    )


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"threshold": -0.1}, ValueError, "`threshold` must be from 0 to 1, not -0.1"),
        ({"threshold": "0.5"}, TypeError, "`threshold` must be a number, not '0.5'"),
        ({"threshold": float("nan")}, ValueError, "`threshold` must be from 0 to 1, not nan"),
        ({"max_tokens": -1}, ValueError, "`max_tokens` must be at least 0, not -1"),
        ({"max_tokens": 1.5}, TypeError, "`max_tokens` must be an int, not 1.5"),
        ({"min_sentences": True}, TypeError, "`min_sentences` must be an int, not True"),
        ({"always_keep": "titles"}, TypeError, "`always_keep` must be a collection"),
        ({"always_keep": ["last"]}, ValueError, "`always_keep` must be one of .*'last'"),
    ],
)
def test_bad_options(options, error, message):
    with pytest.raises(error, match=message):
        keep(**options)
