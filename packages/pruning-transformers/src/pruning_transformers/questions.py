"""Questions with evidence: what a pruner is trained and measured on."""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pruning_core.json_lines import read_json_lines
from pruning_transformers.question_rows import Question, questions_of

__all__ = ["Question", "hold_out", "read_questions", "write_questions"]

SUFFIXES = (".jsonl", ".jsonl.gz")


def read_questions(source: str | Path, split: str = "train") -> list[Question]:
    """Read JSON lines (`.jsonl`, `.jsonl.gz`) or a dataset of the library `datasets`.

    A row holds `question` and either `context` or `passages`, a list of objects with the same
    fields as a row but for `question`. Next to a `context` is its evidence: `spans`, or
    `sentences` in order and `labels` (1 is evidence), and perhaps `optional` spans, `answers`, a
    teacher's `score` and a `kind`. Where there is neither, the `answers` are the evidence, in the
    layout of SQuAD: `{"text": [...], "answer_start": [...]}` or a list of
    `{"text": ..., "answer_start": ...}`.

    Args:
        source: a file, a folder of `datasets.save_to_disk`, or the hub id of a dataset.
        split: of a hub dataset, or of a folder that holds several.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a row is wrong; the message names its file and line.

    Example:
        >>> write_questions(Path("train.jsonl"), questions)
        >>> read_questions("train.jsonl")[0].text
        'What do cats do?'
    """
    questions: list[Question] = []
    for place, row in _rows(source, split):
        try:
            questions += questions_of(row, place)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{place}: {error}") from error
    if not questions:
        raise ValueError(f"{source} holds no questions")
    return questions


def write_questions(path: Path, questions: Iterable[Question]) -> None:
    """Write JSON lines that `read_questions` reads.

    Example:
        >>> write_questions(Path("train.jsonl"), questions)
        >>> json.loads(Path("train.jsonl").read_text())["spans"]
        [[0, 10]]
    """
    # A lone surrogate, which UTF-8 has not, becomes its escape, which JSON has.
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        for question in questions:
            row: dict[str, object] = {
                "question": question.text,
                "context": question.context,
                "spans": question.spans,
                "answers": question.answers,
            }
            further = {
                "optional": question.optional or None,
                "score": question.score,
                "kind": question.kind,
            }
            row |= {name: value for name, value in further.items() if value is not None}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


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

    Example:
        >>> other = Question(text="What do dogs do?", context="Dogs bark.", spans=((0, 10),))
        >>> train, held_out = hold_out([*questions, other], share=0.5, seed=1)
        >>> len(train), len(held_out)
        (1, 1)
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
    if path.name.lower().endswith(SUFFIXES):
        yield from read_json_lines(path)
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
    if isinstance(found, Mapping):
        if split not in found:
            raise ValueError(f"{source} has no split {split!r}, but {', '.join(found)}")
        found = found[split]
    for number, row in enumerate(found):
        yield f"{source}, row {number}", row
