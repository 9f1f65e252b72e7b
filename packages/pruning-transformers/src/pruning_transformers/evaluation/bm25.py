"""BM25, by the library bm25s."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from pruning_transformers.evaluation.metrics import Array


class BM25:
    """An index over one collection of texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        try:
            import bm25s
        except ImportError as error:
            raise ImportError("BM25 needs `pip install 'pruning-transformers[train]'`") from error
        self._tokenize = partial(bm25s.tokenize, stopwords="en", show_progress=False)
        self._index = bm25s.BM25()
        self._index.index(self._tokenize(list(texts)), show_progress=False)

    def scores(self, query: str) -> Array:
        """The score of every text of the collection."""
        tokens = self._tokenize(query, return_ids=False)[0]
        known = [token for token in tokens if token in self._index.vocab_dict]
        if not known:
            return np.zeros(self._index.scores["num_docs"])
        return np.asarray(self._index.get_scores(known), dtype=float)
