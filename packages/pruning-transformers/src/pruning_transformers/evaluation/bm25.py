"""BM25, by the library bm25s."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from pruning_transformers.evaluation.metrics import Array


class BM25:
    """An index over one collection of texts.

    Args:
        texts: the collection.
        split: text -> terms; by default words in lower case without English stop words.
    """

    def __init__(
        self, texts: Sequence[str], split: Callable[[str], list[str]] | None = None
    ) -> None:
        try:
            import bm25s
        except ImportError as error:
            raise ImportError("BM25 needs `pip install 'pruning-transformers[train]'`") from error
        words = partial(
            bm25s.tokenize, return_ids=False, stopwords="en", show_progress=False, leave=False
        )
        self._split = split or (lambda text: words(text)[0])
        terms = [split(text) for text in texts] if split else words(list(texts))
        self._index = bm25s.BM25()
        self._index.index(terms, show_progress=False)

    def scores(self, query: str) -> Array:
        """The score of every text of the collection."""
        known = [term for term in self._split(query) if term in self._index.vocab_dict]
        if not known:
            return np.zeros(self._index.scores["num_docs"])
        return np.asarray(self._index.get_scores(known), dtype=float)
