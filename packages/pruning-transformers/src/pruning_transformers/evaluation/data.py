"""The files that systems are measured on."""

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from pruning_core.labels import sentence_labels
from pruning_core.losses import IGNORE_INDEX
from pruning_core.sentences import Span, split
from pruning_transformers.evaluation.bm25 import BM25
from pruning_transformers.evaluation.metrics import Array, Scored
from pruning_transformers.questions import read_questions


class EvaluationFile:
    """Questions with their passages cut into sentences; passages without text are left out."""

    def __init__(self, source: str | Path, limit: int | None = None) -> None:
        questions = [q for q in read_questions(source, "validation") if q.context.strip()]
        if limit is not None and limit < len(questions):
            questions = random.Random(0).sample(questions, limit)
        self.name = Path(source).name.split(".")[0]
        self.questions = questions
        self.spans: dict[str, list[Span]] = {q.context: split(q.context) for q in questions}

    def scored(self, scores: Iterable[Sequence[float] | Array]) -> list[Scored]:
        """Scores of every question's sentences, with their lengths and labels.

        Optional sentences are left out, and with them questions that have no others.
        """
        rows = []
        for question, values in zip(self.questions, scores, strict=True):
            spans = self.spans[question.context]
            labels = np.array(sentence_labels(spans, question.spans, question.optional))
            lengths = np.array([end - start for start, end in spans])
            known = labels != IGNORE_INDEX
            if known.any():
                found = (lengths[known], labels[known], np.array(values)[known])
                rows.append(Scored(*found, question.kind))
        return rows

    def candidates(
        self, limit: int, count: int, *, hard: bool = False
    ) -> tuple[list[str], list[list[str]]]:
        """Questions with evidence, and for each its own passage and others of the file.

        The others are drawn at random, or, if `hard`, the nearest to the question by BM25.
        """
        rng = random.Random(0)
        contexts = sorted(self.spans)
        answerable = [q for q in self.questions if q.spans]
        chosen = rng.sample(answerable, min(limit, len(answerable)))
        others = min(count, len(contexts)) - 1
        bm25 = BM25(contexts) if hard and chosen else None
        rows = []
        for question in chosen:
            if bm25 is None:
                rest = [context for context in contexts if context != question.context]
                drawn = rng.sample(rest, others)
            else:
                order = np.argsort(-bm25.scores(question.text), kind="stable")[: others + 1]
                nearest = [contexts[place] for place in order]
                drawn = [context for context in nearest if context != question.context][:others]
            rows.append([question.context, *drawn])
        return [q.text for q in chosen], rows
