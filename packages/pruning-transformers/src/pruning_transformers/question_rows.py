"""A question with its evidence, checked; and the layouts of rows that hold it."""

import math
import reprlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

from pruning_core.sentences import Span
from pruning_core.validation import as_texts, check_int, check_query, check_text


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question and one passage.

    Attributes:
        text: the question.
        context: the passage.
        spans: the evidence in it, `(start, end)` in characters; none where nothing answers.
        optional: spans of what is neither needed nor useless: not learned from, not measured.
        answers: answer strings, by which a passage is known not to be a negative; blank ones,
            which any passage holds, are left out.
        score: a teacher's ranking score of the pair, or None.
        kind: a name for questions of one sort, by which a report can tell them apart, or None.
        place: the file and line, or the dataset and row, for error messages.

    Raises:
        TypeError, ValueError: a field is of a wrong type, or wrong.
    """

    text: str
    context: str
    spans: tuple[Span, ...]
    optional: tuple[Span, ...] = ()
    answers: tuple[str, ...] = ()
    score: float | None = None
    kind: str | None = None
    place: str = ""

    def __post_init__(self) -> None:
        check_query(self.text, "question")
        check_text("context", self.context)
        for name in ("spans", "optional"):
            spans = _items(name, getattr(self, name))
            object.__setattr__(self, name, tuple(_span(span, len(self.context)) for span in spans))
        if self.kind is not None:
            check_text("kind", self.kind)
        answers = tuple(answer for answer in as_texts("answers", self.answers) if answer.strip())
        object.__setattr__(self, "answers", answers)
        if self.score is not None:
            object.__setattr__(self, "score", _score(self.score))


def questions_of(row: object, place: str) -> Iterator[Question]:
    """The pairs of a row, in one of the layouts of `questions.read_questions`.

    Raises:
        TypeError, ValueError: something is missing, of a wrong type, or wrong.
    """
    if not isinstance(row, Mapping):
        raise TypeError(f"a row must be an object, not {reprlib.repr(row)}")
    data: dict[str, Any] = _plain(row)
    text = _needed(data, "question")
    check_query(text, "question")
    if data.get("passages") is None:
        yield _question(data, data, text, place)
        return
    if data.get("context") is not None:
        raise ValueError("give `context` or `passages`, not both")
    passages = _items("passages", data["passages"])
    if not passages:
        raise ValueError("`passages` must not be empty")
    for index, passage in enumerate(passages):
        try:
            if not isinstance(passage, Mapping):
                raise TypeError(f"must be an object, not {reprlib.repr(passage)}")
            yield _question(passage, data, text, place)
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"passages[{index}]: {error}") from error


def _question(
    passage: Mapping[str, Any], row: Mapping[str, Any], text: str, place: str
) -> Question:
    context = _needed(passage, "context")
    check_text("context", context)
    own = _answers(passage.get("answers"))
    answers = own or _answers(row.get("answers"))
    labelled = None if passage.get("labels") is None else _labelled(passage, context)
    spans = passage.get("spans")
    if spans is None:
        spans = labelled
    if spans is None and (own or _is_squad(passage.get("answers"))):
        spans = _answer_spans(own, context)
    if spans is None:
        raise ValueError("'spans' is missing")
    return Question(
        text=text,
        context=context,
        spans=spans,
        optional=() if passage.get("optional") is None else passage["optional"],
        answers=tuple(answer for answer, _ in answers),
        score=passage.get("score"),
        kind=row.get("kind") if passage.get("kind") is None else passage["kind"],
        place=place,
    )


def _labelled(passage: Mapping[str, Any], context: str) -> tuple[Span, ...]:
    """The sentences whose label is 1; all are in the context, in order."""
    labels = _items("labels", passage["labels"])
    sentences = as_texts("sentences", _needed(passage, "sentences"))
    if len(sentences) != len(labels):
        raise ValueError(f"{len(labels)} labels for {len(sentences)} sentences")
    at = 0
    spans = []
    for sentence, label in zip(sentences, labels, strict=True):
        if not isinstance(label, int) or label not in (0, 1):
            raise ValueError(f"a label must be 0 or 1, not {label!r}")
        start = context.find(sentence, at)
        if start < 0:
            raise ValueError(f"the sentence {sentence!r} is not in the context, in this order")
        at = start + len(sentence)
        if label:
            spans.append((start, at))
    return tuple(spans)


def _answers(value: object) -> list[tuple[str, object]]:
    """Texts and, in the layout of SQuAD, where they start."""
    if value is None:
        return []
    if isinstance(value, Mapping):  # a dict of lists, as `datasets` has it
        texts = as_texts("answers.text", _needed(value, "text"))
        starts = value.get("answer_start")
        starts = [None] * len(texts) if starts is None else _items("answers.answer_start", starts)
        if len(texts) != len(starts):
            raise ValueError(f"{len(starts)} `answer_start` for {len(texts)} `text` of `answers`")
        return list(zip(texts, starts, strict=True))
    return [
        (_needed(item, "text"), item.get("answer_start"))
        if isinstance(item, Mapping)
        else (item, None)
        for item in _items("answers", value)
    ]


def _is_squad(answers: object) -> bool:
    """Whether no answers, written so, mean that nothing answers."""
    return isinstance(answers, Mapping) and answers.get("answer_start") is not None


def _answer_spans(answers: list[tuple[str, object]], context: str) -> tuple[Span, ...] | None:
    """The places of answers, or None where one has none."""
    if any(start is None for _, start in answers):
        return None
    spans = []
    for text, start in answers:
        check_text("answers.text", text)
        if not text.strip():
            continue
        at = check_int("answer_start", start, minimum=0)
        if not context.startswith(text, at):
            raise ValueError(f"the answer {text!r} is not in the context at {at}")
        spans.append((at, at + len(text)))
    return tuple(spans)


def _span(span: object, length: int) -> Span:
    pair = _items("a span", span)
    if len(pair) != 2:
        raise ValueError(f"a span must be [start, end], not {pair!r}")
    start, end = (check_int("span", at, minimum=0) for at in pair)
    if not start < end <= length:
        text = f"span [{start}, {end}] is not inside of a context of {length} characters"
        raise ValueError(text)
    return start, end


def _score(score: object) -> float:
    if isinstance(score, bool) or not isinstance(score, Real):
        raise TypeError(f"`score` must be a number, not {score!r}")
    try:
        value = float(score)
    except OverflowError:  # of an int
        value = math.inf
    if not math.isfinite(value):
        raise ValueError(f"`score` must be finite, not {reprlib.repr(score)}")
    return value


def _items(name: str, value: object) -> list[Any]:
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"`{name}` must be a list, not {reprlib.repr(value)}")
    return list(value)


def _needed(row: Mapping[str, Any], name: str) -> Any:
    if name not in row:
        raise ValueError(f"{name!r} is missing")
    return row[name]


def _plain(value: Any) -> Any:
    """Lists and numbers for the arrays and numbers of numpy, torch and the like."""
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
