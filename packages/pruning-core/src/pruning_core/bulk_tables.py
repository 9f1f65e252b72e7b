"""Batches that are pyarrow Tables: what is added has types, and the other columns keep theirs."""

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from pruning_core.bulk import PruneBatches

TYPES = {
    "pruned_text": pa.large_string(),
    "score": pa.float64(),
    "compression": pa.float64(),
    "kept_spans": pa.list_(pa.list_(pa.int64())),
    "warnings": pa.list_(pa.string()),
    "error": pa.string(),
}


def schema(prune: "PruneBatches", given: pa.Schema) -> pa.Schema:
    """The schema of the pruned rows of a schema.

    Raises:
        ValueError: a column is missing, or there already.
    """
    prune._check_columns(given.names)
    for name, kind in TYPES.items():
        given = given.append(pa.field(prune.prefix + name, kind))
    return given


def pruned_table(prune: "PruneBatches", table: pa.Table) -> pa.Table:
    """The table with the columns of `PruneBatches`.

    Raises:
        TypeError: it is no pyarrow Table.
        ValueError: a column is missing, or there already.
    """
    if not isinstance(table, pa.Table):
        raise TypeError(f"of pyarrow a batch must be a Table, not a {type(table).__name__}")
    wanted = schema(prune, table.schema)
    names = {prune.text_column, prune.query_column} - {None}
    found = prune({name: table[name].to_pylist() for name in names})
    added = [pa.array(found[field.name], field.type) for field in list(wanted)[table.num_columns :]]
    return pa.Table.from_arrays([*table.columns, *added], schema=wanted)
