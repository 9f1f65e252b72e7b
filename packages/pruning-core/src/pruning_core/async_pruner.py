"""AsyncPruner: a Pruner for services, where many callers wait for one encoder."""

import asyncio
import weakref
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from typing import Self

from pruning_core.calls import (
    Answer,
    Call,
    batch_call,
    pack_call,
    prune_call,
    rank_call,
    selection_of,
)
from pruning_core.packing import PackedContext
from pruning_core.pipeline import PruningPipeline
from pruning_core.results import PrunedDocument, RankedDocument
from pruning_core.shared_encoder import Measure, QueueFullError, SharedEncoder, Submission
from pruning_core.validation import check_int, check_number, check_pairs, shown

__all__ = ["MAX_WAITING", "WINDOW", "AsyncPruner", "Measure", "QueueFullError"]

WINDOW = 0.002
"""Seconds that a batch that is not full waits for more."""

MAX_WAITING = 4096
"""Documents that may wait."""


class AsyncPruner:
    """Prunes and ranks documents for many callers at a time, with the results of `Pruner`.

    One thread runs the encoder, on batches of the documents of all callers; each call in turn gives
    to them, so that a call with one document does not wait for those of a call with a thousand.
    What a cancelled call has not yet brought to the encoder never gets there. Any number of event
    loops may share one.

    Args:
        pruner: a `Pruner`, which others may use as well.
        window: seconds that a batch that is not full waits for more.
        max_waiting: documents that may wait, all calls together; a single call may have more.
        observe: is told what is measured, as (`queue_seconds`, `tokenization_seconds`,
            `inference_seconds` or `batch_tokens`, number), on threads of its own.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument has the wrong value.

    Example:
        >>> async def main():
        ...     async with AsyncPruner(Pruner.from_pretrained()) as pruner:
        ...         return (await pruner.prune("What do cats do?", "It is hot. Cats purr.")).text
        >>> asyncio.run(main())
        'Cats purr.'
    """

    def __init__(
        self,
        pruner: PruningPipeline,
        *,
        window: float = WINDOW,
        max_waiting: int = MAX_WAITING,
        observe: Callable[[Measure, float], object] = lambda name, value: None,
    ) -> None:
        if not isinstance(pruner, PruningPipeline):
            raise TypeError(f"`pruner` must be a Pruner, not {shown(pruner)}")
        self.pruner = pruner
        self._encoder = SharedEncoder(
            prepare=pruner._prepare,
            predictor=pruner._predictor,
            scoring=pruner._scoring,
            delay=check_number("window", window),
            max_waiting=check_int("max_waiting", max_waiting, minimum=1),
            observe=observe,
        )
        weakref.finalize(self, self._encoder.close, drop=True)  # at the end of Python too

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Take no more calls, wait for those that run, and end the threads."""
        await asyncio.to_thread(self._encoder.close)

    @property
    def waiting(self) -> int:
        """Documents of all calls that are not done."""
        return self._encoder.waiting

    async def prune(
        self,
        query: str,
        document: str,
        *,
        threshold: float | None = None,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
    ) -> PrunedDocument:
        """Remove the sentences of `document` that do not matter to `query`; see `Pruner.prune`.

        `count_tokens` is called on a thread, here and in the other methods.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: the query is empty, or an option has the wrong value.
            QueueFullError: too many documents wait; so too in the other methods.
            RuntimeError: it is closed; the same.
        """
        selection = selection_of(
            self.pruner.config,
            threshold=threshold,
            max_tokens=max_tokens,
            max_characters=max_characters,
            count_tokens=count_tokens,
            min_sentences=min_sentences,
            always_keep=always_keep,
        )
        return (await self.run(prune_call(query, document, selection)))[0]

    async def prune_batch(
        self,
        queries: Iterable[str],
        documents: Iterable[str],
        *,
        threshold: float | None = None,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
    ) -> list[PrunedDocument]:
        """Prune pair by pair; see `Pruner.prune_batch`."""
        selection = selection_of(
            self.pruner.config,
            threshold=threshold,
            max_tokens=max_tokens,
            max_characters=max_characters,
            count_tokens=count_tokens,
            min_sentences=min_sentences,
            always_keep=always_keep,
        )
        return (await self.run(batch_call(queries, documents, selection)))[0]

    def stream(
        self,
        pairs: Iterable[tuple[str, str]],
        *,
        threshold: float | None = None,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
    ) -> AsyncIterator[PrunedDocument]:
        """Prune (query, document) pairs; results come in order, as they are ready.

        Unlike `Pruner.stream` it reads all pairs at once, and raises at once too.

        Example:
            >>> async def texts(pruner, pairs):
            ...     return [result.text async for result in pruner.stream(pairs)]
        """
        selection = selection_of(
            self.pruner.config,
            threshold=threshold,
            max_tokens=max_tokens,
            max_characters=max_characters,
            count_tokens=count_tokens,
            min_sentences=min_sentences,
            always_keep=always_keep,
        )
        call = Call(pairs=list(check_pairs("pairs", pairs)), selection=selection, answer=list)
        return _results(self._encoder.submit(call))

    async def rank(
        self,
        query: str,
        documents: Iterable[str],
        *,
        top_k: int | None = None,
        prune: bool = True,
        threshold: float | None = None,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
    ) -> list[RankedDocument]:
        """Rank `documents` for `query`, best first, and prune them; see `Pruner.rank`."""
        selection = selection_of(
            self.pruner.config,
            threshold=threshold,
            max_tokens=max_tokens,
            max_characters=max_characters,
            count_tokens=count_tokens,
            min_sentences=min_sentences,
            always_keep=always_keep,
        )
        config = self.pruner.config
        call = rank_call(config, query, documents, selection, top_k=top_k, prune=prune)
        return (await self.run(call))[0]

    async def pack(
        self,
        query: str,
        documents: Iterable[str],
        *,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        separator: str = "\n\n",
        threshold: float = 0.0,
        always_keep: Collection[str] = (),
    ) -> PackedContext:
        """Fill one budget with the sentences of all documents that matter most to `query`; see
        `Pruner.pack`.
        """
        call = pack_call(
            self.pruner.config,
            query,
            documents,
            max_tokens=max_tokens,
            max_characters=max_characters,
            count_tokens=count_tokens,
            default_counter=self.pruner.count_tokens,
            separator=separator,
            threshold=threshold,
            always_keep=always_keep,
        )
        results = [result async for result in _results(self._encoder.submit(call))]
        return await asyncio.to_thread(call.answer, results)  # may count many sentences

    async def run(self, call: Call[Answer]) -> tuple[Answer, int]:
        """What a checked call gives, and how many tokens the encoder read for it."""
        submission = self._encoder.submit(call)
        results = [result async for result in _results(submission)]
        return call.answer(results), submission.tokens


async def _results(submission: Submission) -> AsyncIterator[PrunedDocument]:
    """The results of a submission, in order; what is left is dropped where the caller stops."""
    try:
        for document in submission.documents:
            future = document.future
            # Most are done when the first is.
            yield future.result() if future.done() else await asyncio.wrap_future(future)
    finally:
        submission.cancel()
