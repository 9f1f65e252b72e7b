"""Text -> sentence spans, by rules, for any script.

The spans are character offsets that tile the text: joined, they are the text. A sentence
takes the white space after it. Nothing is downloaded and the running time is linear.
`line_ends` cuts a text into blocks, `stops` finds the sentence ends inside a block.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

from pruning_core.line_ends import blocks
from pruning_core.lines import Line
from pruning_core.stops import sentence_ends
from pruning_core.validation import check_text

Span = tuple[int, int]
SentenceSplitter = Callable[[str], list[Span]]
"""Text -> spans that tile it; any function of this shape can stand in for `split`."""

MAX_SENTENCE_CHARS = 1_000
"""A longer sentence is cut, at white space where there is some; so is a block of code, at the end
of a line. White space at the end of a span does not count."""
MAX_UNSTOPPED_CHARS = 120
"""The same for Thai, Lao, Khmer and Burmese, where a space is the only stop there is."""

_UNSTOPPED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def split(text: str) -> list[Span]:
    """Split `text` into sentences: `(start, end)` character offsets that tile it, none empty.

    Raises:
        TypeError: `text` is not a string.

    Example:
        >>> split("Dr. Ng came at 5 p.m. She left.")
        [(0, 22), (22, 31)]
    """
    check_text("text", text)
    spans: list[Span] = []
    for start, end, is_prose in blocks(text):
        begin = start
        if is_prose:
            for stop in sentence_ends(text, start, end):
                spans.extend(_cap(text, begin, stop))
                begin = stop
        spans.extend(_cap(text, begin, end, is_code=not is_prose))
    return _attach_blank(text, spans)


def is_title(text: str, span: Span) -> bool:
    """Whether `span` of `text` is a title: a Markdown heading or a short line without a stop."""
    sentence = text[slice(*span)]
    line = Line.of(sentence.strip())
    if not line.text or line.opens_code:
        return False
    if line.kind == "heading":
        return True
    alone = span[0] == 0 or text[span[0] - 1] in "\r\n"
    ends_line = "\n" in sentence[len(sentence.rstrip()) :]
    is_short = len(line.text) <= 80 and line.text[-1] not in ".!?。！？:;,"
    is_row = line.is_record or "|" in line.text
    return alone and ends_line and is_short and not (line.is_item or is_row)


def _cap(text: str, start: int, end: int, *, is_code: bool = False) -> Iterator[Span]:
    """Cut a sentence that is too long, at white space where there is some."""
    limit = MAX_SENTENCE_CHARS
    if end - start > MAX_UNSTOPPED_CHARS and _UNSTOPPED.search(text, start, start + 40):
        limit = MAX_UNSTOPPED_CHARS
    while end - start > limit:
        cut = _code_cut(text, start + limit // 2, start + limit) if is_code else 0
        cut = cut or _cut(text, start + limit // 2, start + limit)
        yield start, cut
        start = cut
    yield start, end


def _code_cut(text: str, half: int, limit: int) -> int:
    """Where to cut code: after a blank line, else after a line; 0 where there is none."""
    blank = text.rfind("\n\n", half, limit)
    return blank + 2 if blank >= 0 else text.rfind("\n", half, limit) + 1


def _cut(text: str, half: int, limit: int) -> int:
    places = range(limit, half, -1)
    space = next((i for i in places if text[i - 1].isspace()), 0)
    # Never between a letter and its combining marks.
    letter = next((i for i in places if unicodedata.category(text[i])[0] != "M"), half)
    return space or letter


def _attach_blank(text: str, spans: list[Span]) -> list[Span]:
    """Join spans of white space alone to the sentence before them (or after, at the start)."""
    tiled: list[Span] = []
    for start, end in spans:
        if tiled and (text[start:end].isspace() or text[tiled[-1][0] : tiled[-1][1]].isspace()):
            tiled[-1] = (tiled[-1][0], end)
        else:
            tiled.append((start, end))
    return tiled
