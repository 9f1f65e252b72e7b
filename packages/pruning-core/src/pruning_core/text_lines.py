"""The lines of a text file or stream: gzipped or not, UTF-8, or what a byte order mark says."""

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from typing import Any, cast

GZIP = b"\x1f\x8b"

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16's, which it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

UTF16 = "this is UTF-16; save it as UTF-8: `iconv -f UTF-16LE -t UTF-8 OLD > NEW`, or from UTF-16BE"
LATIN1 = "if it is Latin-1: `iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW`"
"""Remedies for encodings that cannot be known for certain: of UTF-16, one without a mark."""


class DamageError(ValueError):
    """A file is cut off or damaged; the text says after which line."""


def _nothing(size: int) -> None:
    pass


def text_lines(
    file: io.BufferedIOBase, advance: Callable[[int], object] = _nothing
) -> Iterator[str]:
    """Lines with their ends, of any of the three kinds, as soon as they can be read.

    `advance` is called with the bytes of the file that were read.

    A byte order mark is left out. Bytes that are not UTF-8 are in the lines as lone surrogates, by
    Python's `surrogateescape`, so that they lose no other line; `undecodable` finds them.

    Raises:
        DamageError: a gzip file or UTF-16 is cut off or damaged.
    """
    number = 0
    try:
        for line in _decoded(file, advance):
            number += 1
            yield line
    except EOFError as error:
        raise DamageError(f"cut off after line {number}: copy it again") from error
    except (gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as error:
        raise DamageError(f"damaged after line {number}: {error}") from error


def undecodable(text: str) -> UnicodeDecodeError | None:
    """The first bytes of lines of `text_lines` that are not UTF-8, if there are any."""
    try:
        text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError as error:
        return error
    return None


class _Again(io.RawIOBase):
    """What was read already, and then the rest of a file."""

    def __init__(
        self, head: bytes, file: io.BufferedIOBase, advance: Callable[[int], object]
    ) -> None:
        self._head = head
        self._file = file
        self._advance = advance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._head[: len(buffer)] or self._file.read1(len(buffer))
        self._head = self._head[len(part) :]
        buffer[: len(part)] = part
        self._advance(len(part))
        return len(part)


def _decoded(file: io.BufferedIOBase, advance: Callable[[int], object]) -> io.TextIOWrapper:
    head, file = _peeked(file, advance)
    if head.startswith(GZIP):
        head, file = _peeked(cast("io.BufferedIOBase", gzip.GzipFile(fileobj=file)))
    encoding = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "utf-8")
    errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
    return io.TextIOWrapper(file, encoding, errors, newline="")


def _peeked(
    file: io.BufferedIOBase, advance: Callable[[int], object] = _nothing
) -> tuple[bytes, io.BufferedReader]:
    """The first bytes, and the whole; a pipe's own `peek` may give fewer."""
    head = file.read(len(codecs.BOM_UTF32_LE))
    return head, io.BufferedReader(_Again(head, file, advance))
