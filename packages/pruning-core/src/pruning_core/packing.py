"""One budget over many documents, spent on the sentences that matter most."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache, reduce
from math import exp
from typing import Any

from pruning_core.budgets import Budget, Size
from pruning_core.headings import above
from pruning_core.results import PrunedDocument

PRIOR = 2.0
"""Exponent of a document's score in the value of its sentences; 2 keeps the most evidence
(`python -m tools.benchmarks.packing FILE... --priors`)."""


@dataclass(frozen=True, kw_only=True)
class PackedSentence:
    """Characters `start` to `end` of document `index`, with their keep probability (0 to 1).

    `position` is where they begin in the text of the context; None for a sentence left out.
    """

    index: int
    start: int
    end: int
    probability: float
    position: int | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class PackedContext:
    """A context within a budget.

    Attributes:
        text: the sentences, documents in rank order with the separator between them.
        tokens: of `text`, by the counter of the budget.
        sentences: those in `text`, in its order.
        omitted: all others, in the order of the documents given.
        warnings: what was truncated or could not be done, with the document's index.
    """

    text: str
    tokens: int
    sentences: tuple[PackedSentence, ...]
    omitted: tuple[PackedSentence, ...]
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        documents = len({sentence.index for sentence in self.sentences})
        return (
            f"<PackedContext: {self.tokens} tokens, {len(self.sentences)} sentences of"
            f" {documents} documents, {len(self.omitted)} left out>"
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data, ready for JSON.

        Example:
            >>> context = pruner.pack("What do cats do?", ["Cats purr."], max_tokens=10)
            >>> context.to_dict()["sentences"][0]["position"]
            0
        """
        return asdict(self)


Kept = dict[int, set[int]]
"""Document -> its sentences that stay."""


def pack(
    results: Sequence[PrunedDocument],
    budget: Budget,
    *,
    count_tokens: Callable[[str], int],
    separator: str,
    threshold: float = 0.0,
    with_headings: bool = False,
    prior: float = PRIOR,
) -> PackedContext:
    """Fill `budget` with the sentences of pruned documents that matter most.

    They are taken by keep probability times a power of their document's score, while they fit;
    none with a keep probability below `threshold`, and `with_headings` each with its headings.
    Where there are no scores the documents stay in the order given.
    """
    weights = [weight**prior for weight in _weights(results)]
    candidates = [
        (weights[index] * sentence.probability, index, number)
        for index, result in enumerate(results)
        for number, sentence in enumerate(result.sentences)
        if sentence.probability >= threshold
    ]
    candidates.sort(key=lambda row: -row[0])
    headings = {
        index: above(result.original, [(s.start, s.end) for s in result.sentences])
        for index, result in enumerate(results)
        if with_headings
    }

    @cache
    def size(index: int, number: int) -> Size:
        sentence = results[index].sentences[number]
        text = results[index].original[sentence.start : sentence.end]
        return budget.size(text, count_tokens(text))

    between = budget.size(separator, count_tokens(separator))
    kept: Kept = {}
    used, added = Size(0, 0), []
    for _, index, number in candidates:
        group = {number, *headings[index][number]} if with_headings else {number}
        new = group - kept.get(index, set())
        grown = reduce(Size.plus, (size(index, i) for i in new), used)
        grown = grown.plus(between) if kept and index not in kept else grown
        if new and budget.holds(grown):
            kept.setdefault(index, set()).update(new)
            used = grown
            added.append((index, new))
    order = sorted(range(len(results)), key=lambda i: -weights[i])
    context = _context(results, order, kept, separator, count_tokens)
    # The whole may have more tokens than its parts.
    while added and not budget.holds(Size(context.tokens, len(context.text))):
        index, new = added.pop()
        kept[index] -= new
        context = _context(results, order, kept, separator, count_tokens)
    return context


def _weights(results: Sequence[PrunedDocument]) -> list[float]:
    """The score of each document from 0 to 1; 1 where there are none."""
    scores = [1.0 if result.score is None else result.score for result in results]
    if all(0 <= score <= 1 for score in scores):
        return scores
    return [1 / (1 + exp(-min(max(score, -700.0), 700.0))) for score in scores]


def _context(
    results: Sequence[PrunedDocument],
    order: Sequence[int],
    kept: Kept,
    separator: str,
    count_tokens: Callable[[str], int],
) -> PackedContext:
    text = ""
    found, omitted = [], []
    for index in order:
        stays = kept.get(index, set())
        text += separator if text and stays else ""
        for number, sentence in enumerate(results[index].sentences):
            row = PackedSentence(
                index=index,
                start=sentence.start,
                end=sentence.end,
                probability=sentence.probability,
                position=len(text) if number in stays else None,
            )
            if number in stays:
                text += results[index].original[sentence.start : sentence.end]
                found.append(row)
            else:
                omitted.append(row)
    return PackedContext(
        text=text,
        tokens=count_tokens(text),
        sentences=tuple(found),
        omitted=tuple(sorted(omitted, key=lambda row: (row.index, row.start))),
        warnings=tuple(
            f"document {index}: {text}"
            for index, result in enumerate(results)
            for text in result.warnings
        ),
    )
