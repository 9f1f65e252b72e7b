"""Ray Data: `prune_files`, any number of files on one machine or many."""

import json
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields
from typing import Any

import torch

from pruning_core import checkpoint
from pruning_core.builtin import DEFAULT
from pruning_core.bulk import PruneBatches
from pruning_core.hub import HubOptions
from pruning_core.integrations import needs

with needs("ray"):
    import pyarrow as pa
    import pyarrow.dataset
    import pyarrow.parquet
    import ray.data
    import ray.exceptions
    from pyarrow.fs import FileSystem

    from pruning_core import bulk_tables

from pruning_core.integrations.ray_files import (
    BulkOutput,
    InputFile,
    in_parts,
    input_files,
    located,
)
from pruning_core.integrations.ray_lines import LinesSink, PruneLines, read_lines
from pruning_core.integrations.ray_session import running
from pruning_core.validation import as_texts, check_int, check_number

BATCH_ROWS, BLOCK_ROWS, FILE_ROWS = 256, 1024, 16_384
"""Rows of a call of an actor, of its task (what is lost with it), and of a file that is written."""

NOT_RECORDED = ("device", "token_budget", "cache_dir", "local_files_only", "count_tokens")
"""Options that do not say what comes out."""


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """What a run of `prune_files` did.

    Attributes:
        files: input files that it pruned.
        skipped: input files that an earlier run had pruned.
        failed: rows of `files` that have an `error`.
    """

    files: int
    skipped: int
    failed: int


def prune_files(
    inputs: Collection[str],
    output: str,
    prune: PruneBatches,
    *,
    actors: int = 1,
    cpus: int | None = None,
    gpus: float = 0,
    address: str | None = None,
    show_progress: bool | None = None,
) -> BulkResult:
    """Prune the rows of Parquet files, or of JSON lines, by a pool of actors of Ray Data.

    Rows come out with all that they had and the columns of `PruneBatches`; one that cannot be
    pruned has an `error`. Files are worked on in parts of up to 1 GiB, each a folder in `output`
    whose rows are in no order; a run that was stopped goes on after the last part it finished. An
    actor that dies is replaced, and its rows are worked on again.

    Args:
        inputs: files or folders, paths or URIs that pyarrow opens (`s3://`, `gs://`); all machines
            must see them.
        output: folder to write, a path or URI too.
        prune: the model, the columns and the options.
        actors: that each hold the model.
        cpus: of an actor, the threads of its torch; by default an equal share of this machine's,
            of a cluster that runs already 1.
        gpus: of an actor.
        address: of a cluster that runs, or `auto`; by default that of this process, or one of its
            own on this machine.
        show_progress: show Ray's bars; by default on a terminal.

    Raises:
        FileNotFoundError: an input or the model is missing.
        TypeError: an argument has the wrong type.
        ValueError: an argument has the wrong value: inputs of two kinds or without the columns, an
            output that was begun with other options, a cluster that is too small.
        RuntimeError: an actor could not work; the parts that are finished stay.

    Example:
        >>> _ = Path("pages.jsonl").write_text('{"text": "It is hot. Cats purr."}')
        >>> prune_files(["pages.jsonl"], "pruned", PruneBatches(query="What do cats do?"))
        BulkResult(files=1, skipped=0, failed=0)
    """
    check_int("actors", actors, minimum=1)
    if cpus is not None:
        check_int("cpus", cpus, minimum=1)
    check_number("gpus", gpus)
    if prune.count_tokens is not None:
        raise ValueError("`prune` must have no `count_tokens`: what it counts cannot be recorded")
    hub = {name: getattr(prune, name) for name in HubOptions.__annotations__ if name != "token"}
    if not checkpoint.is_pruning_encoder(prune.model or DEFAULT, **hub):
        raise ValueError(f"`model` {str(prune.model)!r} is no pruning encoder")
    files = input_files(as_texts("inputs", inputs))
    folder = BulkOutput(*located(output))
    options = _recorded(prune)
    waiting = folder.prepare(options, files)
    failed = 0
    session = running(actors, cpus, address=address, show_progress=show_progress)
    with session if waiting else nullcontext(1) as threads:
        pool = _Pool(actors=actors, cpus=threads, gpus=gpus)
        for part in in_parts(waiting):
            _check_columns(prune, part)
            path = folder.new_part()
            try:
                failed += _write(part, path, folder.filesystem, prune, pool)
            except ray.exceptions.RayTaskError as error:
                raise RuntimeError(f"an actor could not work: {error.cause!r}") from error
            folder.finish(path, options, part)
    return BulkResult(files=len(waiting), skipped=len(files) - len(waiting), failed=failed)


@dataclass(frozen=True, kw_only=True)
class _Pool:
    """The actors of a run."""

    actors: int
    cpus: int
    gpus: float

    def map(self, rows: ray.data.Dataset, function: Any) -> ray.data.Dataset:
        """Put batches of rows through `function` in the actors."""
        return rows.repartition(target_num_rows_per_block=BLOCK_ROWS).map_batches(
            _Actor,
            fn_constructor_args=(function, self.cpus),
            batch_size=BATCH_ROWS,
            batch_format="pyarrow",
            compute=ray.data.ActorPoolStrategy(size=self.actors),
            num_cpus=self.cpus,
            num_gpus=self.gpus,
        )


class _Actor:
    """Holds the model, which is loaded with the first batch."""

    def __init__(self, function: Any, threads: int) -> None:
        torch.set_num_threads(threads)
        self._function = function

    def __call__(self, batch: pa.Table) -> pa.Table:
        return self._function(batch)


def _write(
    part: Sequence[InputFile], path: str, target: FileSystem, prune: PruneBatches, pool: _Pool
) -> int:
    """Prune the files of a part into a folder of `target`; gives the number of rows that failed."""
    source, paths = part[0].filesystem, [file.path for file in part]
    if part[0].kind == "jsonl":
        sink = LinesSink(path, target, rows=FILE_ROWS)
        names = ray.data.from_items(
            [{"path": path} for path in paths], override_num_blocks=len(paths)
        )
        lines = names.map_batches(read_lines, fn_args=(source,), batch_size=1)
        pool.map(lines, PruneLines(prune)).write_datasink(sink)
        return sink.failed
    rows = ray.data.read_parquet(paths, filesystem=source)
    pool.map(rows, prune).write_parquet(path, filesystem=target, min_rows_per_file=FILE_ROWS)
    return _failed_in(path, target, prune.prefix + "error")


def _failed_in(path: str, filesystem: FileSystem, column: str) -> int:
    written = pa.dataset.dataset(path, filesystem=filesystem, format="parquet")
    if column not in written.schema.names:  # no file, as there were no rows
        return 0
    return int(written.count_rows(filter=pa.dataset.field(column).is_valid()))


def _check_columns(prune: PruneBatches, part: Sequence[InputFile]) -> None:
    """Raise unless all files of Parquet have the columns that are read, and none that is added."""
    for file in part:
        if file.kind == "parquet":
            given = pa.parquet.read_schema(file.path, filesystem=file.filesystem)
            try:
                bulk_tables.schema(prune, given)
            except ValueError as error:
                raise ValueError(f"{file.path}: {error}") from error


def _recorded(prune: PruneBatches) -> dict[str, Any]:
    """The options that say what comes out, as JSON has them."""
    given = {
        field.name: getattr(prune, field.name)
        for field in fields(prune)
        if field.name not in NOT_RECORDED
    }
    recorded: dict[str, Any] = json.loads(json.dumps(given, default=_plain))
    return recorded


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)
