"""Files and standard input -> documents: texts, or values of JSON."""

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pruning_core.cli.json_inputs import TEXT_KEYS, look
from pruning_core.json_lines import JsonLine
from pruning_core.text_lines import LATIN1, UTF16, DamageError, text_lines, undecodable

QUERY_KEYS = ("query", "question")
ENDINGS = (".jsonl", ".ndjson")


@dataclass(frozen=True)
class InputDocument:
    """A document to work on; `error` says why it could not be read."""

    name: str
    text: str = ""
    query: str | None = None
    error: str | None = None


def read_documents(
    files: Sequence[str],
    input_format: str,
    say: Callable[[str], object] = lambda text: None,
    advance: Callable[[int], object] = lambda size: None,
) -> Iterator[InputDocument]:
    """Read `files`, or standard input when there are none or where one is `-`.

    Lines of JSON are read one by one, as they are asked for.

    Args:
        files: names.
        input_format: text, jsonl or auto (by the name's ending, and by the content).
        say: called with a line on every input that is no plain text, once it is read.
        advance: called with the bytes that were read.
    """
    for file in files or ["-"]:
        name = "<stdin>" if file == "-" else file
        is_lines = file.lower().removesuffix(".gz").endswith(ENDINGS)
        try:
            with _opened(file) as data:
                lines = text_lines(data, advance)
                if input_format == "text":
                    yield _text(name, "".join(lines))
                    continue
                content = look(lines, name, is_lines=is_lines or input_format == "jsonl")
                if content.values is None:
                    if content.kind:
                        say(f"{name}: {content.kind}")
                    yield _text(name, content.text)
                else:
                    yield from _documents(name, content.kind, content.values, say)
        except (OSError, DamageError) as error:
            yield InputDocument(name, error=str(error))


def size_of(files: Sequence[str]) -> int | None:
    """The bytes of all files; None where one is no file, such as standard input."""
    paths = [Path(file) for file in files]
    if not paths or not all(path.is_file() for path in paths):
        return None
    return sum(path.stat().st_size for path in paths)


def _opened(file: str) -> AbstractContextManager[io.BufferedIOBase]:
    if file != "-":
        return Path(file).open("rb")
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return nullcontext(cast("io.BufferedIOBase", sys.stdin.buffer))


def _text(name: str, text: str) -> InputDocument:
    error = undecodable(text)
    if text.count("\0") > len(text) // 3 or (error and "\0" in text):
        what = f"no text, or UTF-16: {error}" if error else UTF16
        return InputDocument(name, error=what)
    if error:
        return InputDocument(name, error=f"{error}; {LATIN1}")
    return InputDocument(name, text)


def _documents(
    name: str, kind: str, values: Iterable[JsonLine], say: Callable[[str], object]
) -> Iterator[InputDocument]:
    """The documents of values, and at the end a word on how many they were."""
    count = 0
    for row in values:
        document = _document(row)
        count += document.error is None
        yield document
    remedy = "" if count else "; `--input-format text` reads it as one text"
    say(f"{name}: {kind}, {count} document{'' if count == 1 else 's'}{remedy}")


def _document(row: JsonLine) -> InputDocument:
    """A string is a text; an object has one under `TEXT_KEYS`, and perhaps a query and an id.

    Of several keys the first counts that is neither null nor empty.
    """
    if row.error is not None:
        return InputDocument(row.place, error=row.error)
    if isinstance(row.value, str):
        return InputDocument(row.place, row.value)
    data = row.value if isinstance(row.value, Mapping) else {}
    text, query = _filled(data, TEXT_KEYS), _filled(data, QUERY_KEYS)
    if not isinstance(text, str):
        return InputDocument(row.place, error=f"no text under {', '.join(TEXT_KEYS)}")
    if query is not None and (not isinstance(query, str) or not query.strip()):
        return InputDocument(row.place, error="`query` must be a str that is not empty")
    return InputDocument(_name(data.get("id"), row.place), text, query)


def _filled(data: Mapping[str, object], keys: Sequence[str]) -> object:
    """The first value that is neither null nor empty; else an empty one, else None."""
    given = [data[key] for key in keys if data.get(key) is not None]
    return next((value for value in given if value != ""), given[0] if given else None)


def _name(given: object, place: str) -> str:
    """An id as text; the place where there is none."""
    if given is None or given == "":
        return place
    return given if isinstance(given, str) else json.dumps(given)
