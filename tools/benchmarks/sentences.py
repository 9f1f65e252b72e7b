"""`sentences.split` next to pysbd and a regex: `python -m tools.benchmarks.sentences FILES...`.

Files of questions (`context` with its own `sentences`): boundary F1, and the best of three times.
A boundary is the last character of a sentence that is not the last; rows whose `answerable` is
false are left out (many are tables, without sentences). Files of cases (`text`, `sentences`,
`kind`, `lang`): how many of each kind come out as they should, white space at the ends aside;
`--wrong` lists those that do not.
"""

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pysbd  # type: ignore[import-untyped]

from pruning_core.sentences import Span, split

STOP = re.compile(r"(?<=[.!?])\s+")
NAMES = ("split", "pysbd", "regex")
Row = dict[str, Any]


def regular_expression(text: str) -> list[Span]:
    cuts = [0, *(match.end() for match in STOP.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(cuts) if start < end]


@cache
def segmenter(language: str) -> pysbd.Segmenter:
    known = language if language in pysbd.languages.LANGUAGE_CODES else "en"
    return pysbd.Segmenter(language=known, clean=False, char_span=True)


def by_pysbd(text: str, language: str = "en") -> list[Span]:
    starts = sorted({0, *(span.start for span in segmenter(language).segment(text))})
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def read_rows(path: Path) -> list[Row]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_gold(path: Path) -> dict[str, set[int]]:
    """Context -> character offsets where its sentences end."""
    gold = {}
    for row in read_rows(path):
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


def print_f1(path: Path, *, is_first: bool) -> None:
    gold = read_gold(path)
    if is_first:
        print("| file | splitter | F1 | seconds |\n| --- | --- | ---: | ---: |")
    for name, splitter in zip(NAMES, (split, by_pysbd, regular_expression), strict=True):
        seconds = []
        for _ in range(3):
            began = time.perf_counter()
            score = f1(gold, splitter)
            seconds.append(time.perf_counter() - began)
        print(f"| {path.name.split('.')[0]} | {name} | {score:.3f} | {min(seconds):.3f} |")


def pieces(row: Row, name: str) -> list[str]:
    """The sentences of a case by one of `NAMES`; pysbd is told the language."""
    text = row["text"]
    splitters = {"split": split, "regex": regular_expression}
    spans = by_pysbd(text, row["lang"]) if name == "pysbd" else splitters[name](text)
    return [text[start:end].strip() for start, end in spans]


def print_cases(rows: list[Row], *, wrong: bool) -> None:
    cases = Counter(row["kind"] for row in rows)
    right = {
        name: Counter(row["kind"] for row in rows if pieces(row, name) == row["sentences"])
        for name in NAMES
    }
    print("| kind | cases | " + " | ".join(NAMES) + " |")
    print("| --- |" + " ---: |" * (1 + len(NAMES)))
    for kind in cases:
        print(
            f"| {kind} | {cases[kind]} | " + " | ".join(str(right[n][kind]) for n in NAMES) + " |"
        )
    totals = " | ".join(str(right[name].total()) for name in NAMES)
    print(f"| all | {cases.total()} | {totals} |")
    for row in rows if wrong else ():
        if pieces(row, "split") != row["sentences"]:
            print(f"\n{row['id']} {row['kind']}\n- {pieces(row, 'split')}\n+ {row['sentences']}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list the cases that are wrong")
    options = parser.parse_args()
    for path in options.files:
        rows = read_rows(path)
        if "kind" in rows[0] and "text" in rows[0]:
            print_cases(rows, wrong=options.wrong)
        else:
            print_f1(path, is_first=path == options.files[0])


if __name__ == "__main__":
    main()
