"""Text -> sentence spans, by rules, for any script.

The spans are character offsets that tile the text: joined, they are the text. A sentence
takes the white space behind it. Nothing is downloaded and the running time is linear.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

from pruning_core.validation import check_text

Span = tuple[int, int]
SentenceSplitter = Callable[[str], list[Span]]
"""Text -> spans that tile it; any function of this shape can stand in for `split`."""

MAX_SENTENCE_CHARS = 1_000
"""A longer sentence is cut, at white space where there is some."""
MAX_UNSTOPPED_CHARS = 120
"""The same for Thai, Lao, Khmer and Burmese, where a space is the only stop there is."""

# A run of stops, then the quotes and brackets that close behind it (PTB's '' stands apart).
_STOP = re.compile(
    r"(?:[.!?…‽؟۔।॥։።፧។៕၊။༎;\u037e]+|[。！？｡．]+)"
    r"(?:(?:\s'(?=\s''))?\s?''(?=\s|$)|\s[\")\]](?=\s+[A-Z]|\s*$)|[\"'’”»›)\]}」』）】〉》]*)"
)
_FULL_WIDTH = frozenset("。！？｡．")
_NO_SPACE_NEEDED = _FULL_WIDTH | frozenset("।॥۔؟።፧។៕။༎")
_GREEK_LETTER = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_UNSTOPPED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_WORD_BEFORE = re.compile(r"[^\s(\[{\"“‘—–/]*$")
_NEXT_WORD = re.compile(r"[\s\"'“‘`(\[«]*([^\W\d_]*)")
_LINE = re.compile(r"[^\r\n\u2028\u2029\x0b\x0c\x85]*(?:\r\n|[\r\n\u2028\u2029\x0b\x0c\x85]|$)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})\s*$")
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*$")
_ITEM = re.compile(r"\s*(?:[-*+•◦▪‣·–]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)])\s+\S")
_MARKER = re.compile(r"\s*\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]$")

# Words that stand before a name or a number: a full stop behind one never ends a sentence.
_NEVER_LAST = frozenset(
    "mr mrs ms mx dr prof rev fr hon gov sen rep gen col maj capt cmdr lt sgt cpl pvt adm brig"
    " messrs mme mlle st mt ft pres supt insp amb treas sec vs viz cf eg ie e.g i.e al ca approx"
    " fig figs eq eqs sect ch chap vol vols nos p pp para art op ed eds trans nr tel"
    " jan feb mar apr jun jul aug sep sept oct nov dec b c d r fl lit resp".split()
)
# Words that also end sentences: a full stop behind one ends it only before a sentence starter.
_MAYBE_LAST = frozenset(
    "jr sr inc ltd co corp bros llc plc dept univ assn est no etc a.m p.m am pm u.s u.k u.n u.s.a"
    " d.c b.c a.d b.a m.a ph.d m.d j.d esq ave blvd rd ste mass calif conn fla ill ind kan ky la md"
    " mich minn miss mo mont neb nev okla ore pa tenn tex va vt wash wis wyo ariz ark colo del ga"
    " mon tue tues wed thu thurs fri sat sun min max avg hr hrs sq oz lb lbs km kg cm mm".split()
)
_STARTERS = frozenset(
    "a after all although an and another any as at because before both but by despite did do does"
    " during each even every finally first for four from furthermore had has have he her here his"
    " how however i if in instead is it its last later like many meanwhile more moreover most my"
    " neither no nor not now of on once one only or other our over people several she since so some"
    " still such that the their then there therefore these they this those though three through"
    " thus to today two under unlike until upon we were what when where whether which while who why"
    " with without yes yet you your".split()
)
_ELLIPSIS = ("..", "…")


def split(text: str) -> list[Span]:
    """Split `text` into sentences: `(start, end)` character offsets that tile it, none empty.

    Raises:
        TypeError: `text` is not a string.
    """
    check_text("text", text)
    spans: list[Span] = []
    for start, end, is_prose in _blocks(text):
        if is_prose:
            spans.extend(_sentences(text, start, end))
        else:
            spans.append((start, end))
    return _attach_blank(text, spans)


def is_title(text: str, span: Span) -> bool:
    """Whether `span` of `text` is a title: a Markdown heading or a short line without a stop."""
    sentence = text[slice(*span)]
    line = sentence.strip()
    if not line or _FENCE.match(line):
        return False
    if _HEADING.match(line):
        return True
    alone = span[0] == 0 or text[span[0] - 1] in "\r\n"
    ends_line = "\n" in sentence[len(sentence.rstrip()) :]
    is_short = len(line) <= 80 and line[-1] not in ".!?。！？:;,"
    is_row = _ITEM.match(line) or _TABLE_ROW.match(line)
    return alone and ends_line and is_short and not is_row


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Cut at the line ends that end a sentence; False marks a block that stays whole."""
    start = 0
    fence = previous = ""
    is_prose = True
    for match in _LINE.finditer(text):
        line_start, line = match.start(), match.group()
        if not line:
            break
        if fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                yield start, match.end(), False
                start, fence, previous, is_prose = match.end(), "", "", True
            continue
        opening = _FENCE.match(line)
        if opening or _breaks(previous, line):
            if start < line_start:
                yield start, line_start, is_prose
            start = line_start
        if start == line_start:
            is_prose = not _TABLE_ROW.match(line)
        if opening:
            fence = opening.group(1)
        previous = line
    if start < len(text):
        yield start, len(text), is_prose and not fence


def _breaks(previous: str, line: str) -> bool:
    """Whether a sentence ends at the line end between these two lines."""
    before, after = previous.strip(), line.strip()
    if not before or not after:
        return not after and bool(before)  # a paragraph ends; its blank lines go with it
    if _UNDERLINE.match(line):
        return False
    if _HEADING.match(line) or _HEADING.match(previous) or _UNDERLINE.match(previous):
        return True
    if _ITEM.match(line) or _TABLE_ROW.match(line) or _TABLE_ROW.match(previous):
        return True
    if after[0].islower() or before[-1] in ",-":
        return False
    is_wrapped = 50 <= len(before) <= 120 and before[-1].isalnum() and after[0].isalpha()
    return not is_wrapped


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    for match in _STOP.finditer(text, start, end):
        stop = match.end()
        if stop < end and _ends_sentence(text, begin, match.start(), match):
            while stop < end and text[stop].isspace():
                stop += 1
            yield from _cap(text, begin, stop)
            begin = stop
    if begin < end:
        yield from _cap(text, begin, end)


def _ends_sentence(text: str, begin: int, at: int, match: re.Match[str]) -> bool:
    mark, after = text[at], text[match.end()]
    if mark in _NO_SPACE_NEEDED:
        return mark not in "．" or not after.isalnum()
    if mark in ";\u037e":  # the Greek question mark looks like a semicolon
        is_greek = at > begin and _GREEK_LETTER.match(text[at - 1]) is not None
        return is_greek and after.isspace()
    if not after.isspace() or mark not in ".!?…":
        return after.isspace()
    next_match = _NEXT_WORD.match(text, match.end())
    word = next_match.group(1) if next_match else ""
    if word[:1].islower():
        return False
    if mark != "." or text.startswith(_ELLIPSIS, at):
        return True
    return _full_stop_ends(text, begin, at, match.end(), word)


def _full_stop_ends(text: str, begin: int, at: int, stop: int, word: str) -> bool:
    """Whether the full stop at `at` ends a sentence; `word` is the capitalised word behind it."""
    before = _WORD_BEFORE.search(text, max(begin, at - 40), at)
    last = before.group() if before else ""
    if not last:
        return True  # a stop set apart, as in tokenized text
    if at - begin < 12 and _MARKER.match(text[begin : at + 1]):
        return False  # the number of a list item
    if last.lower() in _NEVER_LAST:
        return False
    if last.lower() in _MAYBE_LAST or (_INITIALS.match(last) and last != "I"):
        return word.lower() in _STARTERS and (len(last) > 1 or len(word) > 1)
    return True


def _cap(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut a sentence that is too long, at white space where there is some."""
    limit = MAX_SENTENCE_CHARS
    if end - start > MAX_UNSTOPPED_CHARS and _UNSTOPPED.search(text, start, start + 40):
        limit = MAX_UNSTOPPED_CHARS
    while end - start > limit:
        half = start + limit // 2
        places = range(start + limit, half, -1)
        space = next((i for i in places if text[i - 1].isspace()), 0)
        # Never between a letter and its combining marks.
        letter = next((i for i in places if unicodedata.category(text[i])[0] != "M"), half)
        cut = space or letter
        yield start, cut
        start = cut
    yield start, end


def _attach_blank(text: str, spans: list[Span]) -> list[Span]:
    """Join spans of white space alone to the sentence before them (or behind, at the start)."""
    tiled: list[Span] = []
    for start, end in spans:
        if tiled and (text[start:end].isspace() or text[tiled[-1][0] : tiled[-1][1]].isspace()):
            tiled[-1] = (tiled[-1][0], end)
        else:
            tiled.append((start, end))
    return tiled
