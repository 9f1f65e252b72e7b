import pytest

from pruning_core.budgets import Budget
from pruning_core.selection import Selection

TEXT = "# Title\nOne. Two. Three."
SPANS = [(0, 8), (8, 13), (13, 18), (18, 24)]
PROBABILITIES = [0.0, 0.9, 0.2, 0.6]
TOKENS = [3, 10, 10, 5]
LIMITS = ("max_tokens", "max_characters", "count_tokens")


def keep(**options):
    limits = {name: options.pop(name) for name in LIMITS if name in options}
    selection = Selection(**{"threshold": 0.5, **options}, budget=Budget(**limits))
    kept, warnings = selection.keep(TEXT, SPANS, PROBABILITIES, TOKENS)
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
        ({"max_tokens": 14, "threshold": 0.9}, ".x.."),
        ({"max_characters": 11}, ".x.x"),
        ({"max_characters": 10}, ".x.."),
        ({"max_characters": 11, "max_tokens": 14}, ".x.."),
        ({"max_tokens": 3, "count_tokens": len}, "...."),
        ({"max_tokens": 11, "count_tokens": len}, ".x.x"),
        ({"always_keep": ["headings"]}, "xx.x"),
        ({"always_keep": ["headings"], "threshold": 1}, "...."),
        ({"always_keep": ["headings"], "max_tokens": 13}, "xx.."),
        ({"always_keep": ["headings"], "max_tokens": 12}, "x..x"),
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
        ["1 sentences fit the budget; `min_sentences` is 2"],
    )
    assert keep(max_tokens=9, max_characters=4) == (
        "....",
        [
            "the most probable sentence does not fit: 10 tokens, `max_tokens` is 9 and"
            " 5 characters, `max_characters` is 4"
        ],
    )
    assert keep(max_tokens=9)[1] == [
        "the most probable sentence does not fit: 10 tokens, `max_tokens` is 9"
    ]


def test_the_whole_is_counted_where_it_has_more_tokens_than_its_parts():
    counts = {"One. ": 1, "Three.": 1, "One. Three.": 3, "": 0}
    assert keep(max_tokens=2, count_tokens=counts.__getitem__)[0] == ".x.."


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"threshold": -0.1}, ValueError, "`threshold` must be from 0 to 1, not -0.1"),
        ({"threshold": "0.5"}, TypeError, "`threshold` must be a number, not '0.5'"),
        ({"threshold": float("nan")}, ValueError, "`threshold` must be from 0 to 1, not nan"),
        ({"max_tokens": -1}, ValueError, "`max_tokens` must be at least 0, not -1"),
        ({"max_tokens": 1.5}, TypeError, "`max_tokens` must be an int, not 1.5"),
        ({"max_characters": -1}, ValueError, "`max_characters` must be at least 0, not -1"),
        ({"count_tokens": 3, "max_tokens": 3}, TypeError, "`count_tokens` must be a function"),
        ({"count_tokens": len}, ValueError, "`count_tokens` counts for `max_tokens`"),
        (
            {"count_tokens": str, "max_tokens": 3},
            TypeError,
            r"`count_tokens\(text\)` must be an int",
        ),
        ({"min_sentences": True}, TypeError, "`min_sentences` must be an int, not True"),
        ({"always_keep": "titles"}, TypeError, "`always_keep` must be a collection"),
        ({"always_keep": ["last"]}, ValueError, "`always_keep` must be one of .*'last'"),
    ],
)
def test_bad_options(options, error, message):
    with pytest.raises(error, match=message):
        keep(**options)
