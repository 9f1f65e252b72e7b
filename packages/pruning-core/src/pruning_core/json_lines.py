"""JSON lines: each line with its place, what is wrong with its remedy."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pruning_core.text_lines import LATIN1, UTF16, DamageError, text_lines, undecodable

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""A byte order mark, which is in the middle where files were put one after the other."""


@dataclass(frozen=True)
class JsonLine:
    """A value and its place, such as `FILE:LINE`; `error` says why it could not be read."""

    place: str
    value: object = None
    error: str | None = None


def read_json_lines(path: Path) -> Iterator[tuple[str, object]]:
    """Read `(place, value)` of each line of a file that is not blank; a place is `FILE:LINE`.

    JSON is strict: no key twice in an object, no NaN. For encodings and gzip see `text_lines`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line is not UTF-8 or not JSON, or the file is damaged.
    """
    try:
        with path.open("rb") as file:
            for line in json_lines(text_lines(file), str(path), strict=True):
                if line.error is not None:
                    raise ValueError(f"{line.place}: {line.error}")
                yield line.place, line.value
    except DamageError as error:
        raise ValueError(f"{path} is {error}") from error


def json_lines(lines: Iterable[str], name: str, *, strict: bool) -> Iterator[JsonLine]:
    """The values of lines of `text_lines`; a wrong line has an error, and the others follow.

    Args:
        lines: the lines; blank ones are left out.
        name: of the file.
        strict: whether a key that stands twice in an object, and NaN, are wrong.
    """
    for number, line in enumerate(lines, 1):
        if line.strip(f"{MARK} \t\r\n"):
            yield json_line(line, f"{name}:{number}", strict=strict)


def json_line(line: str, place: str, *, strict: bool) -> JsonLine:
    """The value of one line; see `json_lines`."""
    if "\0" in line:
        return JsonLine(place, error=UTF16)
    if error := undecodable(line):
        text = f"not UTF-8 ({error.reason} at byte {error.start} of the line)"
        return JsonLine(place, error=f"{text}; {LATIN1}")
    checks: dict[str, Any] = {"object_pairs_hook": _object, "parse_constant": _constant}
    try:
        value = json.loads(line.removeprefix(MARK).strip(), **(checks if strict else {}))
    except (ValueError, RecursionError) as error:
        return JsonLine(place, error=f"not JSON: {error}")
    return JsonLine(place, value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in an object")
    return data


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")
