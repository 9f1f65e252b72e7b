"""Boundary F1 of `sentences.split`: `python -m tools.benchmarks.sentences FILES...`.

FILES hold contexts with their own `sentences`. A boundary is the last character of a sentence
that is not the last; rows whose `answerable` is false are left out (many are tables, without
sentences). The same for pysbd and a regular expression, in one run.
"""

import argparse
import gzip
import json
import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pysbd

from pruning_core.sentences import Span, split

STOP = re.compile(r"(?<=[.!?])\s+")


def regular_expression(text: str) -> list[Span]:
    cuts = [0, *(match.end() for match in STOP.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(cuts) if start < end]


def pysbd_splitter() -> Callable[[str], list[Span]]:
    segmenter = pysbd.Segmenter(language="en", clean=False, char_span=True)

    def run(text: str) -> list[Span]:
        starts = sorted({0, *(span.start for span in segmenter.segment(text))})
        return list(zip(starts, [*starts[1:], len(text)], strict=True))

    return run


def read_gold(path: Path) -> dict[str, set[int]]:
    """Context -> character offsets where its sentences end."""
    gold = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["answerable"]:
                at, ends = 0, []
                for sentence in map(str.strip, row["sentences"]):
                    at = row["context"].index(sentence, at) + len(sentence)
                    ends.append(at)
                gold[row["context"]] = set(ends[:-1])
    return gold


def f1(gold: dict[str, set[int]], splitter: Callable[[str], list[Span]]) -> float:
    hits = errors = 0
    for text, ends in gold.items():
        found = {start + len(text[start:end].rstrip()) for start, end in splitter(text)[:-1]}
        hits += len(found & ends)
        errors += len(found ^ ends)
    return 2 * hits / (2 * hits + errors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    splitters = {"split": split, "pysbd": pysbd_splitter(), "regex": regular_expression}
    for path in options.files:
        gold = read_gold(path)
        for name, splitter in splitters.items():
            began = time.perf_counter()
            score = f1(gold, splitter)
            seconds = time.perf_counter() - began
            print(f"{path.name.split('.')[0]:12} {name:6} F1 {score:.4f}  {seconds:7.3f} s")


if __name__ == "__main__":
    main()
