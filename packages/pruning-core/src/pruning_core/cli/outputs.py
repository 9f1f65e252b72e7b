"""Where results go: standard output, or a file whose run can be gone on with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pruning_core.cli import streams
from pruning_core.cli.targets import check_file

CHUNK = 1 << 20


@dataclass(frozen=True)
class Output:
    """Takes texts; each is on its way when `write` returns.

    `done` is the number of whole lines that an earlier run has left.
    """

    file: BinaryIO | None = None
    done: int = 0

    def write(self, text: str) -> None:
        """Write a result.

        Raises:
            OSError: the disk is full, or standard output is closed.
        """
        if self.file is None:
            streams.write(text)
            streams.finish()
        else:
            self.file.write(text.encode("utf-8", "backslashreplace"))
            self.file.flush()


@contextmanager
def opened(path: str | None, *, resume: bool) -> Iterator[Output]:
    """Standard output for None, else a new file, or, with `resume`, one to go on with.

    Of a file to go on with the last line is cut off where it is not whole.

    Raises:
        OSError: the file cannot be written.
    """
    if path is None:
        yield Output()
        return
    check_file(path)
    is_old = resume and Path(path).exists()
    with open(path, "r+b" if is_old else "wb") as file:
        done = _keep_whole_lines(file) if is_old else 0
        yield Output(file, done)


def _keep_whole_lines(file: BinaryIO) -> int:
    """Cut off what comes after the last line, and count the lines."""
    lines = end = 0
    while chunk := file.read(CHUNK):
        if found := chunk.count(b"\n"):
            lines += found
            end = file.tell() - len(chunk) + chunk.rindex(b"\n") + 1
    file.truncate(end)
    file.seek(end)
    return lines
