"""What the adapters share: the texts that a retriever found -> those that stay, pruned, in rank
order.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pruning_core.budgets import Budget
from pruning_core.packing import pack
from pruning_core.pipeline import PruningPipeline
from pruning_core.results import PrunedDocument
from pruning_core.validation import check_bool, check_int, check_share

if TYPE_CHECKING:
    from pruning_core.async_pruner import AsyncPruner

SEPARATOR = "\n\n"
"""What the frameworks put between two texts in a prompt; it counts in the budget."""


@dataclass(frozen=True, kw_only=True)
class PassageOptions:
    """Which texts stay, and what of them.

    Args:
        top_n: texts that stay at most, the best ones of which something stays.
        threshold: keep probability from which a sentence stays, 0 to 1; by default the
            checkpoint's, or 0 with `max_tokens`.
        max_tokens: tokens of all texts together; the sentences that matter most fill them, as in
            `Pruner.pack`.
        count_tokens: text -> tokens, for `max_tokens`; by default those of the checkpoint.
        keep_headings: a sentence that stays comes with the headings above it.
        prune: False ranks, and cuts nothing.
        keep_empty: a text of which nothing stays is empty, not dropped.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument has the wrong value, or does nothing beside `prune=False`.
    """

    top_n: int | None = None
    threshold: float | None = None
    max_tokens: int | None = None
    count_tokens: Callable[[str], int] | None = None
    keep_headings: bool = False
    prune: bool = True
    keep_empty: bool = False

    def __post_init__(self) -> None:
        if self.top_n is not None:
            check_int("top_n", self.top_n, minimum=1)
        if self.threshold is not None:
            check_share("threshold", self.threshold)
        for name in ("keep_headings", "prune", "keep_empty"):
            check_bool(name, getattr(self, name))
        budget = self.budget
        if self.prune:
            return
        if self.threshold is not None or budget.is_limited or self.keep_headings or self.keep_empty:
            raise ValueError("with `prune=False` nothing is cut: `top_n` is its only option")

    def check_mode(self, pruner: PruningPipeline) -> None:
        """Raise where the checkpoint can do nothing of this."""
        if not self.prune and not pruner.config.ranks:
            raise ValueError(f"a checkpoint of mode {pruner.config.mode!r} cannot rank")

    def at_most(self, top_n: int | None) -> "PassageOptions":
        """The same with this `top_n`, unless it is None."""
        return self if top_n is None else replace(self, top_n=top_n)

    @property
    def budget(self) -> Budget:
        """Of all texts together."""
        return Budget(max_tokens=self.max_tokens, count_tokens=self.count_tokens)

    @property
    def arguments(self) -> dict[str, Any]:
        """Those of `prune_batch`."""
        lowest = 0.0 if self.budget.is_limited else None
        headings = ("headings",) if self.keep_headings else ()
        return {
            "threshold": lowest if self.threshold is None else self.threshold,
            "always_keep": headings,
        }


@dataclass(frozen=True)
class Passage:
    """What stays of a text.

    Attributes:
        index: of the text in the list given.
        text: its kept sentences.
        score: ranking score of the whole text; None where the checkpoint does not rank.
        metadata: what an adapter adds to that of the document, as plain data: `relevance_score`,
            where there is one; `compression`, the share of characters removed, and `kept_spans`,
            `[start, end, keep probability]` of each kept sentence in the text as it was, both
            unless `prune=False`; and `warnings`, where there are any.
    """

    index: int
    text: str
    score: float | None
    metadata: dict[str, Any]


def choose(
    pruner: PruningPipeline, query: str, texts: Sequence[str], options: PassageOptions
) -> list[Passage]:
    """The texts that stay, best first; where there are no scores, in the order given."""
    options.check_mode(pruner)
    queries = [query] * len(texts)
    results = pruner.prune_batch(queries, texts, **options.arguments, show_progress=False)
    return _chosen(pruner, results, options)


async def achoose(
    pruner: "AsyncPruner", query: str, texts: Sequence[str], options: PassageOptions
) -> list[Passage]:
    """The same for many callers at a time."""
    options.check_mode(pruner.pruner)
    results = await pruner.prune_batch([query] * len(texts), texts, **options.arguments)
    return await asyncio.to_thread(_chosen, pruner.pruner, results, options)


def _chosen(
    pruner: PruningPipeline, results: Sequence[PrunedDocument], options: PassageOptions
) -> list[Passage]:
    found = dict(enumerate(results))
    if not options.prune:
        found = {i: _keeping(row, {s.start for s in row.sentences}) for i, row in found.items()}
    order = sorted(found, key=lambda i: -(found[i].score or 0))
    stays = [i for i in order if _stays(found[i], options)][: options.top_n]
    if options.budget.is_limited:
        context = pack(
            [found[i] for i in stays],
            options.budget,
            count_tokens=options.count_tokens or pruner.count_tokens,
            separator=SEPARATOR,
            threshold=options.arguments["threshold"],
            with_headings=options.keep_headings,
        )
        starts: dict[int, set[int]] = {i: set() for i in stays}
        for row in context.sentences:
            starts[stays[row.index]].add(row.start)
        found = {i: _keeping(found[i], kept) for i, kept in starts.items()}
        stays = [i for i in stays if _stays(found[i], options)]
    return [_passage(i, found[i], options) for i in stays]


def _stays(result: PrunedDocument, options: PassageOptions) -> bool:
    return not options.prune or options.keep_empty or bool(result.text.strip())


def _keeping(result: PrunedDocument, starts: set[int]) -> PrunedDocument:
    """`result` with the sentences that start there."""
    sentences = (replace(row, kept=row.start in starts) for row in result.sentences)
    return replace(result, sentences=tuple(sentences))


def _passage(index: int, result: PrunedDocument, options: PassageOptions) -> Passage:
    metadata: dict[str, Any] = {}
    if result.score is not None:
        metadata["relevance_score"] = result.score
    if options.prune:
        spans = [[row.start, row.end, row.probability] for row in result.sentences if row.kept]
        metadata |= {"compression": result.compression, "kept_spans": spans}
    if result.warnings:
        metadata["warnings"] = list(result.warnings)
    return Passage(index, result.text, result.score, metadata)
