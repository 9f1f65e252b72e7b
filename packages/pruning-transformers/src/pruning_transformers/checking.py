"""Does a checkpoint open by every path, with the same numbers?"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pruning_transformers.configuration import MODELING_FILE
from pruning_transformers.verification import links, verify

FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
TOLERANCE = 1e-5
"""Largest difference between the logits of two paths; of their size, where that is above 1."""

TIME_LIMIT = 600.0
"""Seconds for all paths with the package, and for all without it."""

_PROBE = Path(__file__).parent / "probe.py"
_NO_BACKBONE = "has no backbone in pruning-core"


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


@dataclass(frozen=True, kw_only=True)
class _Probed:
    """A line that the probe prints: a path, with an error or the logits of one pair, flattened."""

    path: str
    error: str | None = None
    pruning: list[float] | None = None
    ranking: list[float] | None = None

    def difference(self, other: "_Probed | None") -> float | None:
        """The largest difference of the logits that both have, see `TOLERANCE`."""
        pairs: list[tuple[float, float]] = []
        for name in ("pruning", "ranking") if other else ():
            ours, theirs = getattr(self, name), getattr(other, name)
            if ours and theirs:
                pairs += zip(ours, theirs, strict=True)
        if not pairs:
            return None
        return max(abs(a - b) for a, b in pairs) / max(1.0, *(abs(a) for a, _ in pairs))


def check(
    folder: Path, *, trust_remote_code: bool = False, time_limit: float = TIME_LIMIT
) -> Iterator[Check]:
    """Check the files, then every path with this package and without it.

    What is checked is a copy, so that what was verified is what is opened.

    Args:
        folder: a checkpoint of ours.
        trust_remote_code: also run code of the checkpoint that no released version emits.
        time_limit: for the paths with the package, and for those without it, in seconds.

    Example:
        >>> [row for row in check(Path("my-pruner")) if row.error]
        []
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        yield Check(path="files", error=f"{folder} has no {', '.join(missing)}")
        return
    if found := links(folder):
        yield Check(path="files", error="; ".join(found))
        return
    yield Check(path="files")
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, "checkpoint")
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("checkpoint-*"))
        yield from _check_copy(copy, trust_remote_code, time_limit)


def _check_copy(folder: Path, trust_remote_code: bool, time_limit: float) -> Iterator[Check]:
    reference = None
    for row in _probe(folder, time_limit, installed=True):
        if row.path == "AutoModel":
            reference = row
        yield _compare(row, reference, "with the package")
    where = "without it"
    if not (folder / MODELING_FILE).is_file():
        yield Check(path=where, error=f"no {MODELING_FILE}; `pruning emit` adds it")
        return
    found = verify(folder)
    if not (trust_remote_code or found.is_ours):
        unknown = () if found.version else (f"{MODELING_FILE} is unknown",)
        reasons = "; ".join((*unknown, *found.problems))
        yield Check(path=where, note=f"{reasons}; read it, then give `--trust-remote-code`")
        return
    for row in _probe(folder, time_limit, installed=False):
        yield _compare(row, reference, where)


def _compare(row: _Probed, reference: _Probed | None, where: str) -> Check:
    path, error = f"{row.path} {where}", row.error
    if error and _NO_BACKBONE in error:
        return Check(path=path, note="core has no backbone of this type")
    difference = row.difference(reference)
    if difference is not None and not difference <= TOLERANCE:
        error = f"logits differ by {difference:.1e}"
    return Check(path=path, difference=difference, error=error)


def _probe(folder: Path, time_limit: float, *, installed: bool) -> list[_Probed]:
    """What `probe` prints in a process of its own, offline."""
    command = [sys.executable, "-P", "-c", _PROBE.read_text("utf-8"), str(folder), f"{installed:d}"]
    with tempfile.TemporaryDirectory() as cache:
        environment = {
            **os.environ,
            "HF_MODULES_CACHE": cache,
            "HF_HUB_OFFLINE": "1",
            "PYTHONIOENCODING": "utf-8",
        }
        try:
            done = subprocess.run(  # noqa: S603
                command,
                env=environment,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                timeout=time_limit,
            )
        except subprocess.TimeoutExpired:
            return [_Probed(path="loading", error=f"not done after {time_limit:g} seconds")]
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    rows = [_Probed(**json.loads(line)) for line in lines]
    if done.returncode:
        reason = done.stderr.strip().splitlines() or ["no reason given"]
        rows.append(_Probed(path="loading", error=reason[-1]))
    return rows
