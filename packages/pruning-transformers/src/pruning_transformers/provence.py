"""`process`: the call and the result keys of the Provence models."""

import logging
from collections.abc import Callable
from typing import Any

from pruning_core.results import PrunedDocument
from pruning_core.validation import check_int
from pruning_transformers.pruning_methods import PruningMethods

_log = logging.getLogger(__name__)


class ProvenceMethods(PruningMethods):
    """Lets code that was written for Provence and OpenProvence models run unchanged."""

    def process(
        self,
        question: str | list[str],
        context: str | list[str] | list[list[str]],
        title: str | list[str] | list[list[str]] | None = None,
        batch_size: int | None = None,
        threshold: float | None = None,
        always_select_title: bool = False,
        reorder: bool = False,
        top_k: int | None = None,
        enable_warnings: bool = True,
        show_progress: bool | None = None,
        return_sentence_metrics: bool = False,
        return_sentence_texts: bool = False,
    ) -> dict[str, Any]:
        """Prune the contexts of each question.

        Args:
            question: one question, or a list.
            context: a text or a list of them; for a list of questions, one such entry for each.
            title: titles to put before the contexts, in their shape, unless contexts hold theirs
                (`first_sentence` or None).
            batch_size: full windows that a batch has room for; by default what is fastest.
            threshold: keep probability from which a sentence stays; by default the checkpoint's.
            always_select_title: keep the first sentence.
            reorder: sort the contexts of each question, best first.
            top_k: with `reorder`, contexts to return for each question.
            enable_warnings: log what was truncated.
            show_progress: show a bar; by default on a terminal.
            return_sentence_metrics: add `sentence_probabilities`.
            return_sentence_texts: add `kept_sentences` and `removed_sentences`.

        Returns:
            `pruned_context`, `reranking_score` and `compression_rate` (per cent of characters
            removed), each in the shape of `context`.

        Source: model cards of naver/provence-reranker-debertav3-v1 and OpenProvence v1.
        """
        for name, value in (("batch_size", batch_size), ("top_k", top_k)):
            if value is not None:
                check_int(name, value, minimum=1)
        questions = [question] if isinstance(question, str) else question
        contexts = _grid(question, context)
        if title is not None and title != "first_sentence":
            contexts = [
                [f"{head}\n\n{text}" for head, text in zip(*rows, strict=True)]
                for rows in zip(_grid(question, title), contexts, strict=True)
            ]
        if len(questions) != len(contexts):
            counts = f"{len(contexts)} for {len(questions)}"
            raise ValueError(f"`context` must have one entry a question, not {counts}")
        with self._pipeline(batch_size) as pipeline:
            results = iter(
                pipeline.prune_batch(
                    [text for text, row in zip(questions, contexts, strict=True) for _ in row],
                    [text for row in contexts for text in row],
                    threshold=threshold,
                    always_keep=("first_sentence",) if always_select_title else None,
                    show_progress=show_progress,
                )
            )
        rows = [[next(results) for _ in row] for row in contexts]
        if enable_warnings:
            for text in (text for row in rows for result in row for text in result.warnings):
                _log.warning(text)
        if reorder:
            rows = [sorted(row, key=lambda result: -(result.score or 0))[:top_k] for row in rows]
        values: dict[str, Callable[[PrunedDocument], object]] = {
            "pruned_context": lambda result: result.text,
            "reranking_score": lambda result: result.score,
            "compression_rate": lambda result: 100 * result.compression,
        }
        if return_sentence_metrics:
            values["sentence_probabilities"] = lambda r: [s.probability for s in r.sentences]
        if return_sentence_texts:
            values["kept_sentences"] = lambda result: _texts(result, kept=True)
            values["removed_sentences"] = lambda result: _texts(result, kept=False)
        given = [context] if isinstance(question, str) else context
        is_single = all(isinstance(entry, str) for entry in given)

        def shaped(value: Callable[[PrunedDocument], object]) -> object:
            grid = [[value(result) for result in row] for row in rows]
            column: list[object] = [row[0] for row in grid] if is_single else [*grid]
            return column[0] if isinstance(question, str) else column

        return {name: shaped(value) for name, value in values.items()}


def _grid(question: str | list[str], texts: str | list[str] | list[list[str]]) -> list[list[str]]:
    """The texts of every question."""
    if isinstance(texts, str):
        return [[texts]]
    rows = [texts] if isinstance(question, str) else texts
    return [[row] if isinstance(row, str) else [str(text) for text in row] for row in rows]


def _texts(result: PrunedDocument, *, kept: bool) -> list[str]:
    return [result.original[s.start : s.end] for s in result.sentences if s.kept == kept]
