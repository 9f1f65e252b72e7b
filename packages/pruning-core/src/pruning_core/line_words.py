"""How a line begins and ends: with a small letter, with a stop, with a word that wants another."""

import re

from pruning_core.abbreviations import (
    ALSO_LAST,
    JOINING_WORDS,
    MAYBE_JOINING_WORDS,
    MAYBE_LAST,
    NEVER_LAST,
    STARTERS,
    begins_lower,
)
from pruning_core.lines import Line

OPEN_LINE_CHARS = 18
"""At the end of a line as long as this, words such as "to" want another ..."""
OPEN_TITLE_CHARS = 35
"""... which is capitalised only where the line is longer than this: it may be a title."""

_FIRST_WORD = re.compile(r"[\"'“‘„«»*_~]*([^\W\d_]*)")
_LAST_WORD = re.compile(r"(?<![\w./@-])([^\W\d_]+)$")
_STOPPED = re.compile(r"[.!?…。！？।۔؟։።][\"'”’»)\]*_]*$")
_SURELY_STOPPED = re.compile(r"(?:(?:^|[^.\w])[^\W\d_]{3,}\.|[^\W_][!?]{1,4})$")
_ABBREVIATED = re.compile(r"(?:^|[\s(\[])([^\s(\[]+)\.$")
_HAS_STOP = re.compile(r"[^\W\d_]{2}[.!?](?:\s+[^\sa-z]|$)")
_ADDRESS = re.compile(r"(?:https?://|www\.|\S{1,64}@)\S+$")
_COMMAS = (",", "،", "、", "，", "-", "\u2010", "\u00ad")


def first_is_lower(line: Line) -> bool:
    """Whether a line begins like the middle of a sentence, and not with an address."""
    return begins_lower(_first_word(line)) and not _ADDRESS.match(line.text)


def first_is_starter(line: Line) -> bool:
    """Whether it begins with a word that often begins a sentence, and is capitalised."""
    word = _first_word(line)
    return word[:1].isupper() and word.lower() in STARTERS


def has_stop(line: Line) -> bool:
    """Whether a sentence ends inside it, or with it."""
    return _HAS_STOP.search(line.text) is not None


def is_stopped(line: Line) -> bool:
    """Whether it ends with a stop."""
    return _STOPPED.search(line.tail) is not None


def ends_with_comma(line: Line) -> bool:
    """Whether it ends with a comma, or with the hyphen of a word that was cut."""
    return line.text.endswith(_COMMAS)


def last_is_lower(line: Line) -> bool:
    """Whether its last word has a small first letter, and no stop."""
    last = _LAST_WORD.search(line.tail)
    return last is not None and last[1].islower()


def surely_wants_more(line: Line) -> bool:
    """Whether it ends with a word such as "the", which does not end a sentence."""
    return _last_key(line) in JOINING_WORDS


def wants_more(before: Line, line: Line) -> bool:
    """Whether the last word of a line wants the first one of the next."""
    key = _last_key(before)
    if key not in MAYBE_JOINING_WORDS:
        return key in JOINING_WORDS
    is_title = _first_word(line)[:1].isupper()
    return len(before.text) >= (OPEN_TITLE_CHARS if is_title else OPEN_LINE_CHARS)


def stop_may_go_on(before: Line, line: Line) -> bool:
    """Whether the stop at the end of `before` may stand inside a sentence: an abbreviation."""
    is_lower = first_is_lower(line)
    if is_lower and not _SURELY_STOPPED.search(before.tail):
        return True
    match = _ABBREVIATED.search(before.tail)
    if match is None:
        return False
    key = match[1].lower()
    if is_lower and (key in MAYBE_LAST or key in ALSO_LAST):
        return True
    return key in NEVER_LAST or (len(key) == 1 and match[1].isupper())


def _first_word(line: Line) -> str:
    match = _FIRST_WORD.match(line.text)
    return match[1] if match else ""


def _last_key(line: Line) -> str:
    """The last word of a line of several words, as the word lists have it."""
    last = _LAST_WORD.search(line.tail)
    if last is None or last[1] == line.text:
        return ""
    return last[1].lower() if line.kind == "capitals" else last[1]
