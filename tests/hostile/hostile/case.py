"""A case: a good checkpoint, a change, and what every way in must make of the result."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WAYS = ("core", "registered", "emitted", "crossencoder")

SAME = "same"
"""It opens, with the numbers of the good checkpoint."""
REFUSED = "refused"
"""It is refused, by a named reason."""
HARMLESS = "harmless"
"""Either of the two."""
AGREE = "agree"
"""It may be refused; the ways that open it agree in their numbers."""
SKIPPED = "skipped"
"""Not a case for this way."""

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
TOKENIZER = "tokenizer.json"
TOKENIZER_CONFIG = "tokenizer_config.json"
MODELING = "modeling_pruning_encoder.py"
README = "README.md"
FILES = (CONFIG, WEIGHTS, TOKENIZER, TOKENIZER_CONFIG, MODELING, README)

Change = Callable[[Path], object]
"""Changes a folder in place; next to it stands an empty folder `outside`."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One hostile folder.

    Attributes:
        name: stable; where a case is named in a report.
        kind: the row of the table it is counted in.
        change: what is done to the good checkpoint.
        base: the good checkpoint.
        expect: what every way must make of it.
        by_way: where a way differs.
        names: a refusal names one of these, or a file of the checkpoint.
        foreign_code: the emitted way runs code that is not ours, since its user trusts the folder.
        tolerance: by how much numbers may differ.
        compare_scores: False where a way may give a score of another kind.
    """

    name: str
    kind: str
    change: Change
    base: str = "bert"
    expect: str = AGREE
    by_way: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    foreign_code: bool = False
    compare_scores: bool = True
    tolerance: float = 1e-4

    @property
    def number(self) -> str:
        """A short name for paths: digits alone, since transformers looks for words in paths."""
        return str(int(hashlib.sha256(self.name.encode()).hexdigest(), 16))[:12]

    def expected(self, way: str) -> str:
        return self.by_way.get(way, self.expect)


class Removed:
    """In place of a value: the key goes."""


def edit(path: Path, **values: Any) -> None:
    """Set top-level keys of a JSON file."""
    edit_at(path, (), values)


def edit_at(path: Path, place: tuple[str | int, ...], values: Mapping[str, Any]) -> None:
    """Set keys of the object at `place` of a JSON file; a key set to `Removed` goes."""
    data = json.loads(path.read_text(encoding="utf-8"))
    target = data
    for key in place:
        target = target[key]
    for key, value in values.items():
        if value is Removed:
            target.pop(key, None)
        else:
            target[key] = value
    path.write_text(json.dumps(data), encoding="utf-8")


def setting(file: str, place: tuple[str | int, ...], **values: Any) -> Change:
    """A change that sets keys of a JSON file."""
    return lambda folder: edit_at(folder / file, place, values)


def several(*changes: Change) -> Change:
    """One change after the other."""

    def change(folder: Path) -> None:
        for one in changes:
            one(folder)

    return change


def writing(file: str, contents: str | bytes) -> Change:
    """A change that writes a file, with the folders it is in."""
    data = contents.encode() if isinstance(contents, str) else contents

    def change(folder: Path) -> None:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()
        path.write_bytes(data)

    return change


def writing_json(file: str, data: Any) -> Change:
    return writing(file, json.dumps(data))


def removing(*files: str) -> Change:
    """A change that removes files."""

    def change(folder: Path) -> None:
        for file in files:
            (folder / file).unlink()

    return change


def foreign_module(file: str, then: str = "") -> Change:
    """A change that adds code with a side effect, which the limits record."""

    def change(folder: Path) -> None:
        marker = folder.parent / "outside" / "marker"
        code = f"open({str(marker)!r}, 'w').write('foreign code ran')\n{then}\n"
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")

    return change
