"""The stops of prose that end a sentence, in any script."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pruning_core.abbreviations import (
    ALSO_LAST,
    BEFORE_NUMBER,
    DAYS_AND_ZONES,
    LABEL_NOUNS,
    MAYBE_LAST,
    MAYBE_LAST_CAPITALISED,
    MONTH_NAMES,
    MONTHS,
    NEVER_LAST,
    ORDINAL_LEADS,
    ORDINAL_NOUNS,
    SPEECH_VERBS,
    STARTERS,
    UNIT_LETTERS,
    UNITS,
    begins_lower,
)

_WIDE = "。！？｡．"
_STOPS = rf".!?…‽؟۔।॥։።፧។៕၊။༎;\u037e{_WIDE}"
_NO_SPACE_NEEDED = frozenset("।॥۔؟።፧។៕။༎" + _WIDE)
_EMOJI = r"[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d]"

# What closes directly after a stop: quotes and brackets, Markdown, HTML, reference marks.
_CLOSING = rf"""(?:
    ["'’”»›)\]}}」』）】〉》*_~`¹²³⁰-⁹†‡]
    | [“‘«](?=[\s,;:]|$)
    | \[[^\[\]\n]{{1,40}}\]                                      # [3], [citation needed], [^1]
    | (?<=\])\([^()\s]{{1,300}}\)                                # the target of a link
    | \{{\{{[^{{}}\n]{{1,200}}\}}\}}
    | <ref\b[^<>]{{0,100}}(?:/>|>[^<]{{0,500}}</ref>)
    | <sup\b[^<>]{{0,100}}>[^<]{{0,40}}(?:<a\b[^<>]{{0,200}}>[^<]{{0,40}}</a>)?[^<]{{0,40}}</sup>
    | </[a-zA-Z][a-zA-Z0-9]{{0,12}}>|<br\s?/?>
    | &(?:quot|rdquo|rsquo|raquo|\#\d{{2,5}});
    | {_EMOJI}
    | (?<=[^\W\d_A-Z]{{3}}\.)\d{{1,3}}(?:[,–-]\d{{1,3}})*(?=\s+[A-Z]|\s*$)   # fell.3 Patients
    | [ ]\[\d{{1,3}}(?:[,–-][ ]?\d{{1,3}})*\](?=\s|$|\[)            # set apart, as in plain text
    | [ ](?:{_EMOJI}|[:;]-?[)(DPp](?=\s|$))
    | [ \u00a0\u202f]»(?=[\s.,;:]|$)
    | (?:\s'(?=\s''))?\s?''(?=\s|$)                              # as the Penn Treebank has it
    | \s[")\]](?=\s+[A-Z]|\s*$)
)*+"""
# Stretches whose inner stops end nothing: code, brackets inside a sentence, quoted Japanese. The
# stops that end one are left, since they can end the sentence as well.
_ENCLOSED = r"""(?:
    (?<=(?<!`)`)(?=[^\s`])[^`\n]{1,200}(?<=[^\s.!?])`(?!`)
    | (?<=[^.!?…\s][ ]\()(?=[a-z\d])[^()\n]{0,150}?(?=[.!?…]*\))
    | (?<=\[)[^\[\]\n]{0,150}?(?=[.!?…]*\])
    | (?<=「)[^「」\n]{0,100}?(?=[。！？…]*」)
    | (?<=『)[^『』\n]{0,100}?(?=[。！？…]*』)
    | (?<=（)[^（）\n]{0,100}?(?=[。！？…]*）)
    | (?<=“)[^“”\nA-Za-z]{0,100}?(?=[。！？…]*”)
)"""
_NEXT_STOP = re.compile(
    rf"[{_STOPS}`(\[「『（“](?:(?<=[{_STOPS}])[{_STOPS}]*(?P<closing>{_CLOSING})|{_ENCLOSED})?",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")
_NEXT_WORD = re.compile(r"(?:[\s\"'“‘„`(\[«*_~>]|<[^<>\n]{1,80}>|&nbsp;)*+([^\W\d_]*)")
_NEXT_NUMBER = re.compile(
    r"\s*[\[(]?(?:[#$€£~<>≤≥±+-]?\s?\d|[A-Z]{1,3}[-–]?\d|[IVX]+(?:[-–.,:;)]|\s|$)|§)"
)
_GOES_ON = re.compile(r"\s*[&=+/%,;:|]")
_ALL_CAPS = re.compile(r"\s+[A-Z]{2,}\b")
_DIGIT = re.compile(r"\s*\d")
_GLUED = re.compile(r"([A-Z][a-z]*)(?=[\s,]|$)")
_SAYS = re.compile(rf"\s+[A-Z][\w'-]*(?: [A-Z][\w'-]*)? (?:{SPEECH_VERBS})\b")
_SAYS_IN_CHINESE = re.compile(r"[^\s。！？，“”「」]{1,8}[说說问問道答喊叫][。，：]")
_PARTICLE = re.compile(
    r"[、，,：:]|と(?!にかく|ころ|ても|もに|りあえず)|って|という|を|の(?!ち)|に|は|も|や|など|が(?!ん)"
)
_GREEK_LETTER = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_HIRAGANA = re.compile(r"[\u3041-\u309f]")

_TAIL = re.compile(r"[^(\[{\"“‘„«—–/|*]*$")
_MARKER = re.compile(r"[*_(\[]*(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]\d{0,3}|[ivxIVX]{1,5})$")
_ORDINAL = re.compile(r"(?:\d{1,2}\.?[-–/+])?\d{1,2}$|[IVX]+$")
_DAY_AND_MONTH = re.compile(r"\d{1,2}\.\d{1,2}$")
_YEAR = re.compile(r"(?:1\d|20)\d\d$")
_DAY = re.compile(r"(?:.*\D)?[0-3]?\d(?:st|nd|rd|th|\.)?$")
_INITIALS = re.compile(r"(?:[^\W\d_]|(?:(?:[^\W\d_]|[A-Z][a-z]{1,3})\.-?)+(?:[^\W\d_]|[A-Z][a-z]{1,3}))$")
_ODD_CAPITALS = re.compile(r"([A-Z])\1$|[B-DF-HJ-NP-TV-Z][b-df-hj-np-tv-xz]{1,4}$")
_DOTTED = re.compile(r"[^\W\d_]\.$")
_SPECIAL = (
    NEVER_LAST | BEFORE_NUMBER | ALSO_LAST | MAYBE_LAST | MAYBE_LAST_CAPITALISED | UNITS | MONTHS
)


def sentence_ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where the sentences of a stretch of prose end, white space included; not `end` itself."""
    begin = start
    for match in _NEXT_STOP.finditer(text, start, end):
        stop = match.end()
        if match["closing"] is None or stop >= end:
            continue
        if _ends(text, begin, match.start(), match.start("closing"), stop):
            blank = _SPACE.match(text, stop, end)
            begin = blank.end() if blank else stop
            if begin < end:
                yield begin


def _ends(text: str, begin: int, at: int, closing: int, stop: int) -> bool:
    """Whether a run of stops from `at` ends a sentence; at `closing` begins what closes there."""
    run, after = text[at:closing], text[stop]
    mark = run[-1]
    if mark in _NO_SPACE_NEEDED:
        return _ends_without_space(text, mark, closing, stop)
    if mark in ";\u037e":  # the Greek question mark looks like a semicolon
        is_greek = at > begin and _GREEK_LETTER.match(text[at - 1]) is not None
        return is_greek and after.isspace()
    next_match = _NEXT_WORD.match(text, stop)
    word = next_match[1] if next_match else ""
    if not after.isspace():
        is_marked = closing < stop and text[stop - 1] in "]}>;" and after.isupper()
        if not is_marked and not (after == "<" and text[stop + 1 : stop + 2].isalpha()):
            return mark in ".!?" and closing == stop and _ends_glued(text, begin, at, stop)
    if mark not in ".!?…":
        return True
    if begins_lower(word):
        return False
    if ".." in run or "…" in run:
        return _ellipsis_ends(text, begin, at, closing, stop)
    if mark != ".":
        is_quote = closing < stop and text[stop - 1] in "\"'”’"
        return not (is_quote and _SAYS.match(text, stop))
    return _FullStop.at(text, begin, at, closing, stop, word).ends()


def _ends_without_space(text: str, mark: str, closing: int, stop: int) -> bool:
    """The same for the stops of scripts that set no space after one."""
    after = text[stop]
    if after in _NO_SPACE_NEEDED or (mark == "．" and after.isalnum()):
        return False
    if closing < stop and text[stop - 1] in "」』”":
        return not (_PARTICLE.match(text, stop) or _SAYS_IN_CHINESE.match(text, stop))
    return not (closing < stop and text[stop - 1] == "）" and _HIRAGANA.match(after))


def _ends_glued(text: str, begin: int, at: int, stop: int) -> bool:
    """Whether a space was lost after a stop, as in scanned text: `is closed.Open it`."""
    match = _GLUED.match(text, stop)
    words = text[max(begin, at - 40) : at].split() if match else []
    if not match or len(words) < 2:
        return False
    last = words[-1].lstrip("(\"'“‘")
    is_word = len(last) > 1 and last.isalpha() and last.lower() not in NEVER_LAST
    return is_word and (last.islower() or match[1].lower() in STARTERS)


def _ellipsis_ends(text: str, begin: int, at: int, closing: int, stop: int) -> bool:
    """Whether dots end a sentence, not only a word, as in `shard 3 ... FAILED`."""
    is_omission = text[closing:stop] and at > 0 and text[at - 1] in "[(" and text[closing] in "])"
    return not (is_omission or at == begin or _ALL_CAPS.match(text, stop))


@dataclass(frozen=True)
class _FullStop:
    """A single full stop and what stands on both sides of it."""

    text: str
    stop: int
    last: str
    """The word that it follows."""
    key: str
    """The same in lower case; "" for capitals that are no abbreviation, such as IBM."""
    before: list[str]
    """At most two words before that."""
    slashed: bool
    """Whether the word follows a slash, as in g/kg."""
    marked: bool
    """Whether a reference mark or markup follows the stop."""
    word: str
    """The next word, "" where a digit or a sign comes first."""

    @classmethod
    def at(cls, text: str, begin: int, at: int, closing: int, stop: int, word: str) -> "_FullStop":
        window = text[max(begin, at - 48) : at]
        words = window.split()[-3:] if window and not window[-1].isspace() else [""]
        tail = _TAIL.search(words[-1])
        last = tail.group() if tail else ""
        is_acronym = len(last) > 1 and last.isupper() and last.isalpha() and not word.isupper()
        return cls(
            text=text,
            stop=stop,
            last=last,
            key="" if is_acronym else last.lower(),
            before=words[:-1],
            slashed=words[-1][: -len(last) or None].endswith("/"),
            marked=closing < stop and text[stop - 1] in "]}>;",
            word=word,
        )

    def ends(self) -> bool:
        """Whether it ends a sentence: the first rule with an opinion decides."""
        key = self.key
        if not self.last or (
            len(self.last) > 2
            and key not in _SPECIAL
            and self.last.isalpha()
            and not _ODD_CAPITALS.match(self.last)
        ):
            return not _GOES_ON.match(self.text, self.stop)
        if _GOES_ON.match(self.text, self.stop):
            return False
        for rule in _RULES:
            opinion = rule(self)
            if opinion is not None:
                return opinion
        return True

    @property
    def previous(self) -> str:
        """The word before the last one, without the quotes and brackets around it."""
        return self.before[-1].strip("\"'“”‘’()[],;*_") if self.before else ""

    @property
    def starts(self) -> bool:
        """Whether the next word is one that begins sentences."""
        return self.word.lower() in STARTERS

    @property
    def follows_number(self) -> bool:
        return self.slashed or self.previous[-1:].isdigit()


def _marker(stop: _FullStop) -> bool | None:
    """The number of a list item, `1.`, also after a colon."""
    if not stop.before and _MARKER.match(stop.last):
        return False
    return False if stop.last == "1" and stop.before[-1:] and stop.before[-1][-1] == ":" else None


def _number(stop: _FullStop) -> bool | None:
    """Dates and ordinals with a full stop, as in German; any other number is an end."""
    if not (stop.last[-1].isdigit() or _ORDINAL.match(stop.last)):
        return None
    word = stop.word.lower()
    if _DAY_AND_MONTH.match(stop.last) and _DIGIT.match(stop.text, stop.stop):
        return False
    if _ORDINAL.match(stop.last):
        if word in MONTH_NAMES or word in ORDINAL_NOUNS:
            return False
        is_led = stop.previous.lower() in ORDINAL_LEADS and stop.before[-2:-1] != ["I"]
        if is_led and word and not stop.starts:
            return False
    return True if stop.last[-1].isdigit() else None


def _unit(stop: _FullStop) -> bool | None:
    """A unit or a time of day after a number is an end, before a capital."""
    if not stop.follows_number:
        return None
    if stop.key in {"am", "pm", "a.m", "p.m"}:
        return stop.word.lower() not in DAYS_AND_ZONES and not _ALL_CAPS.match(stop.text, stop.stop)
    if stop.last in UNIT_LETTERS:
        return None if _YEAR.search(stop.previous) else True
    return True if stop.key in UNITS else None


def _title(stop: _FullStop) -> bool | None:
    return False if stop.key in NEVER_LAST else None


def _before_number(stop: _FullStop) -> bool | None:
    is_reference = stop.key in BEFORE_NUMBER or stop.key in MAYBE_LAST
    return False if is_reference and _NEXT_NUMBER.match(stop.text, stop.stop) else None


def _month(stop: _FullStop) -> bool | None:
    if stop.key not in MONTHS:
        return None
    if _DIGIT.match(stop.text, stop.stop):
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
    if not stop.before:
        return False
    if stop.marked:
        return True
    if len(stop.last) == 1 and stop.previous.lower() in LABEL_NOUNS:
        return True
    if stop.last == "I":
        return not (_DOTTED.match(stop.before[-1]) or stop.previous == "by")
    return stop.starts and (len(stop.last) > 1 or len(stop.word) > 1)


def _maybe_last(stop: _FullStop) -> bool | None:
    is_known = stop.key in MAYBE_LAST or (
        stop.last[:1].isupper() and stop.key in MAYBE_LAST_CAPITALISED
    )
    if stop.key in ALSO_LAST or not (is_known or _ODD_CAPITALS.match(stop.last)):
        return None
    return bool(stop.before) and (stop.marked or stop.starts)


_RULES = (_marker, _number, _unit, _pair, _title, _before_number, _month, _initials, _maybe_last)
