"""Hostile headers of model.safetensors."""

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hostile.case import AGREE, HARMLESS, REFUSED, WEIGHTS, Case, Change

HEADER = "weights: header"
KINDS = (HEADER,)


def header(edit: Callable[[dict[str, Any], bytearray], object]) -> Change:
    """A change that edits the header as data, and the bytes after it."""

    def change(folder: Path) -> None:
        raw = (folder / WEIGHTS).read_bytes()
        size = struct.unpack("<Q", raw[:8])[0]
        data, rest = json.loads(raw[8 : 8 + size]), bytearray(raw[8 + size :])
        edit(data, rest)
        text = json.dumps(data).encode()
        (folder / WEIGHTS).write_bytes(struct.pack("<Q", len(text)) + text + rest)

    return change


def raw(edit: Callable[[bytes], bytes]) -> Change:
    """A change that edits the bytes of the file."""

    def change(folder: Path) -> None:
        path = folder / WEIGHTS
        path.write_bytes(edit(path.read_bytes()))

    return change


def new_header(text: bytes) -> Change:
    """A change that replaces the header's text."""

    def edit(data: bytes) -> bytes:
        size = struct.unpack("<Q", data[:8])[0]
        return struct.pack("<Q", len(text)) + text + data[8 + size :]

    return raw(edit)


def cases(good: Path) -> Iterator[Case]:
    name = "pruning_head.classifier.bias"

    def row(**values: Any) -> Change:
        return header(lambda data, rest: data[name].update(values))

    changes: dict[str, tuple[Change, str]] = {
        "dtype unknown": (row(dtype="F99"), REFUSED),
        "dtype a number": (row(dtype=5), REFUSED),
        "dtype wider": (row(dtype="F64"), REFUSED),
        "shape negative": (row(shape=[-2]), REFUSED),
        "shape huge": (row(shape=[2**62]), REFUSED),
        "shape overflows": (row(shape=[2**32, 2**32, 2]), REFUSED),
        "shape a text": (row(shape="2"), REFUSED),
        "shape of floats": (row(shape=[2.0]), REFUSED),
        "shape of 10,000 ones": (row(shape=[1] * 10_000 + [2]), REFUSED),
        "offsets reversed": (row(data_offsets=[8, 0]), REFUSED),
        "offsets past the end": (row(data_offsets=[10**9, 10**9 + 8]), REFUSED),
        "offsets huge": (row(data_offsets=[2**63, 2**63 + 8]), REFUSED),
        "offsets negative": (row(data_offsets=[-8, 0]), REFUSED),
        "offsets that overlap": (row(data_offsets=[4_096, 4_104]), REFUSED),
        "offsets missing": (header(lambda data, rest: data[name].pop("data_offsets")), REFUSED),
        "a tensor that is a list": (header(lambda data, rest: data.update({name: []})), REFUSED),
        "dtype of 4 bits": (row(dtype="F4"), REFUSED),
        "dtype of scales": (row(dtype="F8_E8M0"), REFUSED),
        "dtype in other letters": (row(dtype="f32"), REFUSED),
        "dtype null": (row(dtype=None), REFUSED),
        "shape of nothing": (row(shape=[]), REFUSED),
        "shape of no size": (row(shape=[0]), REFUSED),
        "shape null": (row(shape=None), REFUSED),
        "shape of truth": (row(shape=[True, True]), REFUSED),
        "offsets of one": (row(data_offsets=[0]), REFUSED),
        "offsets of floats": (row(data_offsets=[0.0, 8.0]), REFUSED),
        "offsets odd": (row(data_offsets=[1, 9]), REFUSED),
        "offsets of no bytes": (row(data_offsets=[0, 0]), REFUSED),
        "two tensors of the same bytes": (header(_same_bytes), REFUSED),
        "a gap between tensors": (header(_gap), REFUSED),
        "a tensor with more keys": (row(url="https://evil.example"), AGREE),
        "metadata null": (header(lambda data, rest: data.update(__metadata__=None)), AGREE),
        "metadata of 50 MB": (
            header(lambda data, rest: data["__metadata__"].update(x="x" * 50_000_000)),
            HARMLESS,
        ),
        "metadata a list": (header(lambda data, rest: data.update(__metadata__=[])), REFUSED),
        "metadata of numbers": (
            header(lambda data, rest: data.update(__metadata__={"format": 5})),
            REFUSED,
        ),
        "no metadata": (header(lambda data, rest: data.pop("__metadata__")), HARMLESS),
        "bytes that nothing names": (header(lambda data, rest: rest.extend(b"x" * 64)), REFUSED),
        "header empty": (new_header(b""), REFUSED),
        "header not JSON": (new_header(b"x" * 100), REFUSED),
        "header a list": (new_header(b"[1, 2]"), REFUSED),
        "header null": (new_header(b"null"), REFUSED),
        "header nested": (new_header(b"[" * 100_000), REFUSED),
        "header nested objects": (new_header(b'{"a":' * 100_000), REFUSED),
        "header invalid UTF-8": (new_header(b'{"\xff": 1}'), REFUSED),
        "header without tensors": (new_header(b"{}"), REFUSED),
        "header of 90 MB of blanks": (new_header(b"{" + b" " * 90_000_000 + b"}"), REFUSED),
        "a name twice": (raw(_twice), HARMLESS),
    }
    for label, size in {
        "zero": 0,
        "one": 1,
        "huge": 2**63 - 1,
        "negative": 2**64 - 1,
        "a terabyte": 10**12,
        "100 MB": 10**8,
        "one less": -1,
        "one more": 1 << 40,
    }.items():
        changes[f"header length {label}"] = (raw(lambda data, s=size: _length(data, s)), REFUSED)
    for label, (change, expect) in changes.items():
        yield Case(
            name=f"weights: {label}", kind=HEADER, change=change, expect=expect, names=(name,)
        )


def _same_bytes(data: dict[str, Any], rest: bytearray) -> None:
    """Let one tensor have the place of another of its size."""
    rows = [row for name, row in data.items() if name.endswith("query.bias")]
    rows[1]["data_offsets"] = rows[0]["data_offsets"]


def _gap(data: dict[str, Any], rest: bytearray) -> None:
    """Move everything by eight bytes that nothing names."""
    rest[:0] = bytes(8)
    for name, row in data.items():
        if name != "__metadata__":
            row["data_offsets"] = [place + 8 for place in row["data_offsets"]]


def _length(data: bytes, size: int) -> bytes:
    own = struct.unpack("<Q", data[:8])[0]
    size = own - 1 if size == -1 else own + 1 if size == 1 << 40 else size
    return struct.pack("<Q", size) + data[8:]


def _twice(data: bytes) -> bytes:
    size = struct.unpack("<Q", data[:8])[0]
    text = data[8 : 8 + size].rstrip()[:-1]
    table = json.loads(data[8 : 8 + size])
    first = next(name for name in table if name != "__metadata__")
    text += b"," + json.dumps(first).encode() + b":" + json.dumps(table[first]).encode() + b"}"
    return struct.pack("<Q", len(text)) + text + data[8 + size :]
