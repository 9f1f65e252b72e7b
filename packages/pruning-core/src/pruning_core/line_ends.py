"""The line ends of a text that end a sentence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pruning_core.code_blocks import code_blocks
from pruning_core.line_words import (
    ends_with_comma,
    first_is_lower,
    first_is_starter,
    is_stopped,
    stop_may_go_on,
    surely_wants_more,
    wants_more,
)
from pruning_core.lines import Line
from pruning_core.paragraphs import Paragraph, paragraphs_of

_BREAKS_BEFORE = frozenset("heading table stamp nick bullet".split())
_BREAKS_AFTER = frozenset("heading underline table timing fence".split())


def blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Cut at the line ends that end a sentence; False marks a block without sentences inside."""
    done = 0
    for start, end in code_blocks(text):
        if done < start:
            yield from _prose_blocks(text, done, start)
        yield start, end, False
        done = end
    if done < len(text):
        yield from _prose_blocks(text, done, len(text))


def _prose_blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    paragraphs = list(paragraphs_of(text, start, end))
    habits = _Habits.of(paragraphs)
    last: Line | None = None
    is_prose = True
    for paragraph in paragraphs:
        is_code = paragraph.is_code(text)
        for at, line in enumerate(paragraph.lines):
            cut = 0
            if at and not is_code:
                cut = line.start if _LineEnd(paragraph, at, habits).ends() else 0
            elif last and not at:
                cut = 0 if _goes_on(last, line) else last.end
            if cut:
                yield start, cut, is_prose
                start, is_prose = cut, True
            if is_code or paragraph.is_row(at):
                is_prose = False
        last = paragraph.lines[-1]
    yield start, end, is_prose


@dataclass(frozen=True)
class _Habits:
    """What a text as a whole shows about its lines."""

    width: int
    """That of the wrapped lines, 0 where there are none."""
    names: frozenset[str]
    """The labels that more than one line begins with."""
    is_chat: bool
    """Whether names with a time stand above what is said."""

    @classmethod
    def of(cls, paragraphs: list[Paragraph]) -> "_Habits":
        several = [paragraph for paragraph in paragraphs if len(paragraph.lines) > 1]
        found: set[str] = set()
        names: set[str] = set()
        for label in (line.label for paragraph in several for line in paragraph.lines):
            (names if label in found else found).add(label)
        times = sum(line.is_name_and_time for p in several for line in p.lines[:-1])
        width = max((p.longest for p in several if p.wraps > 1), default=0)
        return cls(width=width, names=frozenset(names - {""}), is_chat=times > 1)


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a sentence goes on after blank lines, as where a page of a PDF ends."""
    if not (first_is_lower(line) and surely_wants_more(before)):
        return False
    return not before.kind and not line.kind


@dataclass(frozen=True, slots=True, eq=False)
class _LineEnd:
    """The end of a line inside a paragraph, before the line `at`."""

    paragraph: Paragraph
    at: int
    habits: _Habits

    @property
    def before(self) -> Line:
        return self.paragraph.lines[self.at - 1]

    @property
    def line(self) -> Line:
        return self.paragraph.lines[self.at]

    @property
    def is_unindented(self) -> bool:
        """Whether the line does not belong to the list item before it."""
        return self.before.is_item and self.line.indent <= self.before.indent

    def ends(self) -> bool:
        """Whether it ends a sentence: the first rule with an opinion decides."""
        for rule in _LINE_RULES:
            if (opinion := rule(self)) is not None:
                return opinion
        return _text(self)


LineRule = Callable[[_LineEnd], bool | None]
"""Whether a line end ends a sentence; None for no opinion."""


def _mark(end: _LineEnd) -> bool | None:
    """What belongs together: a line under a title, the time of a subtitle, a lone bullet."""
    is_item = end.before.is_marker and not end.line.kind
    if is_item or end.line.kind == "fence" or end.line.underlines(end.before):
        return False
    return None if end.line.kind != "timing" else not end.before.text.isdigit()


def _speaker(end: _LineEnd) -> bool | None:
    """The line with a name goes with what is said."""
    before, line = end.before, end.line
    is_name = before.label != "" and before.text[len(before.label) + 1 :] == ""
    is_time = end.habits.is_chat and before.is_name_and_time
    if not (is_time or before.announces_speech or (is_name and before.label in end.habits.names)):
        return True if end.habits.is_chat and line.is_name_and_time else None
    is_empty = line.is_name_and_time or line.quotes != before.quotes
    return is_empty or line.kind in _BREAKS_BEFORE


def _record(end: _LineEnd) -> bool | None:
    """Rows of tables, lines of chats and logs, headings and items stand alone."""
    before, line = end.before, end.line
    if line.kind in _BREAKS_BEFORE or before.kind in _BREAKS_AFTER or line.quotes > before.quotes:
        return True
    if line.kind == before.kind == "label" or line.announces_speech:
        return True
    return True if end.paragraph.is_row(end.at) or end.paragraph.is_row(end.at - 1) else None


def _open_end(end: _LineEnd) -> bool | None:
    if end.is_unindented or not wants_more(end.before, end.line):
        return None
    return False if surely_wants_more(end.before) or not first_is_starter(end.line) else None


def _number_or_capitals(end: _LineEnd) -> bool | None:
    is_title = (end.line.kind == "capitals") != (end.before.kind == "capitals")
    return True if is_title or end.line.kind == "number" else None


def _label(end: _LineEnd) -> bool | None:
    """`Name: text`, where the name begins like one or stands before other lines as well."""
    if end.line.kind != "label":
        return None
    is_new = not (first_is_lower(end.line) or first_is_starter(end.line))
    is_known = end.paragraph.has_labels or end.line.label in end.habits.names
    return True if is_new or is_known else None


def _stopped(end: _LineEnd) -> bool | None:
    return not stop_may_go_on(end.before, end.line) if is_stopped(end.before) else None


def _punctuation(end: _LineEnd) -> bool | None:
    if end.before.is_salutation:
        return True
    if end.before.text.endswith((":", "：")):
        return end.paragraph.is_plain_list or not end.paragraph.is_wrapped(end.at, end.habits.width)
    return False if ends_with_comma(end.before) else None


def _small_letter(end: _LineEnd) -> bool | None:
    return end.paragraph.is_in_list(end.at) if first_is_lower(end.line) else None


def _text(end: _LineEnd) -> bool:
    return end.is_unindented or not end.paragraph.is_wrapped(end.at, end.habits.width)


_LINE_RULES: tuple[LineRule, ...] = (
    _mark,
    _speaker,
    _record,
    _open_end,
    _number_or_capitals,
    _label,
    _stopped,
    _punctuation,
    _small_letter,
)
