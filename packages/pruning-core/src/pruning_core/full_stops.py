"""Whether a single full stop ends a sentence or an abbreviation, a number, an initial."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pruning_core.abbreviations import (
    ALSO_LAST,
    BEFORE_NUMBER,
    BEFORE_NUMBER_CAPITALISED,
    DAYS_AND_ZONES,
    LABEL_NOUNS,
    MAYBE_LAST,
    MAYBE_LAST_CAPITALISED,
    MONTH_NAMES,
    MONTHS,
    NEVER_LAST,
    ORDINAL_LEADS,
    ORDINAL_NOUNS,
    STARTERS,
    UNIT_LETTERS,
    UNITS,
    YEAR_UNITS,
)

LABEL_CHARS = 12
"""A number or a letter before a list item is within so many characters from its beginning."""
WINDOW_CHARS = 48
"""So much before and after a full stop decides."""

_NEXT_NUMBER = re.compile(
    r"\s*(?:[\[(]|[#$€£~<>≤≥±+-]?\s?\d|[A-Z]{1,3}[-–]?\d|[IVX]+(?:[-–.,:;)]|\s|$)|§|_)"
)
_NEXT_INITIAL = re.compile(r"\s[A-Z]\.")
_GOES_ON = re.compile(r"\s*[&=+/%,;:|]")
_REPORTER = re.compile(r"\s(?:App|Cas|Civ|Crim|R|Supp)\.")
_DASH = re.compile(r"\s+[–—-]")
_DIGIT = re.compile(r"\s*\d")
_TAIL = re.compile(r"[^(\[{\"“‘„«—–/|*>]*$")
_MARKER = re.compile(r"[*_(\[]*(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]\d{0,3}|[ivxIVX]{1,5})$")
_ORDINAL = re.compile(r"(?:\d{1,2}\.?[-–/+])?\d{1,2}$|[IVX]+$")
_DAY_AND_MONTH = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])$")
_YEAR_OR_TIME = re.compile(r"\s*(?:\d{4}\b|\d{1,2}[:.]\d\d)")
_MONTH_AND_YEAR = re.compile(r"\s\d{1,2}\.\s?\d{4}\b")
_DAY_WITH_STOP = re.compile(r"\d{1,2}\.$")
_YEAR = re.compile(r"(?:1\d|20)\d\d$")
_DAY = re.compile(r"(?:.*\D)?[0-3]?\d(?:st|nd|rd|th|\.)?$")
_INITIALS = re.compile(
    r"(?:[^\W\d_]|(?:(?:[^\W\d_]|[A-Z][a-z]{1,3})\.-?)+(?:[^\W\d_]|[A-Z][a-z]{1,3}))$"
)
_ODD_CAPITALS = re.compile(
    r"(?!II|XX|CC)([A-Z])\1$|(?!.*(.)\2$)[B-DF-HJ-NP-TV-Z][b-df-hj-np-tv-xz]{1,4}$"
)
_SHORT_FORM = re.compile(r"[b-df-hj-np-tv-xz]{2,5}$|.+str$")
_NEXT_REFERENCE = re.compile(r"\s([A-Z][a-z]{1,5})\. ?\d")
_ELIDED = re.compile(r"^[dl]['’](?=\w{2})")  # l'art.
_DOTTED = re.compile(r"[^\W\d_]\.$")
_SPECIAL = (
    NEVER_LAST
    | BEFORE_NUMBER
    | BEFORE_NUMBER_CAPITALISED
    | ALSO_LAST
    | MAYBE_LAST
    | MAYBE_LAST_CAPITALISED
    | UNITS
    | MONTHS
)
_WORD = re.compile(r"[^\W_]")
_TIME_ZONE = re.compile(r"\s+[A-Z]{2,}\b")


def full_stop_ends(text: str, begin: int, at: int, closing: int, stop: int, word: str) -> bool:
    """Whether the full stop at `at` ends the sentence that begins at `begin`.

    What closes the sentence, such as a quote, stands between `closing` and `stop`; `word` is the
    next word, which is capitalised or in a script without capitals, "" for a digit or a sign.
    """
    window = text[max(begin, at - WINDOW_CHARS) : at]
    words = window.split()[-3:]
    if not words or window[-1].isspace():
        return True  # a stop set apart, as in tokenized text
    tail = _TAIL.search(words[-1])
    last = tail.group() if tail else ""
    if _GOES_ON.match(text, stop):
        return False
    is_word = last.isalpha() and (len(last) > 2 or (len(last) == 2 and last.islower()))
    is_word = is_word and at - begin > LABEL_CHARS
    if not last or (is_word and not _is_special(last)):
        return True
    is_acronym = len(last) > 1 and last.isupper() and last.isalpha() and not word.isupper()
    lead = words[-1][: len(words[-1]) - len(last)]
    full_stop = _FullStop(
        last=last,
        key="" if is_acronym else _ELIDED.sub("", last.lower()),
        lead=lead,
        before=words[:-1],
        is_first=at - begin <= WINDOW_CHARS
        and not _WORD.search(window, 0, len(window) - len(words[-1])),
        closing=text[closing:stop],
        word=word,
        rest=text[stop : stop + WINDOW_CHARS],
    )
    for rule in _FULL_STOP_RULES:
        if (opinion := rule(full_stop)) is not None:
            return opinion
    return True


def _is_special(word: str) -> bool:
    """Whether a word may be an abbreviation."""
    if word.lower() in _SPECIAL:
        return True
    return bool(_ODD_CAPITALS.match(word) or _SHORT_FORM.match(word))


@dataclass(frozen=True, slots=True, eq=False)
class _FullStop:
    """A full stop after a word that may be an abbreviation, and what stands on both sides."""

    last: str
    """The word that it follows."""
    key: str
    """The same in lower case; "" for capitals that are no abbreviation, such as IBM."""
    lead: str
    """What stands before the word without a blank: a bracket, `g/`."""
    before: list[str]
    """At most two words before that."""
    is_first: bool
    """Whether the word is the first of the sentence."""
    closing: str
    """Quotes, brackets and marks directly after the stop."""
    word: str
    """The next word, "" where a digit or a sign comes first."""
    rest: str
    """The text after the stop."""

    @property
    def previous(self) -> str:
        """The word before the last one, without the quotes and brackets around it."""
        return self.before[-1].strip("\"'“”‘’()[],;*_") if self.before else ""

    @property
    def starts(self) -> bool:
        """Whether the next word is one that begins sentences."""
        return self.word.lower() in STARTERS

    @property
    def precedes_reference(self) -> bool:
        """Whether the next word is an abbreviation before a number."""
        match = _NEXT_REFERENCE.match(self.rest)
        key = match[1].lower() if match else ""
        return key in BEFORE_NUMBER or key in BEFORE_NUMBER_CAPITALISED

    @property
    def follows_number(self) -> bool:
        if self.lead.endswith("/"):
            return True
        return not self.lead and self.before[-1:] != [] and self.before[-1][-1].isdigit()


FullStopRule = Callable[[_FullStop], bool | None]
"""Whether a full stop ends a sentence; None for no opinion."""


def _marker(stop: _FullStop) -> bool | None:
    """The number of a list item, `1.`, also after a colon."""
    if stop.is_first and _MARKER.match(stop.last):
        return False
    return False if stop.last == "1" and stop.before[-1:] and stop.before[-1][-1] == ":" else None


def _date(stop: _FullStop) -> bool | None:
    """The day and the month of `03.06. 21:14` and `3. 4. 2001` go on."""
    if not _ORDINAL.match(stop.last):
        is_date = _DAY_AND_MONTH.match(stop.last) and _YEAR_OR_TIME.match(stop.rest)
        return False if is_date else None
    if _MONTH_AND_YEAR.match(stop.rest) or stop.word.lower() in MONTH_NAMES:
        return False
    is_month = stop.before and _DAY_WITH_STOP.match(stop.before[-1])
    return False if is_month and _YEAR_OR_TIME.match(stop.rest) else None


def _number(stop: _FullStop) -> bool | None:
    """Ordinals with a full stop, as in German, go on; any other number is an end."""
    if _ORDINAL.match(stop.last) and stop.word:
        is_led = stop.previous.lower() in ORDINAL_LEADS and stop.before[-2:-1] != ["I"]
        if stop.word.lower() in ORDINAL_NOUNS or (is_led and not stop.starts):
            return False
    return True if stop.last[-1].isdigit() else None


def _unit(stop: _FullStop) -> bool | None:
    """A unit or a time of day after a number is an end, before a capital."""
    if not stop.follows_number or ")" in stop.closing:
        return None
    if stop.key in {"am", "pm", "a.m", "p.m"}:
        return stop.word.lower() not in DAYS_AND_ZONES and not _TIME_ZONE.match(stop.rest)
    if stop.key in YEAR_UNITS and _DIGIT.match(stop.rest):
        return False
    if stop.last.islower() and "." in stop.last:  # r.p.m.
        return True
    if stop.last in UNIT_LETTERS:
        return None if _YEAR.search(stop.previous) or _REPORTER.match(stop.rest) else True
    is_unit = stop.key in UNITS if len(stop.last) > 1 or stop.lead else stop.last in UNITS
    return True if is_unit else None


def _dash(stop: _FullStop) -> bool | None:
    return False if _DASH.match(stop.rest) else None


def _title(stop: _FullStop) -> bool | None:
    return False if stop.key in NEVER_LAST else None


def _before_number(stop: _FullStop) -> bool | None:
    is_reference = stop.key in BEFORE_NUMBER or stop.key in MAYBE_LAST
    is_reference = is_reference or _SHORT_FORM.match(stop.last) is not None
    if stop.last[:1].isupper():
        is_reference = is_reference or stop.key in BEFORE_NUMBER_CAPITALISED
        if is_reference and (_NEXT_INITIAL.match(stop.rest) or stop.precedes_reference):
            return False  # Fed. R. Civ. P. 12, Cal. App. 4th
    return False if is_reference and _NEXT_NUMBER.match(stop.rest) else None


def _month(stop: _FullStop) -> bool | None:
    if stop.key not in MONTHS:
        return None
    if _DIGIT.match(stop.rest):
        return False
    is_date = _DAY.match(stop.previous) and stop.word.lower() not in MONTH_NAMES
    return bool(is_date) or stop.starts


def _pair(stop: _FullStop) -> bool | None:
    """Two letters with a space between them: `z. B.`, `5 p. m.`, `и т. д.`."""
    if len(stop.last) != 1 or not stop.before or not _DOTTED.match(stop.before[-1]):
        return None
    pair = stop.before[-1].lower() + stop.key
    if pair in NEVER_LAST:
        return False
    return True if pair in ALSO_LAST or pair in {"a.m", "p.m"} else None


def _initials(stop: _FullStop) -> bool | None:
    """Initials of a name go on; a letter that is a label (`Vitamin C.`) ends."""
    if not _INITIALS.match(stop.last) or stop.key in ALSO_LAST:
        return None
    if stop.is_first or (stop.before[-1].endswith(".") and stop.precedes_reference):
        return False
    if _is_marked(stop.closing):
        return True
    if len(stop.last) == 1 and stop.previous.lower() in LABEL_NOUNS:
        return True
    if stop.last == "I":
        return not (_DOTTED.match(stop.before[-1]) or stop.previous == "by")
    return stop.starts and (len(stop.last) > 1 or len(stop.word) > 1)


def _is_marked(closing: str) -> bool:
    """Whether a reference mark or markup follows a stop, which then is an end."""
    return closing[-1:] in {"]", "}", ">", ";"} and not closing.endswith("&nbsp;")


def _maybe_last(stop: _FullStop) -> bool | None:
    is_known = stop.key in MAYBE_LAST or (
        stop.last[:1].isupper() and stop.key in MAYBE_LAST_CAPITALISED
    )
    if stop.key in ALSO_LAST or not (is_known or _ODD_CAPITALS.match(stop.last)):
        return None
    if stop.is_first:
        return False
    return _is_marked(stop.closing) or stop.starts or (not is_known and stop.follows_number)


_FULL_STOP_RULES: tuple[FullStopRule, ...] = (
    _marker,
    _date,
    _number,
    _unit,
    _dash,
    _pair,
    _title,
    _before_number,
    _month,
    _initials,
    _maybe_last,
)
