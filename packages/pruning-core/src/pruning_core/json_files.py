"""JSON files: objects, read and written."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pruning_core.validation import shown

MOST_BYTES = 256 * 2**20
"""Eight times the largest tokenizer.json that is known."""


def read_json(path: Path) -> dict[str, Any]:
    """Read an object.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not JSON, or no object, or a key stands twice, of which readers may take
            either.
    """
    data = read_json_value(path)
    if not isinstance(data, dict):
        raise ValueError(f"{path} must hold an object, not {type(data).__name__}")
    return data


def read_json_value(path: Path) -> Any:
    """Read a file of any JSON value; see `read_json`."""
    if not path.is_file():
        raise FileNotFoundError(f"{path.parent} has no {path.name}")
    check_size(path)
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON: {error}") from error


def check_size(path: Path) -> None:
    """Raise ValueError for a file that is larger than anything of its kind."""
    if (size := path.stat().st_size) > MOST_BYTES:
        raise ValueError(f"{path} has {size} bytes, more than any such file")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {shown(key)} stands twice")
        found[key] = value
    return found


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write an object, indented."""
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
