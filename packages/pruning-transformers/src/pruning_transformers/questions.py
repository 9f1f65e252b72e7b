"""Questions with evidence: what a pruner is trained and measured on."""

import gzip
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pruning_core.sentences import Span
from pruning_core.validation import check_query, check_text

SUFFIXES = (".jsonl", ".jsonl.gz")


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question and one passage.

    Attributes:
        text: the question.
        context: the passage.
        spans: the evidence in it, `(start, end)` in characters; none where nothing answers.
        answers: answer strings, by which a passage is known not to be a negative.
        score: a teacher's ranking score of the pair, or None.
        place: the file and line, or the dataset and row, for error messages.
    """

    text: str
    context: str
    spans: tuple[Span, ...]
    answers: tuple[str, ...] = ()
    score: float | None = None
    place: str = ""


def read_questions(source: str | Path, split: str = "train") -> list[Question]:
    """Read JSON lines (`.jsonl`, `.jsonl.gz`) or a dataset of the library `datasets`.

    A row holds `question` and either `context` or `passages`, a list of objects with the same
    fields as a row but for `question`. Beside a `context` stand its evidence: `spans`, or
    `sentences` in order and `labels` (1 is evidence), and perhaps `answers` and a teacher's
    `score`.

    Args:
        source: a file, a folder of `datasets.save_to_disk`, or the hub id of a dataset.
        split: of a hub dataset.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a row is wrong; the message names its file and line.
    """
    questions: list[Question] = []
    for place, row in _rows(source, split):
        try:
            questions += _questions(row, place)
        except (KeyError, TypeError, ValueError) as error:
            text = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else error
            raise ValueError(f"{place}: {text}") from error
    if not questions:
        raise ValueError(f"{source} holds no questions")
    return questions


def write_questions(path: Path, questions: Iterable[Question]) -> None:
    """Write JSON lines that `read_questions` reads."""
    with path.open("w", encoding="utf-8") as file:
        for question in questions:
            row = {
                "question": question.text,
                "context": question.context,
                "spans": question.spans,
                "answers": question.answers,
            }
            score = {} if question.score is None else {"score": question.score}
            file.write(json.dumps(row | score, ensure_ascii=False) + "\n")


def hold_out(
    questions: Sequence[Question], share: float, seed: int
) -> tuple[list[Question], list[Question]]:
    """Part questions at random so that no passage is in both parts.

    Args:
        questions: of at least two passages.
        share: of the questions in the second part, above 0 and below 1; met as nearly as whole
            passages allow.
        seed: of the draw.

    Raises:
        ValueError: there is but one passage.
    """
    by_context: dict[str, list[Question]] = {}
    for question in questions:
        by_context.setdefault(question.context, []).append(question)
    if len(by_context) < 2:
        raise ValueError("one passage cannot be parted: questions on others are needed")
    contexts = list(by_context)
    random.Random(seed).shuffle(contexts)
    held = {contexts[0]}
    count = len(by_context[contexts[0]])
    for context in contexts[1:-1]:
        if count + len(by_context[context]) <= round(share * len(questions)):
            held.add(context)
            count += len(by_context[context])
    parts: tuple[list[Question], list[Question]] = ([], [])
    for question in questions:
        parts[question.context in held].append(question)
    return parts


def _rows(source: str | Path, split: str) -> Iterator[tuple[str, object]]:
    path = Path(source)
    if path.name.endswith(SUFFIXES):
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as lines
        ):
            for number, line in enumerate(lines, 1):
                place = f"{path}:{number}"
                try:
                    yield place, json.loads(line)
                except ValueError as error:
                    raise ValueError(f"{place}: not JSON: {error}") from error
        return
    if path.is_file():
        raise ValueError(f"{path} must be one of {', '.join(SUFFIXES)}")
    try:
        import datasets
    except ImportError as error:
        raise ImportError(f"{source} needs `pip install 'pruning-transformers[train]'`") from error
    found: Iterable[object] = (
        datasets.load_from_disk(str(path))
        if path.is_dir()
        else datasets.load_dataset(str(source), split=split)
    )
    for number, row in enumerate(found):
        yield f"{source}, row {number}", row


def _questions(row: object, place: str) -> Iterator[Question]:
    """The pairs of a row, checked."""
    if not isinstance(row, Mapping):
        raise TypeError(f"a row must be an object, not {row!r}")
    check_query(row["question"], "question")
    for passage in row.get("passages") or [row]:
        context = passage["context"]
        check_text("context", context)
        score = passage.get("score")
        yield Question(
            text=row["question"],
            context=context,
            spans=tuple(_spans(passage, context)),
            answers=tuple(map(str, passage.get("answers") or row.get("answers") or ())),
            score=None if score is None else float(score),
            place=place,
        )


def _spans(passage: Mapping[str, Any], context: str) -> Iterator[Span]:
    """The evidence, from `spans` or from labelled sentences."""
    if passage.get("labels") is not None:
        labelled = list(_labelled(passage["sentences"], passage["labels"], context))
    if passage.get("spans") is None:
        if passage.get("labels") is None:
            raise KeyError("spans")
        yield from (span for span, label in labelled if label)
        return
    for start, end in passage["spans"]:
        if not 0 <= int(start) < int(end) <= len(context):
            text = f"span [{start}, {end}] is not inside of a context of {len(context)} characters"
            raise ValueError(text)
        yield int(start), int(end)


def _labelled(
    sentences: Sequence[str], labels: Sequence[int], context: str
) -> Iterator[tuple[Span, int]]:
    """Sentences of the context, in order, with their labels."""
    if len(sentences) != len(labels):
        raise ValueError(f"{len(labels)} labels for {len(sentences)} sentences")
    at = 0
    for sentence, label in zip(sentences, labels, strict=True):
        if label not in (0, 1):
            raise ValueError(f"a label must be 0 or 1, not {label!r}")
        start = context.find(sentence, at)
        if start < 0:
            raise ValueError(f"the sentence {sentence!r} is not in the context, in this order")
        at = start + len(sentence)
        yield (start, at), label
