"""Files and standard input -> documents, plain text or JSON lines."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TEXT_KEYS = ("text", "document", "context")


@dataclass(frozen=True)
class InputDocument:
    """A document to work on; `error` says why it could not be read."""

    name: str
    text: str = ""
    query: str | None = None
    error: str | None = None


def read_documents(files: Sequence[str], input_format: str) -> Iterator[InputDocument]:
    """Read `files`, or standard input when there are none or where one is `-`.

    `input_format` is text, jsonl or auto (by the file's ending; text for standard input).
    """
    for file in files or ["-"]:
        name = "<stdin>" if file == "-" else file
        try:
            data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            text = data.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            yield InputDocument(name, error=str(error))
            continue
        is_lines = file.endswith((".jsonl", ".ndjson"))
        if input_format == "jsonl" or (input_format == "auto" and is_lines):
            yield from _lines(name, text)
        else:
            yield InputDocument(name, text)


def _lines(name: str, text: str) -> Iterator[InputDocument]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield InputDocument(place, error=f"not JSON: {error}")
            continue
        found = [row[key] for key in TEXT_KEYS if key in row] if isinstance(row, dict) else []
        query = row.get("query", row.get("question")) if isinstance(row, dict) else None
        if not found or not isinstance(found[0], str):
            yield InputDocument(place, error=f"no text under {', '.join(TEXT_KEYS)}")
        elif query is not None and (not isinstance(query, str) or not query.strip()):
            yield InputDocument(place, error="`query` must be a str that is not empty")
        else:
            yield InputDocument(str(row.get("id", place)), found[0], query)
