"""`process`: the call and the result keys of the Provence models."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from pruning_core.results import PrunedDocument, SentenceSpan
from pruning_core.validation import check_int
from pruning_transformers.provence_inputs import (
    Asked,
    Context,
    GivenSpans,
    TextSplitter,
    choose_splitter,
)
from pruning_transformers.pruning_methods import PruningMethods

_log = logging.getLogger(__name__)

MACHINERY = frozenset(
    (
        "debug_messages",
        "preprocess_batch_size",
        "preprocess_workers",
        "respect_sentence_boundaries",
        "show_inference_progress",
        "torch_dataloader_kwargs",
    )
)
"""Arguments of OpenProvence's `process` that change no result: how its own loop runs."""


class ProvenceMethods(PruningMethods):
    """Lets code that was written for Provence and OpenProvence models run unchanged."""

    def process(
        self,
        question: str | Sequence[str],
        context: str | Sequence[Any],
        title: str | Sequence[Any] | None = None,
        batch_size: int | None = None,
        threshold: float | None = None,
        always_select_title: bool = False,
        reorder: bool = False,
        top_k: int | None = None,
        enable_warnings: bool = True,
        show_progress: bool | None = None,
        return_sentence_metrics: bool = False,
        return_sentence_texts: bool = False,
        *,
        first_line_as_title: bool = False,
        use_best_reranker_score: bool = True,
        zero_score_when_empty: bool = False,
        strip_sentences: bool = False,
        sentence_splitter: TextSplitter | Mapping[str, TextSplitter] | None = None,
        language: str | None = None,
        **machinery: object,
    ) -> dict[str, Any]:
        """Prune the contexts of each question.

        Args:
            question: one question, or a list.
            context: a text or a list of them; for a list of questions, one such entry for each. In
                a list, a list of strings in place of a text is a text whose sentences are given.
            title: a title for all contexts, or one for each, in their shape, or one for each
                question; it is put before the context. None or `first_sentence`: contexts hold
                theirs.
            batch_size: full windows that a batch has room for; by default what is fastest.
            threshold: keep probability from which a sentence stays; by default the checkpoint's.
            always_select_title: keep the first sentence, which is the title, where any other stays.
            reorder: sort the contexts of each question, best first.
            top_k: with `reorder`, contexts to return for each question.
            enable_warnings: log what was truncated.
            show_progress: show a bar; by default on a terminal.
            return_sentence_metrics: add `sentence_probabilities`.
            return_sentence_texts: add `kept_sentences` and `removed_sentences`.
            first_line_as_title: the first line of each context is its title, a sentence of its own.
            use_best_reranker_score: score a context of several windows by its best one, else by
                its first.
            zero_score_when_empty: a context of which nothing stays has the score 0; OpenProvence's
                default, and not ours, since what stays says nothing of the ranking.
            strip_sentences: sentences without the white space around them, one space in its place.
            sentence_splitter: text -> list of its sentences, or one such function a language.
            language: which of them.
            **machinery: `MACHINERY`, so that code which sets them runs.

        Returns:
            `pruned_context`, `reranking_score` and `compression_rate` (per cent of characters
            removed), each in the shape of `context`; `title` too where there are titles.

        Raises:
            TypeError: an argument has the wrong type, or is unknown.
            ValueError: an argument has the wrong value.

        Example:
            >>> output = model.process("What do cats do?", ["Cats purr.", "Cats eat."], threshold=0)
            >>> output["pruned_context"]
            ['Cats purr.', 'Cats eat.']

        Source: model cards of naver/provence-reranker-debertav3-v1 and OpenProvence v1.
        """
        if unknown := sorted(machinery.keys() - MACHINERY):
            raise TypeError(f"process() got an unexpected keyword argument {unknown[0]!r}")
        for name, number in (("batch_size", batch_size), ("top_k", top_k)):
            if number is not None:
                check_int(name, number, minimum=1)
        splitter = choose_splitter(sentence_splitter, language)
        asked = Asked.of(question, context).titled(title, first_line_as_title, splitter)
        contexts = [one for row in asked.rows for one in row]
        known = {one.text: list(one.spans) for one in contexts if one.spans}
        with self._pipeline(
            batch_size,
            splitter=GivenSpans(splitter, known),
            window_score=max if use_best_reranker_score else itemgetter(0),
        ) as pipeline:
            pruned = pipeline.prune_batch(
                [text for text, row in zip(asked.questions, asked.rows, strict=True) for _ in row],
                [one.text for one in contexts],
                threshold=threshold,
                show_progress=show_progress,
            )
        if always_select_title:
            pruned = [_with_first_sentence(result) for result in pruned]
        if enable_warnings:
            for text in (text for result in pruned for text in result.warnings):
                _log.warning(text)
        found = zip(contexts, pruned, strict=True)
        rows = [
            [Outcome(*next(found), strip_sentences, zero_score_when_empty) for _ in row]
            for row in asked.rows
        ]
        if reorder:
            rows = [sorted(row, key=lambda one: -(one.score or 0))[:top_k] for row in rows]
        values: dict[str, Callable[[Outcome], object]] = {
            "pruned_context": lambda one: one.text,
            "reranking_score": lambda one: one.score,
            "compression_rate": lambda one: one.compression_rate,
        }
        if return_sentence_metrics:
            values["sentence_probabilities"] = lambda one: [s.probability for s in one.sentences]
        if return_sentence_texts:
            values["kept_sentences"] = lambda one: one.texts(kept=True)
            values["removed_sentences"] = lambda one: one.texts(kept=False)
        if any(one.title is not None for one in contexts):
            values["title"] = lambda one: one.context.title
        return {
            name: asked.shaped([[value(one) for one in row] for row in rows])
            for name, value in values.items()
        }


@dataclass(frozen=True)
class Outcome:
    """What `process` says of a context."""

    context: Context
    result: PrunedDocument
    strips: bool
    zero_when_empty: bool

    @property
    def sentences(self) -> tuple[SentenceSpan, ...]:
        """With their probabilities."""
        return self.result.sentences

    @property
    def text(self) -> str:
        """What stays; where `strips`, with one space for the white space around a sentence."""
        if not self.strips:
            return self.result.text
        texts = [self.result.original[s.start : s.end] for s in self.sentences if s.kept]
        return "".join(t.strip() + (" " if t[-1:].isspace() else "") for t in texts).strip()

    @property
    def score(self) -> float | None:
        """The ranking score, None in `pruning_only` mode."""
        score = self.result.score
        is_zero = self.zero_when_empty and not self.result.text.strip()
        return 0.0 if is_zero and score is not None else score

    @property
    def compression_rate(self) -> float:
        """Per cent of characters removed."""
        return 100 * (1 - len(self.text) / (len(self.result.original) or 1))

    def texts(self, *, kept: bool) -> list[str]:
        """The sentences that stay, or those that go."""
        spans = [(s.start, s.end) for s in self.sentences if s.kept == kept]
        texts = [self.result.original[start:end] for start, end in spans]
        return [text.strip() for text in texts if text.strip()] if self.strips else texts


def _with_first_sentence(result: PrunedDocument) -> PrunedDocument:
    """With the first sentence, if any other stays."""
    if not result.text:
        return result
    first, *rest = result.sentences
    return replace(result, sentences=(replace(first, kept=True), *rest))
