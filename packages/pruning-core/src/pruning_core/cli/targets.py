"""Places that a command writes to, looked at before the work that would be lost."""

import os
from pathlib import Path


def check_folder(path: str | Path) -> None:
    """Raise unless `path` is a folder that can be written to, or can be made.

    Raises:
        OSError: it is a file, lies in one, or may not be written to.
    """
    place = Path(path).absolute()
    while not os.path.lexists(place):
        place = place.parent
    if not place.is_dir():
        raise NotADirectoryError(f"{str(path)!r} cannot be written: {place} is not a folder")
    _check_access(path, place)


def check_file(path: str | Path) -> None:
    """Raise unless a file can be written at `path`.

    Raises:
        OSError: it is a folder, its folder is missing, or it may not be written.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} cannot be written: it is a folder")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{str(path)!r} cannot be written: {path.parent} is not a folder")
    _check_access(path, path if path.exists() else path.parent)


def _check_access(path: str | Path, place: Path) -> None:
    if not os.access(place, os.W_OK):
        raise PermissionError(f"{str(path)!r} cannot be written: no permission for {place}")
