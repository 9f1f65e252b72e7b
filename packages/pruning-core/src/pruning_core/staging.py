"""Files that appear in a folder all together, or not at all."""

import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CONFIG = "config.json"
_WEIGHTS = re.compile(r"model(-\d{5}-of-\d{5})?\.safetensors(\.index\.json)?")
_one_at_a_time = threading.Lock()


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A draft of `folder`, with its name; what is written there is put in place at the end.

    An error before the end, such as a full disk, leaves `folder` as it was. So that nothing opens
    that is half old and half new, the old config.json goes first and the new one comes last: where
    a process is killed in between, there is none, and both versions lie in `.saving-*` next to the
    folder. Shards of weights that the new version does not have go too. Links are replaced, never
    followed.

    Raises:
        OSError: a file cannot be written or put in place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    real = Path(os.path.realpath(folder))
    with tempfile.TemporaryDirectory(prefix=".saving-", dir=real.parent) as place:
        draft, previous = Path(place, "new", Path(os.path.abspath(folder)).name), Path(place, "old")
        draft.mkdir(parents=True)
        yield draft
        names = sorted(
            (path.relative_to(draft) for path in draft.rglob("*") if not path.is_dir()),
            key=lambda name: str(name) == _CONFIG,
        )
        for name in names:
            _sync(draft / name)
        with _one_at_a_time, _locked(real):
            _put_in_place(names, draft, real, previous)


def _put_in_place(names: list[Path], draft: Path, folder: Path, previous: Path) -> None:
    """Move what is there out of the way, then the new files in; back again after an error."""
    is_new = any(_WEIGHTS.fullmatch(str(name)) for name in names)
    stale = [Path(n) for n in os.listdir(folder) if is_new and _WEIGHTS.fullmatch(n)]
    leaving = [*reversed(names), *(name for name in stale if name not in names)]
    out: list[Path] = []
    placed: list[Path] = []
    try:
        for name in leaving:
            for parent in reversed(name.parents[:-1]):
                if (folder / parent).is_symlink():
                    raise FileExistsError(f"{folder / parent} is a link, which is not followed")
            if os.path.lexists(folder / name):
                _move(folder / name, previous / name)
                out.append(name)
        for name in names:
            _move(draft / name, folder / name)
            placed.append(name)
    except BaseException:
        for name in placed:
            (folder / name).unlink(missing_ok=True)
        for name in reversed(out):
            _move(previous / name, folder / name)
        raise
    _sync(folder)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def _sync(path: Path) -> None:
    """Wait until a file, or a folder's list of files, is on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # where a folder cannot be opened
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other processes from putting files into the folder, where the system can."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
