"""What a line of a text is: heading, list item, row of a table, line of a chat, plain text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r"\s*(`{3,}|~{3,})")

_QUOTED = re.compile(r"(?:>[ \t]?)+")
_CLOCK = r"\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?(?:\s?[AaPp]\.?[Mm]\b\.?)?"
_DATE = r"(?:\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4})"
_NUMBERS = (
    r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]\d{0,3}|[ivxIVX]{1,5})[.)]\s+\S"
    r"|\d{1,2}(?:\.\d{1,2}){1,4}\s+[^\W\d_]|§+\s?\d"
)
_WORD_KINDS = rf"""(?P<number>{_NUMBERS})
    |(?P<label>[*_]{{0,3}}[^\W\d_][\w.'’&/*-]{{0,30}}(?:[ ][\w.'’&/*-]{{1,30}}){{0,2}}
        (?:[ ]\([^()]{{1,30}}\))?(?:[ ]?[:：]|>)[*_]{{0,3}}(?:\s|$))"""
# The kinds of a line that its beginning shows, in the order in which they are tried.
_KINDS = re.compile(
    rf"""(?P<heading>\#{{1,6}}(?:\s|$))
    |(?P<fence>(?:`{{3,}}|~{{3,}})\s*$)
    |(?P<underline>(?:=+|-{{2,}}|[~^*+]{{4,}})\s*$)
    |(?P<table>\|.*\|\s*$)
    |(?P<timing>\d\d?:\d\d:\d\d[,.]\d{{3}}\s*-->)
    |(?P<stamp>\[[A-Z]{{3,8}}\]\s|[\[(]{_DATE}?[ T,]*{_CLOCK}|{_DATE}[ T,]+{_CLOCK}|{_DATE}[:,]?\s
        |{_CLOCK}\s+(?:[<*-]|[^\s:]{{1,30}}:\s))
    |(?P<nick><[@+ ]?[\w|\\^-]{{1,30}}>\s)
    |(?P<bullet>[-*+•◦▪‣·–●○■□◆➢✓✔✗→]\s+\S|—\s+[^\W_]
        |\((?:\d{{1,3}}|[A-Za-z]|[ivxIVX]{{1,5}})\)\s+\S)
    |{_WORD_KINDS}""",
    re.VERBOSE,
)
_BEGINS_WITH_WORD = re.compile(_WORD_KINDS, re.VERBOSE)
_MARKER_ALONE = re.compile(r"(?:[-*+•◦▪·●○■]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)])$")
_NAME_AND_TIME = re.compile(
    r"[^\w\s]*\w[\w.'’-]*(?: [\w.'’-]+){0,3}[^\w\s]*(?:\s+|, |\s+[-–—|·]\s)"
    r"[(\[]?\d{1,2}:\d\d(?::\d\d)?(?:\s?[AaPp][Mm])?[)\]]?$"
)
_WROTE = re.compile(r".*\b(?:wrote|writes|said|says|schrieb|schreibt|écrit|escribió)\s?:$", re.I)
_SALUTATION = re.compile(
    r"(?:dear|hi|hello|hey|good (?:morning|afternoon|evening)|liebe[rs]?|sehr geehrte[rs]?|hallo"
    r"|guten (?:tag|morgen)|bonjour|chère?s?|estimad[oa]s?|querid[oa]s?|hola|beste|geachte|gentile"
    r"|caro|cara|prezad[oa]s?|kära|hej)\b[^!?]{0,60}[,!:]$",
    re.I,
)
# A gap inside a line makes it the row of a table; two blanks do only next to another such line.
_WIDE_GAP = re.compile(r"(?<=[^\s.!?])(?:\t\s*| {3,})(?=\S)")
_GAP = re.compile(r"(?<=[^\s.!?:]{3}) {2}(?=[^\Wa-z]|[^\w\s])")
_LETTER = re.compile(r"[^\W\d_]")
_PIPE = re.compile(r"\s\|(?:\s|$)")
_TIGHT_COMMA = re.compile(r"[,;](?=[^\s,;]|$|[,;])")
MAX_ROW_CHARS = 300
"""A longer line with gaps or pipes is read as prose."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of a text: where it is, and its text without blanks and quote marks at the ends."""

    start: int
    end: int
    indent: int
    quotes: int
    text: str
    kind: str
    """The name of a group of `_KINDS`, "capitals", or "" for plain text."""
    gaps: int
    """How sure it is that this is the row of a table: 0 no, 1 next to another, 2 by itself."""

    @classmethod
    def of(cls, raw: str, start: int = 0) -> "Line":
        text = raw.strip()
        quotes = 0
        if text[:1] == ">" and (quote := _QUOTED.match(text)):
            quotes = quote.group().count(">")
            text = text[quote.end() :]
        indent = len(raw) - len(raw.lstrip())
        kind, content = _kind(text) if text else ("", 0)
        gaps = _gaps(text, content) if len(text) <= MAX_ROW_CHARS else 0
        return cls(start, start + len(raw), indent, quotes, text, kind, gaps)

    @property
    def width(self) -> int:
        return self.indent + len(self.text)

    @property
    def tail(self) -> str:
        return self.text[-80:]

    @property
    def label(self) -> str:
        """The words before the colon, where it begins with `Name:`."""
        return re.split("[:：>]", self.text, maxsplit=1)[0] if self.kind == "label" else ""

    @property
    def is_name_and_time(self) -> bool:
        """Whether it only says who speaks when, as in an exported chat, or is the like."""
        if len(self.text) > 100 or self.text[-1] not in ")]mM0123456789":
            return False
        return _NAME_AND_TIME.match(self.text) is not None

    @property
    def announces_speech(self) -> bool:
        """Whether it ends with `wrote:` or the like."""
        is_short = len(self.text) <= 100 and self.text[-1] == ":"
        return is_short and _WROTE.match(self.text) is not None

    @property
    def is_salutation(self) -> bool:
        return self.text[-1] in ",!:" and _SALUTATION.match(self.text) is not None

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list."""
        return self.kind in {"bullet", "number"}

    @property
    def is_marker(self) -> bool:
        """Whether it is only the bullet or the number of an item whose text comes next."""
        return len(self.text) < 6 and _MARKER_ALONE.match(self.text) is not None

    @property
    def is_record(self) -> bool:
        """Whether it is surely the row of a table, or a line of a log or a chat."""
        return self.kind in {"table", "timing", "stamp", "nick"} or self.gaps > 1

    @property
    def opens_code(self) -> bool:
        return FENCE.match(self.text) is not None

    def underlines(self, before: "Line") -> bool:
        """Whether it is the line under a title."""
        if self.kind != "underline":
            return False
        return self.text[0] in "=-" or abs(len(self.text) - len(before.text)) < 3


def _kind(text: str) -> tuple[str, int]:
    """The kind of a line, and where its text begins after a bullet, a number or a label."""
    match = (_BEGINS_WITH_WORD if text[0].isalpha() else _KINDS).match(text)
    if match is None:
        is_title = 3 <= len(text) <= 80 and text.isupper() and len(_LETTER.findall(text[:8])) > 2
        return "capitals" if is_title else "", 0
    kind = match.lastgroup or ""
    if text == "--":  # a signature follows
        return "bullet", 0
    if kind in {"bullet", "number"}:
        return kind, match.end() - 1
    return kind, match.end() if kind == "label" else 0


def _gaps(text: str, content: int) -> int:
    tight = text.count(",") + text.count(";")
    is_listed = 1 < tight >= text.count(" ") and len(_TIGHT_COMMA.findall(text)) > 1
    if not ("|" in text or "\t" in text or "  " in text):
        return int(is_listed)
    cells = len(_PIPE.findall(text, content))
    if cells > 1 or _WIDE_GAP.search(text, content):
        return 2
    return int(cells > 0 or is_listed or _GAP.search(text, content) is not None)


def lines_of(text: str, start: int, end: int) -> Iterator[Line | None]:
    """The lines of a stretch of `text`; None for one that is blank, or has quote marks alone."""
    for raw in text[start:end].splitlines(keepends=True):
        line = None if raw.isspace() else Line.of(raw, start)
        start += len(raw)
        yield line if line and line.text else None
