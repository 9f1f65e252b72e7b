"""Long documents -> windows of tokens that fit, on sentence boundaries."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pruning_core.tokenization import TokenizedDocument


@dataclass(frozen=True)
class Window:
    """Tokens `start` to `end` of a document."""

    start: int
    end: int


def plan(document: TokenizedDocument, capacity: int) -> list[Window]:
    """Cut a document into windows of at most `capacity` tokens; every token is in exactly one.

    A window takes as many whole sentences as fit. A sentence longer than a window is cut at white
    space, or anywhere where it has none. A document without tokens has one empty window.
    """
    if capacity < 1:
        raise ValueError(f"`capacity` must be at least 1, not {capacity!r}")
    total = len(document.ids)
    if total <= capacity:
        return [Window(0, total)]
    windows, start, end = [], 0, 0
    edges = np.flatnonzero(np.diff(document.sentences)) + 1
    for begin, stop in pairwise([0, *edges.tolist(), total]):
        if stop - start > capacity and end > start:
            windows.append(Window(start, end))
            start = begin
        while stop - start > capacity:
            cut = _last_word_start(document, start, start + capacity)
            windows.append(Window(start, cut))
            start = cut
        end = stop
    return [*windows, Window(start, end)]


def _last_word_start(document: TokenizedDocument, start: int, limit: int) -> int:
    """The last token that begins a word, in the second half of what fits, else `limit`."""
    places = range(limit, (start + limit) // 2, -1)
    return next((at for at in places if document.begins_word(at)), limit)
