"""The line ends of a text that end a sentence, and those where a long line was only wrapped."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from functools import cached_property

from pruning_core.abbreviations import (
    ALSO_LAST,
    JOINING_WORDS,
    MAYBE_JOINING_WORDS,
    MAYBE_LAST,
    NEVER_LAST,
    STARTERS,
    begins_lower,
)
from pruning_core.code_blocks import code_blocks, reads_as_code, reads_as_prose
from pruning_core.lines import Line, lines_of

WRAPPED_SHARE = 0.85
"""A wrapped line and the word after it are longer than this share of the longest line."""

MIN_WRAPPED_CHARS, MAX_WRAPPED_CHARS = 50, 120
"""A line as long as this may be wrapped where nothing else in the text shows it."""

_BREAKS_BEFORE = frozenset("heading table stamp nick bullet".split())
_BREAKS_AFTER = frozenset("heading underline table timing fence".split())
_FIRST_WORD = re.compile(r"[\"'“‘„«»*_~]*([^\W\d_]*)")
_LAST_WORD = re.compile(r"(?<![\w./@-])([^\W\d_]+)$")
_STOPPED = re.compile(r"[.!?…。！？।۔؟։።][\"'”’»)\]*_]*$")
_SURELY_STOPPED = re.compile(r"(?:(?:^|[^.\w])[^\W\d_]{3,}\.|[^\W_][!?])$")
_ABBREVIATED = re.compile(r"(?:^|[\s(\[])([^\s(\[]+)\.$")
_HAS_STOP = re.compile(r"[^\W\d_]{2}[.!?](?:\s|$)")
_WIDE_LETTER = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_OPEN_ENDS = (",", "،", "、", "，", "-", "\u2010", "\u00ad")
_COLONS = (":", "：")
_ABBREVIATIONS = NEVER_LAST | MAYBE_LAST | ALSO_LAST


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
    paragraphs = list(_paragraphs(text, start, end))
    names = Counter(line.label for paragraph in paragraphs for line in paragraph.lines)
    width = max((p.width for p in paragraphs if p.wraps > 1), default=0)
    before: Line | None = None
    is_prose = True
    for paragraph in paragraphs:
        is_code = paragraph.is_code(text)
        for at, line in enumerate(paragraph.lines):
            if at:
                ends = not is_code and paragraph.ends_before(at, width, names)
            else:
                ends = before is not None and not _goes_on(before, line)
            if ends:
                cut = line.start if at or before is None else before.end
                yield start, cut, is_prose
                start, is_prose = cut, True
            if is_code or paragraph.is_row(at):
                is_prose = False
            before = line
    yield start, end, is_prose


def _paragraphs(text: str, start: int, end: int) -> "Iterator[_Paragraph]":
    lines: list[Line] = []
    for line in lines_of(text, start, end):
        if line:
            lines.append(line)
        elif lines:
            yield _Paragraph(lines)
            lines = []
    if lines:
        yield _Paragraph(lines)


@dataclass(frozen=True, eq=False)
class _Paragraph:
    """Lines without a blank one between them."""

    lines: list[Line]

    def is_code(self, text: str) -> bool:
        """Whether it is code by its indent."""
        if self.lines[0].indent < 4 or any(line.indent < 4 for line in self.lines):
            return False
        start, end = self.lines[0].start, self.lines[-1].end
        return reads_as_code(text, start, end) and not reads_as_prose(text, start, end)

    def is_row(self, at: int) -> bool:
        """Whether a line is the row of a table, which stays whole."""
        line = self.lines[at]
        if line.kind == "table" or not line.gaps or line.names_speaker:
            return line.kind == "table"
        around = (*self.lines[max(0, at - 1) : at], *self.lines[at + 1 : at + 2])
        return line.gaps > 1 or any(near.gaps for near in around)

    @cached_property
    def longest(self) -> int:
        """The width of its longest line that is no row."""
        widths = (line.width for at, line in enumerate(self.lines) if not self.is_row(at))
        return max(widths, default=0)

    def fills(self, at: int) -> bool:
        """Whether the first word of a line would not have fitted into the line before it."""
        word = self.lines[at].text[:40].split(None, 1)[0]
        return self.lines[at - 1].width + 1 + len(word) > WRAPPED_SHARE * self.longest

    @cached_property
    def open_ends(self) -> list[int]:
        """The lines that surely go on with the line before them."""
        return [at for at in range(1, len(self.lines)) if self._is_open(at)]

    @cached_property
    def wraps(self) -> int:
        """How many lines are surely wrapped; 0 where as many are open but short."""
        filled = sum(map(self.fills, self.open_ends))
        return filled if 2 * filled > len(self.open_ends) else 0

    @property
    def width(self) -> int:
        return self.longest if self.wraps else 0

    def _is_open(self, at: int) -> bool:
        before, line = self.lines[at - 1], self.lines[at]
        if line.kind or self.is_row(at) or self.is_row(at - 1) or _is_stopped(before):
            return False
        return _first_is_lower(line) or _needs_more(before)

    def _is_in_list(self, at: int) -> bool:
        """Whether a line that begins with a small letter stands in a list without bullets."""
        for line in self.lines[at - 1 : at + 1]:
            if line.kind or len(line.text) > MIN_WRAPPED_CHARS or _HAS_STOP.search(line.text):
                return False
        is_last = at + 1 == len(self.lines)
        return self._is_cut(at - 1) and (is_last or self._is_cut(at + 1))

    def _is_cut(self, at: int) -> bool:
        """Whether a short line without a stop was left before `at`."""
        if at < 1 or self._is_open(at) or self.fills(at):
            return False
        return not _is_stopped(self.lines[at - 1]) and not _needs_more(self.lines[at - 1])

    def ends_before(self, at: int, width: int, names: "Counter[str]") -> bool:
        """Whether a sentence ends at the end of the line before `at`.

        `width` is that of the wrapped lines of the text, 0 without any; `names` counts the labels
        at the beginning of lines.
        """
        before, line = self.lines[at - 1], self.lines[at]
        if line.kind == "fence" or line.underlines(before):
            return False
        if line.kind == "timing":
            return not before.text.isdigit()
        if before.names_speaker or (before.text == before.label + ":" and names[before.label] > 1):
            return line.kind in _BREAKS_BEFORE or line.quotes != before.quotes
        if self.is_row(at) or self.is_row(at - 1) or line.names_speaker:
            return True
        if line.kind in _BREAKS_BEFORE or before.kind in _BREAKS_AFTER:
            return True
        if line.kind == "label" == before.kind or line.quotes > before.quotes:
            return True
        if _needs_more(before) and not (before.is_item and line.indent <= before.indent):
            return False
        if (line.kind == "capitals") != (before.kind == "capitals") or line.kind == "number":
            return True
        if line.label and (names[line.label] > 1 or _is_new(line)):
            return True
        return self._text_ends(at, width)

    def _text_ends(self, at: int, width: int) -> bool:
        """The same between two lines of text."""
        before, line = self.lines[at - 1], self.lines[at]
        is_lower = _first_is_lower(line)
        if _is_stopped(before):
            return not _may_go_on(before, is_lower)
        if before.is_salutation:
            return True
        if before.text.endswith(_COLONS):
            return not self._is_wrapped(at, width)
        if before.text.endswith(_OPEN_ENDS):
            return False
        if is_lower:
            return self._is_in_list(at)
        if before.is_item and line.indent <= before.indent:
            return True
        return not self._is_wrapped(at, width)

    def _is_wrapped(self, at: int, width: int) -> bool:
        """Whether the line before `at` looks wrapped, though a capital or a sign follows."""
        before, line = self.lines[at - 1], self.lines[at]
        if _first_word(line).lower() in STARTERS:
            return False
        fills, first = self.fills(at), line.text[0]
        last = _LAST_WORD.search(before.tail)
        ends_lower = last is not None and last[1].islower()
        if fills and (self.wraps > 1 or (self.wraps and ends_lower)):
            return True
        if fills and WRAPPED_SHARE * width < self.longest <= width:
            return True
        if not first.isalpha() or not before.text[-1].isalnum():
            return bool(self.wraps) and first == "(" and line.text[1:2].islower()
        wide = 2 if _WIDE_LETTER.match(first) else 1
        if not MIN_WRAPPED_CHARS <= wide * len(before.text) <= MAX_WRAPPED_CHARS:
            return False
        if self.open_ends and not before.is_item:
            return True
        is_caseless = not first.isupper()
        return fills and (is_caseless or (ends_lower and bool(_HAS_STOP.search(line.text))))


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a sentence goes on after blank lines, as where a page of a PDF ends."""
    if before.kind or line.kind or not _first_is_lower(line):
        return False
    last = _LAST_WORD.search(before.tail)
    return last is not None and last[1] in JOINING_WORDS


def _needs_more(line: Line) -> bool:
    """Whether a line ends with a word that does not end a sentence."""
    last = _LAST_WORD.search(line.tail)
    if last is None or last[1] == line.text:
        return False
    word = last[1].lower() if line.kind == "capitals" else last[1]
    return word in JOINING_WORDS or (word in MAYBE_JOINING_WORDS and len(line.text) > 35)


def _is_stopped(line: Line) -> bool:
    return _STOPPED.search(line.tail) is not None


def _may_go_on(line: Line, is_lower: bool) -> bool:
    """Whether the stop at the end of a line may stand inside a sentence."""
    if is_lower and not _SURELY_STOPPED.search(line.tail):
        return True
    match = _ABBREVIATED.search(line.tail)
    if match is None:
        return False
    word = match[1]
    is_initial = len(word) == 1 and word.isupper()
    return is_initial or word.lower() in (_ABBREVIATIONS if is_lower else NEVER_LAST)


def _first_word(line: Line) -> str:
    match = _FIRST_WORD.match(line.text)
    return match[1] if match else ""


def _first_is_lower(line: Line) -> bool:
    return begins_lower(_first_word(line))


def _is_new(line: Line) -> bool:
    """Whether a label begins like a name, not like a sentence."""
    word = _first_word(line)
    return word[:1].isupper() and word.lower() not in STARTERS
