import pytest

from pruning_core import abbreviations
from pruning_core.abbreviations import begins_lower


def test_words_are_in_small_letters_where_they_are_looked_up_so():
    for name in ("NEVER_LAST", "MAYBE_LAST", "BEFORE_NUMBER", "STARTERS", "MONTHS"):
        assert all(word == word.lower() for word in getattr(abbreviations, name)), name


@pytest.mark.parametrize(
    ("word", "lower"),
    [("cats", True), ("Cats", False), ("iOS", False), ("eSIM", False), ("", False)],
)
def test_begins_lower(word, lower):
    assert begins_lower(word) is lower
