"""What `process` takes: questions, contexts and titles in all their shapes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from pruning_core.sentences import SentenceSplitter, Span, split
from pruning_core.validation import as_texts, check_bool, check_text, shown

TextSplitter = Callable[[str], Sequence[str]]
"""Text -> its sentences."""
FIRST_SENTENCE = "first_sentence"


@dataclass(frozen=True)
class Context:
    """A document; with the spans of its sentences if they were given, and its title if it has one.

    A title stands at the beginning of `text`, and is a sentence of its own.
    """

    text: str
    spans: tuple[Span, ...] = ()
    title: str | None = None

    @classmethod
    def of(cls, value: Any, name: str) -> "Context":
        """A text, or a list of its sentences."""
        if isinstance(value, str):
            return cls(value)
        sentences = as_texts(name, value)
        return cls("".join(sentences), tuple(find_spans("".join(sentences), sentences)))

    def below(self, title: str) -> "Context":
        """The document under a title."""
        head = f"{title}\n\n"
        spans = [(start + len(head), end + len(head)) for start, end in self.spans]
        whole = ((0, len(head)), *spans) if self.spans else ()
        return Context(head + self.text, whole, title)

    def with_first_line(self, splitter: SentenceSplitter) -> "Context":
        """The document whose title is its first line that is not blank."""
        if self.spans or not self.text.strip():
            return self
        start = len(self.text) - len(self.text.lstrip())
        line = self.text[start:].splitlines(keepends=True)[0]
        end = start + len(line)
        rest = [(end + first, end + last) for first, last in splitter(self.text[end:])]
        return Context(self.text, ((0, end), *rest), line.strip())


@dataclass(frozen=True)
class Asked:
    """The contexts of each question, and the shape in which results are returned."""

    questions: list[str]
    rows: list[list[Context]]
    is_one_question: bool
    is_flat: bool
    """One context a question, given without a list around it."""

    @classmethod
    def of(cls, question: Any, context: Any) -> "Asked":
        """The arguments `question` and `context`.

        Raises:
            TypeError: something in them is no text.
            ValueError: there are not as many contexts as questions.
        """
        questions = [question] if isinstance(question, str) else as_texts("question", question)
        is_one = isinstance(question, str) or isinstance(context, str)
        given = [context] if is_one else _items("context", context)
        if len(questions) != len(given):
            counts = f"{len(given)} for {len(questions)}"
            raise ValueError(f"`context` must have one entry a question, not {counts}")
        rows = [[row] if isinstance(row, str) else _items("context", row) for row in given]
        contexts = [[Context.of(text, "context") for text in row] for row in rows]
        is_flat = bool(given) and all(isinstance(row, str) for row in given)
        return cls(questions, contexts, is_one, is_flat)

    def titled(self, title: Any, first_line_as_title: Any, splitter: SentenceSplitter) -> "Asked":
        """The contexts with the arguments `title` and `first_line_as_title`."""
        check_bool("first_line_as_title", first_line_as_title)
        is_given = title is not None and not (isinstance(title, str) and title == FIRST_SENTENCE)
        if is_given and first_line_as_title:
            raise ValueError(f"`first_line_as_title` leaves no place for `title` {title!r}")
        if is_given:
            pairs = zip(self.rows, self._titles(title), strict=True)
            rows = [[one.below(text) for one, text in zip(*row, strict=True)] for row in pairs]
        elif first_line_as_title:
            rows = [[one.with_first_line(splitter) for one in row] for row in self.rows]
        else:
            return self
        return replace(self, rows=rows)

    def _titles(self, title: Any) -> list[list[str]]:
        """One title for all contexts, one for each, or one for each question -> one for each."""
        if isinstance(title, str):
            return [[title] * len(row) for row in self.rows]
        given = _items("title", title)
        if self.is_one_question and all(isinstance(entry, str) for entry in given):
            given = [given]
        _check_counts("questions", len(given), len(self.rows))
        titles = []
        for entry, row in zip(given, self.rows, strict=True):
            texts = [entry] * len(row) if isinstance(entry, str) else as_texts("title", entry)
            _check_counts("contexts", len(texts), len(row))
            titles.append(texts)
        return titles

    def shaped(self, grid: list[list[Any]]) -> Any:
        """Values of all contexts in the shape of the argument `context`."""
        column = [row[0] for row in grid] if self.is_flat else grid
        return column[0] if self.is_one_question else column


@dataclass(frozen=True)
class GivenSpans:
    """A splitter that knows the sentences of some texts."""

    splitter: SentenceSplitter = split
    known: dict[str, list[Span]] = field(default_factory=dict)

    def __call__(self, text: str) -> list[Span]:
        return self.known.get(text) or self.splitter(text)


def find_spans(text: str, sentences: Iterable[str]) -> list[Span]:
    """Where `sentences` are in `text`, in order; what is between two belongs to the first.

    Raises:
        ValueError: one of them is not in the text.
    """
    starts: list[int] = []
    end = 0
    for sentence in sentences:
        if not sentence.strip():
            continue
        start = text.find(sentence, end)
        if start < 0:
            raise ValueError(f"`sentence_splitter` gave {sentence!r}, which is not in the text")
        starts.append(start)
        end = start + len(sentence)
    edges = [0, *starts[1:], len(text)]
    return [span for span in pairwise(edges) if span[0] < span[1]]


def choose_splitter(
    given: TextSplitter | Mapping[str, TextSplitter] | None, language: str | None
) -> SentenceSplitter:
    """The argument `sentence_splitter`, or that of `language` where it is a mapping.

    Raises:
        TypeError: it can be no splitter.
        ValueError: it has none for `language`.
    """
    if language is not None:
        check_text("language", language)
    if isinstance(given, Mapping):
        name = "auto" if language is None else language
        if name not in given:
            raise ValueError(f"`sentence_splitter` has {sorted(given)}, no `language` {name!r}")
        given = given[name]
    if given is None:
        return split
    if not callable(given):
        raise TypeError(f"`sentence_splitter` must be callable, not {given!r}")
    chosen = given
    return lambda text: find_spans(text, as_texts("sentence_splitter", chosen(text)))


def _items(name: str, value: Any) -> list[Any]:
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"`{name}` must be a text or a list, not {shown(value)}")
    return list(value)


def _check_counts(what: str, found: int, needed: int) -> None:
    if found != needed:
        raise ValueError(
            f"`title` must be one text or one for each of the {what}, not {found} for {needed}"
        )
