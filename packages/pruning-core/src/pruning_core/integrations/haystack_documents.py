"""Documents of Haystack: which are pruned, and what comes back of them."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf

from haystack import Document

from pruning_core.integrations.passages import Passage


def distinct(documents: Sequence[Document]) -> list[Document]:
    """Of documents with one id the one with the highest score, where the first of them stands.

    Raises:
        ValueError: a document has no text, but an image, say.
    """
    by_score = sorted(documents, key=lambda row: -inf if row.score is None else row.score)
    best = {row.id: row for row in by_score}
    found = [best[key] for key in dict.fromkeys(row.id for row in documents)]
    if missing := [row.id for row in found if row.content is None]:
        raise ValueError(f"only texts can be pruned; these documents have none: {missing}")
    return found


def texts(documents: Sequence[Document]) -> list[str]:
    """Their contents."""
    return [row.content or "" for row in documents]


def copies(documents: Sequence[Document], passages: Sequence[Passage]) -> dict[str, list[Document]]:
    """What stays of `documents`, as the output of a component."""
    found = []
    for passage in passages:
        old = documents[passage.index]
        score = old.score if passage.score is None else passage.score
        meta = {**old.meta, **passage.metadata}
        found.append(replace(old, content=passage.text, score=score, meta=meta))
    return {"documents": found}
