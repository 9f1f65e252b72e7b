"""Input files of a bulk run, and the parts of its output that are done."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pruning_core.integrations import needs

with needs("ray"):
    import pyarrow as pa
    from pyarrow.fs import FileInfo, FileSelector, FileSystem, FileType, LocalFileSystem

KINDS = {".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""What files hold, by the ending of their names; of JSON lines `.gz` may follow."""

SUCCESS = "_SUCCESS"
"""The file that makes a part a finished one: what it was made from."""

PART_BYTES = 1 << 30
"""Of input in a part at most; a file that is larger is a part of its own."""


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """A file to prune.

    Attributes:
        filesystem: pyarrow's, that it lies in.
        path: in that filesystem.
        size: in bytes.
        kind: parquet or jsonl.
    """

    filesystem: FileSystem
    path: str
    size: int
    kind: str


def located(path: str) -> tuple[FileSystem, str]:
    """The filesystem of a path or URI, and the path in it.

    Raises:
        ValueError: the URI is of no filesystem that pyarrow knows.
    """
    if "://" not in path:
        return LocalFileSystem(), os.path.abspath(path)
    try:
        found: tuple[FileSystem, str] = FileSystem.from_uri(path)
    except pa.ArrowInvalid as error:
        raise ValueError(f"{path!r} cannot be opened: {error}") from error
    return found


def input_files(inputs: Iterable[str]) -> list[InputFile]:
    """All files of `inputs`, in their order; those of a folder by name, also deeper ones.

    Raises:
        FileNotFoundError: an input is missing, or a folder has no file of a kind that is read.
        ValueError: a file is of another kind, or there is more than one kind.
    """
    files = [file for path in inputs for file in _files_of(path)]
    if len({file.kind for file in files}) > 1:
        raise ValueError("`inputs` are Parquet and JSON lines; give one kind at a time")
    return files


def in_parts(files: Iterable[InputFile]) -> Iterator[list[InputFile]]:
    """Files of one filesystem that are worked on together, `PART_BYTES` or one at most."""
    part: list[InputFile] = []
    for file in files:
        size = sum(one.size for one in [*part, file])
        if part and (size > PART_BYTES or part[0].filesystem != file.filesystem):
            yield part
            part = []
        part.append(file)
    if part:
        yield part


@dataclass(frozen=True)
class BulkOutput:
    """The output folder: `part-00000` and so on, each with a `SUCCESS` file when it is done."""

    filesystem: FileSystem
    path: str

    def prepare(self, options: Mapping[str, Any], files: Iterable[InputFile]) -> list[InputFile]:
        """Remove what a run that was killed has left of a part; gives the files yet to be done.

        Raises:
            ValueError: there is something else in the folder, or a part was made with other
                options, or of a file that has changed since.
        """
        done: dict[str, int] = {}
        for entry in self._entries():
            name = entry.base_name
            if entry.type is not FileType.Directory or not name.startswith("part-"):
                raise ValueError(f"`output` has something else in it: {entry.path!r}")
            record = self._record(name)
            if record is None:
                self.filesystem.delete_dir(entry.path)
                continue
            if record["options"] != options:
                text = f"{entry.path!r} was made with other options: {record['options']}"
                raise ValueError(f"{text}; give another `output`")
            done |= record["files"]
        files = list(files)
        for file in files:
            if done.get(file.path, file.size) != file.size:
                text = f"{file.path!r} has changed since it was pruned; give another `output`"
                raise ValueError(text)
        return [file for file in files if file.path not in done]

    def new_part(self) -> str:
        """The path of the next part."""
        numbers = [int(entry.base_name.removeprefix("part-")) for entry in self._entries()]
        path = f"{self.path}/part-{max(numbers, default=-1) + 1:05}"
        self.filesystem.create_dir(path)
        return path

    def finish(self, part: str, options: Mapping[str, Any], files: Iterable[InputFile]) -> None:
        """Say that a part is done."""
        record = {"options": options, "files": {file.path: file.size for file in files}}
        with self.filesystem.open_output_stream(f"{part}/{SUCCESS}") as file:
            file.write(json.dumps(record).encode())

    def _entries(self) -> list[FileInfo]:
        selector = FileSelector(self.path, allow_not_found=True)
        found: list[FileInfo] = self.filesystem.get_file_info(selector)
        return found

    def _record(self, name: str) -> dict[str, Any] | None:
        path = f"{self.path}/{name}/{SUCCESS}"
        if self.filesystem.get_file_info(path).type is FileType.NotFound:
            return None
        with self.filesystem.open_input_stream(path) as file:
            record: dict[str, Any] = json.loads(file.read())
        return record


def _files_of(path: str) -> Iterator[InputFile]:
    filesystem, place = located(path)
    info = filesystem.get_file_info(place)
    if info.type is FileType.File:
        kind = _kind(place)
        if kind is None:
            raise ValueError(f"`inputs` must end in {', '.join(KINDS)} (or .gz), not {path!r}")
        yield InputFile(filesystem=filesystem, path=place, size=info.size, kind=kind)
        return
    if info.type is FileType.NotFound:
        raise FileNotFoundError(f"there is no {path!r}")
    found = sorted(
        filesystem.get_file_info(FileSelector(place, recursive=True)), key=lambda info: info.path
    )
    files = [
        InputFile(filesystem=filesystem, path=info.path, size=info.size, kind=kind)
        for info in found
        if info.type is FileType.File and (kind := _kind(info.path, place)) is not None
    ]
    if not files:
        raise FileNotFoundError(f"there are no files of Parquet or JSON lines in {path!r}")
    yield from files


def _kind(path: str, folder: str = "") -> str | None:
    """By its name; None also for what other programs hide, such as `_SUCCESS` or `.tmp`."""
    place = PurePosixPath(path)
    inner = place.relative_to(folder) if folder else PurePosixPath(place.name)
    if folder and any(name.startswith(("_", ".")) for name in inner.parts):
        return None
    ending = PurePosixPath(place.name.lower().removesuffix(".gz")).suffix
    if ending == ".parquet" and place.name.lower().endswith(".gz"):
        return None
    return KINDS.get(ending)
