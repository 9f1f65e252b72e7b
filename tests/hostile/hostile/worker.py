"""Opens the folders of many cases by one way, each in a forked process with limits.

`python -m hostile.worker WAY GOOD WORK SHARD SHARDS [--all]` prints a JSON object a case.
"""

import argparse
import contextlib
import gc
import json
import os
import select
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from hostile import ways
from hostile.case import Case
from hostile.catalogue import select as select_cases
from hostile.good import BASES, ranks
from hostile.limits import WALL_SECONDS, Acts, confine

_OURS = (*ways.OURS, "modeling_pruning_encoder", "transformers_modules")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=ways._STEPS)
    parser.add_argument("good", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("shard", type=int)
    parser.add_argument("shards", type=int)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    chosen = select_cases(options.good, everything=options.all, only=options.only)
    ways.prepare(options.way)
    # Loaded once here, so that every process below finds its imports done.
    for base in BASES:
        warm = options.work / "warm" / "checkpoint"
        shutil.copytree(options.good / base, warm)
        for name, step in ways.steps(options.way, warm, ranks=ranks(base)):
            with contextlib.suppress(ValueError, OSError):
                step()
            del name
        shutil.rmtree(warm)
    gc.collect()
    gc.freeze()
    for case in chosen[options.shard :: options.shards]:
        if case.expected(options.way) == "skipped":
            row: dict[str, Any] = {"skipped": True}
        elif options.way == "emitted" and case.foreign_code:
            row = {"trusted": True}
        else:
            row = run(case, options.way, options.good, options.work)
        print(json.dumps({"name": case.name, "way": options.way, **row}), flush=True)  # noqa: T201


def run(case: Case, way: str, good: Path, work: Path) -> dict[str, Any]:
    """Build a case's folder, open it in a process of its own, and tell what happened."""
    place = work / case.number
    folder = place / "checkpoint"
    shutil.copytree(good / case.base, folder)
    (place / "outside").mkdir()
    scratch = place / "scratch"
    scratch.mkdir()
    try:
        case.change(folder)
    except Exception as error:
        return {"died": f"its folder cannot be made: {error!r}"}
    before = snapshot(place)
    row = _in_child(folder, way, ranks=ranks(case.base), scratch=scratch)
    after = snapshot(place)
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    row["changed"] = changed
    shutil.rmtree(place)
    return row


def snapshot(place: Path) -> dict[str, tuple[int, int, int]]:
    """Every file of a case but the scratch files."""
    found = {}
    for top, folders, files in os.walk(place):
        folders[:] = [name for name in folders if name != "scratch"]
        for name in (*folders, *files):
            path = os.path.join(top, name)
            status = os.lstat(path)
            is_folder = os.path.isdir(path) and not os.path.islink(path)
            changes = (0, 0) if is_folder else (status.st_size, status.st_mtime_ns)
            found[os.path.relpath(path, place)] = (status.st_mode, *changes)
    return found


def _in_child(folder: Path, way: str, *, ranks: bool, scratch: Path) -> dict[str, Any]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            _child(folder, way, ranks, scratch, writing)
        finally:
            os._exit(0)
    os.close(writing)
    chunks, deadline = [], time.monotonic() + WALL_SECONDS
    is_late = False
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            is_late = True
            break
        chunk = os.read(reading, 65_536)
        if not chunk:
            break
        chunks.append(chunk)
    os.close(reading)
    if is_late:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    seconds = round(usage.ru_utime + usage.ru_stime, 3)
    if is_late:
        return {"died": f"nothing after {WALL_SECONDS} s", "seconds": seconds}
    if os.WIFSIGNALED(status):
        reason = f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
        return {"died": reason, "seconds": seconds}
    try:
        row: dict[str, Any] = json.loads(b"".join(chunks))
    except ValueError:
        return {"died": "it ended without a word", "seconds": seconds}
    return row | {"seconds": seconds}


def _child(folder: Path, way: str, ranks: bool, scratch: Path, pipe: int) -> None:
    os.setpgid(0, 0)
    quiet = os.open(scratch / "output", os.O_WRONLY | os.O_CREAT)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.environ["TMPDIR"] = str(scratch)
    os.chdir(scratch)
    modules = Path(os.environ["HF_MODULES_CACHE"])
    is_emitted = way == "emitted"
    acts = Acts(
        [scratch, modules] if is_emitted else [scratch],
        [folder, modules],
        ("modeling_pruning_encoder.py", "__init__.py") if is_emitted else (),
    )
    confine(acts)
    done: list[dict[str, Any]] = []
    for name, step in ways.steps(way, folder, ranks=ranks):
        try:
            row = {"step": name, "numbers": step()}
        except BaseException as error:
            row = {"step": name, "error": _describe(error)}
        done.append(row)
        if "error" in row and name == "AutoConfig":
            break  # the models begin with it
    data = json.dumps({"steps": done, "acts": acts.seen}).encode()
    while data:
        data = data[os.write(pipe, data) :]


def _describe(error: BaseException) -> dict[str, Any]:
    frames = [
        (frame.f_code.co_filename, line, frame.f_code.co_name)
        for frame, line in traceback.walk_tb(error.__traceback__)
    ][-40:]
    message = str(error)
    return {
        "type": type(error).__name__,
        "bases": [cls.__name__ for cls in type(error).__mro__],
        "message": message[:4_000],
        "length": len(message),
        "ours": any(name in frame[0] for frame in frames for name in _OURS),
        "frames": [
            f"{'/'.join(Path(file).parts[-2:])}:{line} {name}" for file, line, name in frames[-6:]
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
