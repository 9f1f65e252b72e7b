"""Is an input JSON, and which? By its name and by how it begins."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from pruning_core.json_lines import JsonLine, json_line, json_lines
from pruning_core.text_lines import undecodable

TEXT_KEYS = ("text", "document", "context")

LINES, ARRAY, OBJECTS = "JSON lines", "JSON array", "JSON"
AS_TEXT = f"JSON without {', '.join(TEXT_KEYS)}, read as a text"

_BLANK = re.compile(r"\s*")


@dataclass(frozen=True, kw_only=True)
class Content:
    """What an input holds: `values` of JSON, or a `text`.

    `kind` says which in words; it is empty for a plain text.
    """

    kind: str = ""
    values: Iterable[JsonLine] | None = None
    text: str = ""


def has_text(value: object) -> bool:
    """Whether a value of JSON is an object with a text."""
    return isinstance(value, Mapping) and any(isinstance(value.get(key), str) for key in TEXT_KEYS)


def look(lines: Iterator[str], name: str, *, is_lines: bool) -> Content:
    """Find out what the lines hold, reading no more of them than that takes.

    Lines of JSON are known by the first one, where it is an object with a text, or by the first
    two, where both are objects. Any other beginning may be that of an array or of objects that
    span lines, or of a text such as `[1] Smith`: all is read, and what is no JSON is a text. So is
    one object without a text: somebody's configuration.

    Args:
        lines: of `text_lines`.
        name: of the input.
        is_lines: whether they are JSON lines by name.
    """
    held: list[str] = []
    first = _next(lines, held)
    if not is_lines and not (held and held[-1].lstrip().startswith(("{", "["))):
        return Content(text="".join(chain(held, lines)))
    is_sure = first is None or (first.error is None and not isinstance(first.value, list))
    if (is_lines and is_sure) or (first and has_text(first.value)):
        return _lines(chain(held, lines), name)
    second = _next(lines, held)
    if all(row and isinstance(row.value, Mapping) for row in (first, second)):
        return _lines(chain(held, lines), name)
    held += lines
    text = "".join(held)
    found = _whole(text, name, is_lines=is_lines)
    if found is not None:
        return found
    if is_lines or (second and has_text(second.value)):
        return _lines(held, name)
    return Content(text=text)


def _lines(lines: Iterable[str], name: str) -> Content:
    return Content(kind=LINES, values=json_lines(lines, name, strict=False))


def _next(lines: Iterator[str], held: list[str]) -> JsonLine | None:
    """The next line that is not blank, or None; all that is read is held."""
    for line in lines:
        held.append(line)
        if line.strip():
            return json_line(line, "", strict=False)
    return None


def _whole(text: str, name: str, *, is_lines: bool) -> Content | None:
    """What a text is that is JSON as a whole: an array, or objects one after the other."""
    if undecodable(text):
        return None
    try:
        rows = list(_values(text, name))
    except (ValueError, RecursionError):
        return None
    values = [row.value for row in rows]
    if len(values) == 1 and isinstance(values[0], list):
        items = values[0]
        if is_lines or not items or any(isinstance(item, (Mapping, str)) for item in items):
            rows = [JsonLine(f"{name}[{index}]", item) for index, item in enumerate(items)]
            return Content(kind=ARRAY, values=rows)
    elif values and all(isinstance(value, Mapping) for value in values):
        if is_lines or any(map(has_text, values)):
            return Content(kind=OBJECTS, values=rows)
    else:
        return None
    return Content(kind=AS_TEXT, text=text)


def _values(text: str, name: str) -> Iterator[JsonLine]:
    """Values with white space between them, each with the line that it begins in."""
    decoder, number, at = json.JSONDecoder(), 1, 0
    while (start := _end_of_blank(text, at)) < len(text):
        number += text.count("\n", at, start)
        value, at = decoder.raw_decode(text, start)
        yield JsonLine(f"{name}:{number}", value)
        number += text.count("\n", start, at)


def _end_of_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
