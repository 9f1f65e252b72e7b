"""What stands above a sentence: its headings, by level, and the header row of its table."""

import re
from collections.abc import Sequence

from pruning_core.sentences import Span, is_title

_MARKDOWN = re.compile(r"#{1,6}(?=\s|$)")
_UNDERLINE = re.compile(r"[\r\n]+[ \t]*(=+|-+)[ \t]*$")
_DELIMITER_ROW = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?$")
_SHORT_LINE = 7
"""The level of a short line, after the six of Markdown."""


def above(text: str, spans: Sequence[Span]) -> list[tuple[int, ...]]:
    r"""For each sentence the indices of the sentences that say what it is about, in order.

    These are the headings above it, a Markdown heading of each level and then a short line of its
    own, and the header of a Markdown table for each of its rows. A short line at the very start is
    the title of the whole text where another heading follows it directly.

    Example:
        >>> text = "# Leave\n\nSick leave\nA note is needed.\n"
        >>> above(text, split(text))
        [(), (0,), (0, 1)]
    """
    levels = [_level(text, span) for span in spans]
    if levels[:1] == [_SHORT_LINE] and any(levels[1:2]):
        levels[0] = 0.5
    found: list[tuple[int, ...]] = []
    open_headings: list[int] = []
    header: tuple[int, ...] = ()
    for index, (start, end) in enumerate(spans):
        level = levels[index]
        if level:
            open_headings = [i for i in open_headings if levels[i] < level]
        line = text[start:end].strip()
        if "|" not in line or text[start] in "\r\n":  # after a blank line
            header = ()
        elif _is_delimiter(line) and index and "|" in text[slice(*spans[index - 1])]:
            header = (index - 1, index)
        found.append((*open_headings, *(i for i in header if i < index)))
        if level:
            open_headings.append(index)
    return found


def _is_delimiter(line: str) -> bool:
    """Whether it is the row of dashes under the header of a table."""
    return "-" in line and _DELIMITER_ROW.match(line) is not None


def _level(text: str, span: Span) -> float:
    """Of a heading, 1 the outermost; 0 for other sentences."""
    if not is_title(text, span):
        return 0
    sentence = text[slice(*span)].strip()
    if match := _MARKDOWN.match(sentence):
        return len(match.group())
    if match := _UNDERLINE.search(sentence):
        return 1 if match.group(1)[0] == "=" else 2
    return _SHORT_LINE
