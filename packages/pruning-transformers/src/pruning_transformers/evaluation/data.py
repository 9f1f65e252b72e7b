"""The files that systems are measured on."""

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from pruning_core.labels import sentence_labels
from pruning_core.sentences import Span, split
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
        """Scores of every question's sentences, with their lengths and labels."""
        rows = []
        for question, values in zip(self.questions, scores, strict=True):
            spans = self.spans[question.context]
            labels = sentence_labels(spans, question.spans)
            lengths = [end - start for start, end in spans]
            rows.append(Scored(np.array(lengths), np.array(labels), np.array(values)))
        return rows

    def candidates(self, limit: int, count: int) -> tuple[list[str], list[list[str]]]:
        """Questions with evidence, and for each its own passage and others of the file."""
        rng = random.Random(0)
        contexts = sorted(self.spans)
        answerable = [q for q in self.questions if q.spans]
        chosen = rng.sample(answerable, min(limit, len(answerable)))
        others = min(count, len(contexts)) - 1
        rows = [
            [q.context, *rng.sample([c for c in contexts if c != q.context], others)]
            for q in chosen
        ]
        return [q.text for q in chosen], rows
