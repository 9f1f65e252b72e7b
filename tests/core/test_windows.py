from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruning_core.tokenization import TokenizedDocument
from pruning_core.windows import Window, plan


def document(lengths, word_starts=None):
    """Sentences of these token counts; tokens have a character and, before a word, a space."""
    sentences = [i for i, length in enumerate(lengths) for _ in range(length)]
    words = [1] * len(sentences) if word_starts is None else word_starts
    starts = np.cumsum([1 + word for word in words]) - 1
    text = "".join(" a" if word else "a" for word in words)
    return TokenizedDocument(text, np.zeros(len(sentences)), starts, np.array(sentences, int))


@given(st.lists(st.integers(1, 30), max_size=30), st.integers(1, 40))
def test_windows_tile_the_tokens_and_fit(lengths, capacity):
    windows = plan(document(lengths), capacity)
    assert windows[0].start == 0
    assert windows[-1].end == sum(lengths)
    assert all(a.end == b.start for a, b in pairwise(windows))
    assert all(window.end - window.start <= capacity for window in windows)


@given(st.lists(st.integers(1, 10), min_size=1, max_size=30), st.integers(10, 40))
def test_short_sentences_are_never_cut(lengths, capacity):
    ends = {sum(lengths[:i]) for i in range(len(lengths) + 1)}
    assert all(window.end in ends for window in plan(document(lengths), capacity))


def test_a_window_is_filled_with_whole_sentences():
    assert plan(document([3, 3, 3, 3]), 7) == [Window(0, 6), Window(6, 12)]


def test_a_long_sentence_is_cut_at_white_space():
    starts = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0]
    assert plan(document([10], starts), 6)[0] == Window(0, 4)
    assert plan(document([10], [0] * 10), 6)[0] == Window(0, 6)


def test_an_empty_document_has_one_empty_window():
    assert plan(document([]), 5) == [Window(0, 0)]


def test_capacity():
    with pytest.raises(ValueError, match="`capacity` must be at least 1, not 0"):
        plan(document([1]), 0)
