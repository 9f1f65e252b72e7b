"""Question answering data with evidence: JSON lines, gzipped or not (see CONTRIBUTING.md)."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from pruning_core.sentences import Span


@dataclass(frozen=True)
class Question:
    """A question, its context and the evidence in it, `(start, end)` in characters.

    `spans` is empty when nothing in the context answers the question.
    """

    text: str
    context: str
    spans: tuple[Span, ...]
    answers: tuple[str, ...]


def read(path: Path) -> list[Question]:
    """Read one file; a bad line is an error with its number."""
    questions = []
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open() as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                spans = tuple((int(start), int(end)) for start, end in row["spans"])
                answers = tuple(row.get("answers", ()))
                questions.append(Question(row["question"], row["context"], spans, answers))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path}:{number}: {error!r}") from error
    return questions
