"""JSON lines, plain or gzipped: each line with its place, what is wrong with its remedy."""

import codecs
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

_GZIP = b"\x1f\x8b"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_json_lines(path: Path) -> Iterator[tuple[str, object]]:
    """Read `(place, value)` of each line that is not blank; a place is `FILE:LINE`.

    Lines end in any of the three ways, a byte order mark is left out, and gzip is known by its
    first bytes. JSON is strict: no key twice in an object, no NaN.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line is not UTF-8 or not JSON, or a gzip file is damaged.
    """
    number = 0
    try:
        with _open(path) as file:
            for number, raw in enumerate(_lines(file), 1):
                line = raw.removeprefix(codecs.BOM_UTF8)
                if line.strip():
                    place = f"{path}:{number}"
                    yield place, _value(_text(line, place), place)
    except EOFError as error:
        raise ValueError(f"{path} is cut off after line {number}: copy it again") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged after line {number}: {error}") from error


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        is_gzip = file.read(len(_GZIP)) == _GZIP
    return cast("BinaryIO", gzip.open(path)) if is_gzip else path.open("rb")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    for part in file:
        yield from part.splitlines()  # of bytes: at \n, \r\n and \r alone


def _text(line: bytes, place: str) -> str:
    if line.startswith(_UTF16) or b"\0" in line:
        remedy = "save it as UTF-8: `iconv -f UTF-16 -t UTF-8 OLD > NEW`"
        raise ValueError(f"{place}: this is UTF-16; {remedy}")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        text = f"not UTF-8 ({error.reason} at byte {error.start} of the line)"
        remedy = "if it is Latin-1: `iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW`"
        raise ValueError(f"{place}: {text}; {remedy}") from error


def _value(text: str, place: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{place}: not JSON: {error}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in an object")
    return data


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")
