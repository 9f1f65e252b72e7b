"""The stops of prose that end a sentence, in any script."""

import re
from collections.abc import Iterator

from pruning_core.abbreviations import NEVER_LAST, SPEECH_VERBS, STARTERS, begins_lower
from pruning_core.full_stops import full_stop_ends

ENCLOSED_CHARS = 100
"""So far back an opening bracket is looked for."""

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
    | (?<=\]):[ ]?\d{{1,4}}(?:[–-]\d{{1,4}})?(?=\s|\[|$)                 # the page: [3]:12
    | (?<=[¹²³⁰-⁹]),(?=[¹²³⁰-⁹])
    | &(?:nbsp|quot|rdquo|rsquo|raquo|\#\d{{2,5}});
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
    | (?<=[^.!?…\s][ ]\()(?=[a-z\d])[^()\n]{0,150}?(?=[.!?…]*\s?\))
    | (?<=\[)[^\[\]\n]{0,150}?(?=[.!?…]*\s?\])
    | (?<=「)[^「」\n]{0,100}?(?=[。！？…]*」)
    | (?<=『)[^『』\n]{0,100}?(?=[。！？…]*』)
    | (?<=（)[^（）\n]{0,100}?(?=[。！？…]*）)
    | (?<=“)[^“”\nA-Za-z]{0,100}?(?=[。！？…]*”)
)"""
_NEXT_STOP = re.compile(
    rf"""[{_STOPS}`(\[「『（“<](?:
        (?<=[{_STOPS}])[{_STOPS}]*(?P<closing>{_CLOSING})
        |(?<=<)/(?P<element>(?:p|li|h[1-6]|tr|div|d[dt]|blockquote|caption|title)>)
        |{_ENCLOSED}
    )?""",
    re.VERBOSE,
)
_CLOSING_TAG = re.compile(r"\s*</")
_SPACE = re.compile(r"\s*")
_NEXT_WORD = re.compile(
    r"(?:[\s\"'“‘„`(\[«>]|<[^<>\n]{1,80}>|&nbsp;)*+([*_~]*)[\"'“‘„`(\[«]*+([^\W\d_]*)"
)
_ALL_CAPS = re.compile(r"\s+[A-Z]{2,}\b")
_DASH_AND_SMALL = re.compile(r"\s+[–—-]\s+[^\W\d_A-ZА-Я]")
_GLUED = re.compile(r"([A-Z][a-z]*)(?=[\s,]|$)")
_SAYS = re.compile(rf"\s+\(\d|\s+[A-Z][\w'-]*(?: [A-Z][\w'-]*)? (?:{SPEECH_VERBS})\b")
_SAYS_IN_CHINESE = re.compile(r"[^\s。！？，“”「」]{1,8}[说說问問道答喊叫][。，]")
_PARTICLE = re.compile(
    r"[、，,：:]|と(?!にかく|ころ|ても|もに|りあえず)|って|という|を|の(?!ち)|に|は|も|や|など|が(?!ん)"
)
_GREEK_LETTER = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")


def sentence_ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where the sentences of a stretch of prose end, white space included; not `end` itself."""
    begin = start
    for match in _NEXT_STOP.finditer(text, start, end):
        stop, kind = match.end(), match.lastgroup
        if kind is None or stop >= end:
            continue
        if kind == "element":
            ends = _CLOSING_TAG.match(text, stop) is None
        else:
            ends = _ends(text, begin, match.start(), match.start("closing"), stop)
        if ends:
            blank = _SPACE.match(text, stop, end)
            begin = blank.end() if blank else stop
            if begin < end:
                yield begin


def _ends(text: str, begin: int, at: int, closing: int, stop: int) -> bool:
    """Whether a run of stops from `at` ends a sentence; at `closing` begins what closes there."""
    mark, after = text[closing - 1], text[stop]
    if mark in _NO_SPACE_NEEDED:
        return _ends_without_space(text, begin, closing, stop)
    if mark in ";\u037e":  # the Greek question mark looks like a semicolon
        is_greek = at > begin and _GREEK_LETTER.match(text[at - 1]) is not None
        return is_greek and after.isspace()
    if not (after.isspace() or _is_markup(text, closing, stop)):
        return mark in ".!?" and closing == stop and _ends_glued(text, begin, at, stop)
    return mark not in ".!?…" or _ends_before_space(text, begin, at, closing, stop)


def _is_markup(text: str, closing: int, stop: int) -> bool:
    """Whether reference marks or tags take the place of the space after a stop."""
    if closing < stop and text[stop - 1] in "]}>;":
        return text[stop].isupper() or text[stop] == "<"
    return text[stop] == "<" and text[stop + 1 : stop + 2].isalpha()


def _ends_before_space(text: str, begin: int, at: int, closing: int, stop: int) -> bool:
    """The same for a run of `.`, `!`, `?` or dots with a space after it."""
    match = _NEXT_WORD.match(text, stop)
    word = match[2] if match else ""
    if begins_lower(word) and not (match and match[1]):
        return False
    if text[closing - 1] != "." and _DASH_AND_SMALL.match(text, stop):
        return False
    if ".." in text[at:closing] or "…" in text[at:closing]:
        return _ellipsis_ends(text, begin, at, closing, stop)
    if text[closing - 1] == ".":
        return full_stop_ends(text, begin, at, closing, stop, word)
    is_quote = closing < stop and text[stop - 1] in "\"'”’“"
    return not (is_quote and _SAYS.match(text, stop))


def _ends_without_space(text: str, begin: int, closing: int, stop: int) -> bool:
    """The same for the stops of scripts that set no space after one."""
    after = text[stop]
    word = _NEXT_WORD.match(text, stop)
    if word and after.isspace() and begins_lower(word[2]):
        return False
    if after in _NO_SPACE_NEEDED or (text[closing - 1] == "．" and after.isalnum()):
        return False
    if closing < stop and text[stop - 1] in "」』”":
        return not (_PARTICLE.match(text, stop) or _SAYS_IN_CHINESE.match(text, stop))
    if closing < stop and text[stop - 1] in "》〉":
        return False
    is_bracket = closing < stop and text[stop - 1] == "）"
    opening = text.rfind("（", max(begin, closing - ENCLOSED_CHARS), closing)
    return not (is_bracket and opening > begin)


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
    word = _NEXT_WORD.match(text, stop)
    if word and word[2] and text.endswith(word[2], begin, at):  # "I... I know"
        return False
    if "...." in text[at:closing] and text[stop : stop + 8].lstrip()[:1].isdigit():
        return False  # the dots of a table of contents
    is_omission = text[closing:stop] and at > 0 and text[at - 1] in "[(" and text[closing] in "])"
    return not (is_omission or at == begin or _ALL_CAPS.match(text, stop))
