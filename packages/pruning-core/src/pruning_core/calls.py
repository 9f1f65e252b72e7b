"""Calls: what a method of the pipeline was asked, checked before anything runs."""

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pruning_core.budgets import Budget
from pruning_core.packing import PackedContext, pack
from pruning_core.results import PrunedDocument, RankedDocument
from pruning_core.scoring import PipelineSettings
from pruning_core.selection import Selection
from pruning_core.validation import (
    as_texts,
    check_bool,
    check_choice,
    check_int,
    check_query,
    check_text,
)

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Call(Generic[Answer]):
    """(query, document) pairs to prune, and how what comes of them becomes an answer.

    Attributes:
        pairs: the pairs.
        selection: which of their sentences stay.
        answer: the pruned documents of the pairs, in order -> what the method returns.
    """

    pairs: list[tuple[str, str]]
    selection: Selection
    answer: Callable[[list[PrunedDocument]], Answer]


def selection_of(
    config: PipelineSettings,
    *,
    threshold: float | None = None,
    max_tokens: int | None = None,
    max_characters: int | None = None,
    count_tokens: Callable[[str], int] | None = None,
    min_sentences: int | None = None,
    always_keep: Collection[str] | None = None,
) -> Selection:
    """The selection of options as the methods take them; see `PruningPipeline.prune`."""
    return Selection(
        threshold=config.default_threshold if threshold is None else threshold,
        budget=Budget(
            max_tokens=max_tokens, max_characters=max_characters, count_tokens=count_tokens
        ),
        min_sentences=0 if min_sentences is None else min_sentences,
        always_keep=() if always_keep is None else always_keep,
        strictly=config.sentence_rule == "kept_share",
    )


def prune_call(query: str, document: str, selection: Selection) -> Call[PrunedDocument]:
    """`PruningPipeline.prune`."""
    check_query(query)
    check_text("document", document)
    return Call(pairs=[(query, document)], selection=selection, answer=lambda results: results[0])


def batch_call(
    queries: Iterable[str], documents: Iterable[str], selection: Selection
) -> Call[list[PrunedDocument]]:
    """`PruningPipeline.prune_batch`."""
    queries, documents = as_texts("queries", queries), as_texts("documents", documents)
    if len(queries) != len(documents):
        counts = f"{len(queries)} and {len(documents)}"
        raise ValueError(f"`queries` and `documents` must be of one length, not {counts}")
    for index, query in enumerate(queries):
        check_query(query, f"queries[{index}]")
    pairs = list(zip(queries, documents, strict=True))
    return Call(pairs=pairs, selection=selection, answer=list)


def rank_call(
    config: PipelineSettings,
    query: str,
    documents: Iterable[str],
    selection: Selection,
    *,
    top_k: int | None = None,
    prune: bool = True,
) -> Call[list[RankedDocument]]:
    """`PruningPipeline.rank`."""
    check_query(query)
    check_bool("prune", prune)
    pairs = [(query, document) for document in as_texts("documents", documents)]
    if not config.ranks:
        raise ValueError(f"a checkpoint of mode {config.mode!r} cannot rank")
    limit = None if top_k is None else check_int("top_k", top_k, minimum=1)

    def answer(results: Sequence[PrunedDocument]) -> list[RankedDocument]:
        ranked = [
            RankedDocument(
                index=index,
                score=-math.inf if result.score is None else result.score,
                text=result.text if prune else result.original,
                pruned=result if prune else None,
            )
            for index, result in enumerate(results)
        ]
        return sorted(ranked, key=lambda row: -row.score)[:limit]

    return Call(pairs=pairs, selection=selection, answer=answer)


def pack_call(
    config: PipelineSettings,
    query: str,
    documents: Iterable[str],
    *,
    max_tokens: int | None,
    max_characters: int | None,
    count_tokens: Callable[[str], int] | None,
    default_counter: Callable[[str], int],
    separator: str,
    threshold: float,
    always_keep: Collection[str],
) -> Call[PackedContext]:
    """`PruningPipeline.pack`; `default_counter` counts the checkpoint's tokens."""
    check_query(query)
    pairs = [(query, document) for document in as_texts("documents", documents)]
    check_text("separator", separator)
    budget = Budget(max_tokens=max_tokens, max_characters=max_characters, count_tokens=count_tokens)
    if not budget.is_limited:
        raise ValueError("`max_tokens` or `max_characters` is needed")
    selection = selection_of(config, threshold=threshold, always_keep=always_keep)
    for name in always_keep:
        check_choice("always_keep", name, ("headings",))

    def answer(results: Sequence[PrunedDocument]) -> PackedContext:
        return pack(
            results,
            budget,
            count_tokens=count_tokens or default_counter,
            separator=separator,
            threshold=threshold,
            with_headings=bool(always_keep),
        )

    return Call(pairs=pairs, selection=selection, answer=answer)
