"""The files of an ONNX model, which all lie in one folder.

A model file may name others that hold its tensors. Their names are read off the file, which is a
protobuf message, before ONNX Runtime opens any of them.
"""

import mmap
import os
from collections.abc import Iterator
from pathlib import Path

from pruning_core.validation import shown

MODEL, DATA = "model.onnx", "model.onnx.data"

_INSIDE = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "external data"},
}
"""Which fields of a message hold which messages, as far as they lead to tensors."""
_FIXED = {1: 8, 5: 4}
"""Bytes of the fields of a fixed size, by wire type."""


def check_model_file(path: Path) -> None:
    """Raise unless the files that a model file names lie in its folder.

    Raises:
        FileNotFoundError: there is no such file, or one that it names is missing.
        ValueError: it is no ONNX file, or names a file that is elsewhere.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path.parent} has no {path.name}")
    folder = path.parent
    # In a download of the hub every file is a link to one of its blobs.
    homes = {os.path.realpath(folder)}
    caches = [place.parent for place in folder.absolute().parents if place.name == "snapshots"]
    homes |= {os.path.realpath(cache / "blobs") for cache in caches}
    for name in sorted(_external_files(path)):
        is_plain = name not in ("", ".", "..") and not set(name) & {"/", "\\", ":", "\0"}
        if not is_plain or os.path.dirname(os.path.realpath(folder / name)) not in homes:
            raise ValueError(f"{path} names {shown(name)}, which is no file of its folder")
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder} has no {name}, which {path.name} names")


def _external_files(path: Path) -> set[str]:
    """The files that hold tensors of a model."""
    found: set[str] = set()
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        pending = [("model", data)]
        while pending:
            kind, message = pending.pop()
            for number, value in _fields(message):
                inner = _INSIDE[kind].get(number)
                if inner == "external data":
                    entry = {key: bytes(text).decode() for key, text in _fields(value)}
                    if entry.get(1) == "location":
                        found.add(entry.get(2, ""))
                elif inner is not None:
                    pending.append((inner, value))
    except (ValueError, IndexError) as error:
        raise ValueError(f"{path} is no ONNX file: {error}") from error
    return found


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Number and contents of the fields that have a length, in order."""
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        kind = key & 7
        if kind == 0:
            _, at = _number(message, at)
        elif kind in _FIXED:
            at += _FIXED[kind]
        elif kind == 2:
            size, at = _number(message, at)
            if at + size > len(message):
                raise ValueError("it is cut off")
            yield key >> 3, message[at : at + size]
            at += size
        else:
            raise ValueError(f"it has a field of type {kind}")


def _number(message: memoryview, at: int) -> tuple[int, int]:
    """The number that begins at a place, 7 bits a byte, and the place after it."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
        if shift > 63:
            raise ValueError("it has a number of more than 64 bits")
