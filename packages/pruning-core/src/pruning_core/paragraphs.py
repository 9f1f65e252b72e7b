"""Lines without a blank one between them: which are rows, which are wrapped, which are code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from pruning_core.code_blocks import reads_as_code, reads_as_prose
from pruning_core.line_words import (
    ends_with_comma,
    first_is_lower,
    first_is_starter,
    has_stop,
    is_stopped,
    last_is_lower,
    wants_more,
)
from pruning_core.lines import Line, lines_of

WRAPPED_SHARE = 0.85
"""A wrapped line and the word after it are longer than this share of the longest line."""
MIN_WRAPPED_CHARS = 50
"""A line as long as this may be wrapped where nothing else in the text shows it ..."""
MAX_WRAPPED_CHARS = 120
"""... unless it is longer than this."""

_WIDE_LETTER = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, eq=False)
class Paragraph:
    """Lines without a blank one between them; `at` is the index of a line."""

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
        if not line.gaps or line.is_name_and_time:
            return line.text[0] == "|" and line.kind == "table"
        around = (*self.lines[max(0, at - 1) : at], *self.lines[at + 1 : at + 2])
        return line.gaps > 1 or any(near.gaps for near in around)

    @cached_property
    def longest(self) -> int:
        """The width of its longest line that is no row."""
        widths = (line.width for at, line in enumerate(self.lines) if not self.is_row(at))
        return max(widths, default=0)

    @cached_property
    def opens(self) -> list[bool]:
        """Whether each line surely goes on with the one before it."""
        return [at > 0 and self._is_open(at) for at in range(len(self.lines))]

    @cached_property
    def wraps(self) -> int:
        """How many lines surely are wrapped; 0 where as many are open but short."""
        filled = [self._fills(at) for at, is_open in enumerate(self.opens) if is_open]
        return sum(filled) if 2 * sum(filled) > len(filled) else 0

    def _is_open(self, at: int) -> bool:
        before, line = self.lines[at - 1], self.lines[at]
        if line.kind or not (first_is_lower(line) or wants_more(before, line)):
            return False
        return not (self.is_row(at) or self.is_row(at - 1) or is_stopped(before))

    def _fills(self, at: int) -> bool:
        """Whether the first word of a line would not have fitted into the line before it."""
        word = self.lines[at].text[:40].split(None, 1)[0]
        return self.lines[at - 1].width + 1 + len(word) > WRAPPED_SHARE * self.longest

    def is_wrapped(self, at: int, width: int) -> bool:
        """Whether the line before `at` looks wrapped, though no small letter follows.

        `width` is that of the wrapped lines of the whole text, 0 where there are none.
        """
        before, line = self.lines[at - 1], self.lines[at]
        if first_is_starter(line):
            return False
        fills = self._fills(at)
        is_shown = self.wraps > 1 or (self.wraps > 0 and last_is_lower(before))
        if fills and (is_shown or WRAPPED_SHARE * width < self.longest <= width):
            return True
        if line.text[0] == "(" and self.wraps:
            return line.text[1:2].islower()
        return self._may_be_wrapped(at) and (fills or any(self.opens))

    def _may_be_wrapped(self, at: int) -> bool:
        """The same where the widths do not show it."""
        before, line = self.lines[at - 1], self.lines[at]
        first = line.text[0]
        chars = len(before.text) * (2 if _WIDE_LETTER.match(first) else 1)
        if not (first.isalpha() and before.text[-1].isalnum()):
            return False
        if not MIN_WRAPPED_CHARS <= chars <= MAX_WRAPPED_CHARS:
            return False
        if any(self.opens) and not before.is_item:
            return True
        is_capitals = before.kind == line.kind == "capitals"
        return not first.isupper() or ((is_capitals or last_is_lower(before)) and has_stop(line))

    @cached_property
    def has_labels(self) -> bool:
        """Whether more than one line begins with `Name:`."""
        return sum(line.kind == "label" for line in self.lines) > 1

    @cached_property
    def is_plain_list(self) -> bool:
        """Whether it is a line with a colon, and short lines without bullets and stops."""
        if not self.lines[0].text.endswith(":") or len(self.lines) < 3:
            return False
        pairs = pairwise((*self.lines[1:], self.lines[0]))
        return all(
            len(line.text) <= MIN_WRAPPED_CHARS
            and not (line.kind or has_stop(line) or ends_with_comma(line))
            and not wants_more(line, after)
            for line, after in pairs
        )

    def is_in_list(self, at: int) -> bool:
        """Whether a line that begins with a small letter stands in a list without bullets."""
        if self.is_plain_list:
            return True
        for line in self.lines[at - 1 : at + 1]:
            if line.kind or len(line.text) > MIN_WRAPPED_CHARS or has_stop(line):
                return False
        return self._is_cut(at - 1) and (at + 1 == len(self.lines) or self._is_cut(at + 1))

    def _is_cut(self, at: int) -> bool:
        """Whether a short line without a stop was left before `at`."""
        if at < 1 or self.opens[at] or self._fills(at):
            return False
        return not is_stopped(self.lines[at - 1])


def paragraphs_of(text: str, start: int, end: int) -> Iterator[Paragraph]:
    """The paragraphs of a stretch of `text`."""
    lines: list[Line] = []
    for line in lines_of(text, start, end):
        if line:
            lines.append(line)
        elif lines:
            yield Paragraph(lines)
            lines = []
    if lines:
        yield Paragraph(lines)
