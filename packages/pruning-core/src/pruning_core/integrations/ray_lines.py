"""JSON lines in Ray Data: read as a stream, pruned, and written with all that a line had."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pruning_core.bulk import RESULTS, PruneBatches
from pruning_core.integrations import needs

with needs("ray"):
    import pyarrow as pa
    from pyarrow.fs import FileSystem
    from ray.data.block import BlockAccessor
    from ray.data.datasource import BlockBasedFileDatasink

from pruning_core.json_lines import JsonLine, json_line
from pruning_core.text_lines import DamageError, text_lines

ROWS = 1024
"""Lines that are read at once."""

LINE, PLACE, FAILED = "line", "place", "failed"
"""Columns of the blocks: a line as it is, where it stands, and whether it has an error."""


def read_lines(files: Mapping[str, Any], filesystem: FileSystem) -> Iterator[pa.Table]:
    """The lines of the files under `path` that are not blank; bytes, as they may not be UTF-8.

    Raises:
        ValueError: a file is cut off or damaged.
    """
    for path in files["path"]:
        try:
            with filesystem.open_input_stream(path, compression=None) as stream:
                rows = (
                    (line.encode("utf-8", "surrogateescape"), f"{path}:{number}")
                    for number, line in enumerate(text_lines(io.BufferedReader(stream)), 1)
                    if line.strip()
                )
                while block := list(islice(rows, ROWS)):
                    lines, places = zip(*block, strict=True)
                    yield pa.table({LINE: pa.array(lines, pa.large_binary()), PLACE: places})
        except DamageError as error:
            raise ValueError(f"{path} is {error}") from error


@dataclass(frozen=True)
class PruneLines:
    """`PruneBatches` on the blocks of `read_lines`: lines -> lines with its columns as keys.

    A line that is no object of JSON, or has a key that is added, comes out with an `error`.
    """

    prune: PruneBatches

    def __call__(self, block: pa.Table) -> pa.Table:
        places = block[PLACE].to_pylist()
        texts = (line.decode("utf-8", "surrogateescape") for line in block[LINE].to_pylist())
        rows = [
            self._object(json_line(text, place, strict=False))
            for text, place in zip(texts, places, strict=True)
        ]
        good = [row for row in rows if isinstance(row, Mapping)]
        names = (self.prune.text_column, self.prune.query_column)
        found = self.prune({name: [row.get(name) for row in good] for name in names if name})
        added = [self.prune.prefix + name for name in RESULTS]
        results = ({name: found[name][at] for name in added} for at in range(len(good)))
        error = added[RESULTS.index("error")]
        done = [
            {**dict.fromkeys(added), error: row} if isinstance(row, str) else row | next(results)
            for row in rows
        ]
        lines = [json.dumps(row, ensure_ascii=False) for row in done]
        failed = [row[error] is not None for row in done]
        return pa.table({LINE: pa.array(map(_encoded, lines), pa.large_binary()), FAILED: failed})

    def _object(self, line: JsonLine) -> dict[str, Any] | str:
        """The object of a line, or what is wrong with it."""
        if line.error is not None:
            return f"{line.place}: {line.error}"
        if not isinstance(line.value, dict):
            return f"{line.place}: not an object of JSON"
        for name in (self.prune.prefix + name for name in RESULTS):
            if name in line.value:
                return f"{line.place}: there is a key {name!r} already: give another `prefix`"
        return line.value


class LinesSink(BlockBasedFileDatasink):
    """Writes the blocks of `PruneLines`, and counts.

    Attributes:
        failed: rows with an error; known when all is written.
    """

    def __init__(self, path: str, filesystem: FileSystem, *, rows: int) -> None:
        """`rows` is the least number of rows in a file, but for the last one."""
        super().__init__(path, filesystem=filesystem, file_format="jsonl", min_rows_per_file=rows)
        self.failed = 0

    def write(self, blocks: Iterable[pa.Table], ctx: Any) -> int:
        """Write the blocks of a task, and return how many of their rows failed."""
        blocks = list(blocks)
        super().write(blocks, ctx)
        return sum(sum(BlockAccessor.for_block(b).to_arrow()[FAILED].to_pylist()) for b in blocks)

    def write_block_to_file(self, block: BlockAccessor, file: Any) -> None:
        """Write the lines of a block."""
        for line in block.to_arrow()[LINE].to_pylist():
            file.write(line + b"\n")

    def on_write_complete(self, write_result: Any) -> None:
        """Add up what the tasks have returned."""
        super().on_write_complete(write_result)
        self.failed = sum(map(int, write_result.write_returns))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")  # a lone surrogate, as JSON escapes it
