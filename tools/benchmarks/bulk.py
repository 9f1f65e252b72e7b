"""`prune_files` with one actor and with two, of one core each: `... FILE`, xquad_en.jsonl.gz say.

Prints, for the questions and contexts of the file as Parquet, the seconds until the first batch
begins (Ray, the model), then rows and tokens a second of one actor and of two, and of
`Pruner.stream` on one core without Ray; and from the numbers of one core what 100 million such
passages take on machines of 16 cores.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import torch

from pruning_core.bulk import PruneBatches
from pruning_core.integrations.ray import prune_files
from pruning_core.pairs import prepare
from pruning_core.pruner import Pruner
from pruning_transformers.evaluation.report import table
from pruning_transformers.questions import read_questions

PASSAGES = 100_000_000
CORES, MACHINES = 16, (1, 10, 100)

Pairs = Sequence[tuple[str, str]]


def without_ray(pairs: Pairs) -> tuple[float, int]:
    """Seconds on one core, and the tokens of all windows."""
    os.sched_setaffinity(0, [0])
    torch.set_num_threads(1)
    pruner = Pruner.from_pretrained()
    prepared = prepare(pairs, pruner.tokenizer, pruner.config)
    tokens = sum(pair.length(window) for pair in prepared for window in pair.windows)
    began = time.perf_counter()
    for _ in pruner.stream(pairs, show_progress=False):
        pass
    return time.perf_counter() - began, tokens


def seconds_of(rows: pa.Table, actors: int) -> float:
    """Of a whole run, Ray's start and end included."""
    prune = PruneBatches(text_column="text", query_column="query")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        pq.write_table(rows, path)
        began = time.perf_counter()
        output = str(Path(folder) / "out")
        done = prune_files([str(path)], output, prune, actors=actors, cpus=1, show_progress=False)
        assert done.failed == 0
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--limit", type=int, help="rows")
    options = parser.parse_args()
    questions = read_questions(options.file)[: options.limit]
    pairs = [(row.text, row.context) for row in questions]
    rows = pa.table({"query": [query for query, _ in pairs], "text": [text for _, text in pairs]})
    with get_context("spawn").Pool(1) as pool:
        plain, tokens = pool.apply(without_ray, (pairs,))
    found = [("`Pruner.stream`", 1, "", len(pairs) / plain, tokens / plain)]
    for actors in (1, 2):
        start = seconds_of(rows.slice(0, actors), actors)
        seconds = seconds_of(rows, actors) - start
        found.append(("`prune_files`", actors, start, len(pairs) / seconds, tokens / seconds))
    print(table(["", "cores", "start, seconds", "rows a second", "tokens a second"], found))
    size = sum(len(text.encode()) for _, text in pairs) / len(pairs)
    print()
    print(table(["machines", "hours", "MB read a second, each"], list(estimated(found[1], size))))


def estimated(measured: Sequence[object], size: float) -> list[tuple[int, float, float]]:
    """Machines -> hours, and how fast each must read texts of `size` bytes."""
    rate = float(str(measured[3])) * CORES
    return [(n, PASSAGES / rate / n / 3600, rate * size / 1e6) for n in MACHINES]


if __name__ == "__main__":
    main()
