"""Where the code of a text stands: between fences, of which a chunk may lack one.

A fence can be an end whose beginning was cut off, can never close, or can be no fence at all, so
what stands on both sides decides: prose stays prose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pruning_core.lines import FENCE

CODE_SAMPLE_CHARS = 2_000
"""So much of a stretch shows whether it is prose."""
MAX_FENCED_PROSE_CHARS = 300
"""Prose between fences is a block as long as it is no longer than this."""

_INFO = re.compile(r"[^\s`~.,;:!?][^`~\r\n.!?]{0,60}$")
_SENTENCE_END = re.compile(r"(?:[^\W_]{2}[\"'”’)\]]*[.!?][\"'”’)\]]*(?=\s|$)|[。！？।۔။។])")
_CODE_SIGN = re.compile(r"[{}<>=;$\\|&@\[\]]|\w\(|::|--")
_BLANK_LINES = re.compile(r"\n[ \t\r]*\n")


@dataclass(frozen=True)
class _Fence:
    start: int
    end: int
    mark: str
    info: str

    @property
    def is_bare(self) -> bool:
        return not self.info

    def closes(self, opening: "_Fence") -> bool:
        same = self.mark[0] == opening.mark[0] and len(self.mark) >= len(opening.mark)
        return same and self.is_bare


def reads_as_prose(text: str, start: int, end: int) -> bool:
    """Whether a stretch of `text` has sentences and few signs of code."""
    sample = text[start : min(end, start + CODE_SAMPLE_CHARS)].strip()
    ends = len(_SENTENCE_END.findall(sample))
    lines = sum(not line.isspace() for line in sample.splitlines())
    return ends > 0 and 3 * ends >= lines and not _has_code_signs(sample)


def reads_as_code(text: str, start: int, end: int) -> bool:
    """Whether a stretch of `text` is full of the signs of code."""
    sample = text[start : min(end, start + CODE_SAMPLE_CHARS)].strip()
    return bool(sample) and _has_code_signs(sample)


def _has_code_signs(sample: str) -> bool:
    return len(_CODE_SIGN.findall(sample)) * 25 >= len(sample)


def code_blocks(text: str) -> Iterator[tuple[int, int]]:
    """The `(start, end)` of the blocks of code in `text`, whole lines, in order."""
    fences = list(_fences(text)) if "```" in text or "~~~" in text else []
    done = at = 0  # `done`: the end of the last fence or block
    while at < len(fences):
        fence = fences[at]
        following = fences[at + 1] if at + 1 < len(fences) else None
        after = following.start if following else len(text)
        is_first, at = at == 0, at + 1
        if following and following.closes(fence):
            is_prose = reads_as_prose(text, fence.end, after)
            begin = _code_before(text, 0, fence.start) if is_first else fence.start
            is_cut = begin < fence.start or (is_first and len(fences) % 2 == 1)
            if not (fence.is_bare and is_prose and is_cut):
                is_long = following.end - fence.start > MAX_FENCED_PROSE_CHARS
                if not (is_prose and is_long):
                    yield fence.start, following.end
                done, at = following.end, at + 1
                continue
        if fence.is_bare and (following or reads_as_prose(text, fence.end, after)):
            begin = _code_before(text, done, fence.start)
            if begin < fence.start:
                yield begin, fence.end
            done = fence.end
        else:
            done = _code_after(text, fence.end, after)
            yield fence.start, done


def _fences(text: str) -> Iterator[_Fence]:
    before = ""
    opening: _Fence | None = None
    end = 0
    for line in text.splitlines(keepends=True):
        start, end = end, end + len(line)
        found = FENCE.match(line) if line[:64].lstrip()[:1] in ("`", "~") else None
        if found:
            mark, info = found[1], line[found.end() :].strip()
            fence = _Fence(start, end, mark, info)
            is_content = opening is not None and len(mark) < len(opening.mark)
            is_underline = mark[:4] == "~~~~" and abs(len(mark) - len(before.strip())) < 3
            if not is_content and (_INFO.match(info) if info else not is_underline):
                opening = None if opening and fence.closes(opening) else fence
                yield fence
        elif opening and opening.info and line.rstrip().endswith(opening.mark):
            yield _Fence(start, end, opening.mark, "")
            opening = None
        before = line


def _code_before(text: str, start: int, end: int) -> int:
    """Where the code begins that ends at `end`: its paragraphs, back to the last one of prose."""
    cuts = [start, *(match.end() for match in _BLANK_LINES.finditer(text, start, end)), end]
    while len(cuts) > 1 and reads_as_code(text, cuts[-2], cuts[-1]):
        cuts.pop()
    return cuts[-1]


def _code_after(text: str, start: int, end: int) -> int:
    """Where the code ends that begins at `start` and never closes: before the first prose."""
    begin = start
    for match in _BLANK_LINES.finditer(text, start, end):
        if reads_as_prose(text, begin, match.start()):
            return begin
        begin = match.end()
    return begin if reads_as_prose(text, begin, end) else end
