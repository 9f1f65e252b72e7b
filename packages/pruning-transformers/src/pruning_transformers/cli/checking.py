"""Does a checkpoint open by every path, with the same numbers?"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pruning_core import checkpoint
from pruning_transformers.released import MODELING_FILE, emitted_by

FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
TOLERANCE = 1e-5
"""Largest difference between the logits of two paths."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """The result of one path.

    Attributes:
        path: the class, and whether this package was installed.
        difference: largest difference of its logits from those of `AutoModel` with the package,
            None where there are none.
        error: why it is broken, or None.
        note: why it was not tried, or None.
    """

    path: str
    difference: float | None = None
    error: str | None = None
    note: str | None = None


def check(folder: Path, *, trust_remote_code: bool = False) -> Iterator[Check]:
    """Check the files, then every path with this package and without it.

    The modeling file runs only if a released version emits it or `trust_remote_code` is given.
    """
    checkpoint.open(folder)
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        yield Check(path="files", error=f"{folder} has no {', '.join(missing)}")
        return
    yield Check(path="files")
    reference: dict[str, list[float]] = {}
    for installed in (True, False):
        where = "with the package" if installed else "without it"
        if not installed and not (folder / MODELING_FILE).is_file():
            yield Check(path=where, error=f"no {MODELING_FILE}; `pruning emit` adds it")
            return
        if not installed and not (trust_remote_code or emitted_by(folder)):
            note = f"{MODELING_FILE} is unknown; read it, then give `--trust-remote-code`"
            yield Check(path=where, note=note)
            return
        for row in _probe(folder, installed=installed):
            path, error = f"{row['path']} {where}", row.get("error")
            numbers = {name: row[name] for name in ("pruning", "ranking") if row.get(name)}
            if row["path"] == "AutoModel" and installed:
                reference = numbers
            if error and "has no backbone in pruning-core" in error:
                yield Check(path=path, note="core has no backbone of this type")
                continue
            difference = max(
                (_apart(reference[k], v) for k, v in numbers.items() if k in reference),
                default=None,
            )
            if difference is not None and not difference <= TOLERANCE:
                error = f"logits differ by {difference:.1e}"
            yield Check(path=path, difference=difference, error=error)


def _apart(ours: list[float], theirs: list[float]) -> float:
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True))


def _probe(folder: Path, *, installed: bool) -> list[dict[str, Any]]:
    source = (Path(__file__).parent / "probe.py").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-P", "-c", source, str(folder), str(int(installed))],
            env={**os.environ, "HF_MODULES_CACHE": cache, "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode:
        reason = done.stderr.strip().splitlines() or ["no reason given"]
        rows.append({"path": "loading", "error": reason[-1]})
    return rows
