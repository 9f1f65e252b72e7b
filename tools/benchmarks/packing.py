"""Evidence that a context of so many tokens keeps: `python -m tools.benchmarks.packing FILE...`.

For each question of a file, its own passage and nine others of the file, drawn from one seed: the
share of the evidence sentences that the context holds, by `Pruner.pack` and by what is usual, to
take whole passages in rank order, each that fits. Tokens are the checkpoint's. Prints a table a
file; with `--priors`, one over exponents of the score instead, which `PRIOR` comes from.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from pruning_core.budgets import Budget
from pruning_core.labels import sentence_labels
from pruning_core.packing import PRIOR, pack
from pruning_core.pruner import Pruner
from pruning_core.results import PrunedDocument
from pruning_transformers.questions import Question, read_questions

BUDGETS = (256, 512, 1024)
OTHERS = 9
PRIORS = (0.0, 0.25, 0.5, 1.0, 2.0)
SEPARATOR = "\n\n"
SEED = 7


def drawn(path: Path, most: int) -> Iterator[tuple[Question, list[str]]]:
    """Answerable questions with ten passages, the own one first."""
    draw = random.Random(SEED)
    rows = read_questions(path)
    passages = sorted({row.context for row in rows})
    answerable = [row for row in rows if row.spans]
    for row in draw.sample(answerable, min(most, len(answerable))):
        others = draw.sample(passages, min(OTHERS + 1, len(passages)))
        yield row, [row.context, *(text for text in others if text != row.context)][: OTHERS + 1]


def whole_passages(results: Sequence[PrunedDocument], pruner: Pruner, most: int) -> set[int]:
    """The documents of a context of whole passages."""
    used, taken = 0, set()
    between = pruner.count_tokens(SEPARATOR)
    for index in sorted(range(len(results)), key=lambda i: -(results[i].score or 0)):
        size = pruner.count_tokens(results[index].original) + (between if taken else 0)
        if used + size <= most:
            used += size
            taken.add(index)
    return taken


def retention(
    found: list[tuple[Question, list[PrunedDocument]]], most: int, prior: float, pruner: Pruner
) -> tuple[float, float]:
    """Of packed contexts and of whole passages, 0 to 1."""
    ours = theirs = total = 0
    for row, results in found:
        spans = [(s.start, s.end) for s in results[0].sentences]
        evidence = {
            span
            for span, label in zip(spans, sentence_labels(spans, row.spans), strict=True)
            if label == 1
        }
        context = pack(
            results,
            Budget(max_tokens=most),
            count_tokens=pruner.count_tokens,
            separator=SEPARATOR,
            prior=prior,
        )
        kept = {(s.start, s.end) for s in context.sentences if s.index == 0}
        ours += len(evidence & kept)
        theirs += len(evidence) * (0 in whole_passages(results, pruner, most))
        total += len(evidence)
    return ours / total, theirs / total


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=100, help="questions of a file")
    parser.add_argument("--priors", action="store_true")
    options = parser.parse_args()
    pruner = Pruner.from_pretrained()
    print("| file | tokens | " + ("prior | " if options.priors else "") + "pack | passages |")
    print("| --- " * (5 if options.priors else 4) + "|")
    for path in options.files:
        found = [
            (row, pruner.prune_batch([row.text] * len(texts), texts))
            for row, texts in drawn(path, options.limit)
        ]
        for most in BUDGETS:
            for prior in PRIORS if options.priors else (PRIOR,):
                ours, theirs = retention(found, most, prior, pruner)
                middle = f"{prior} | " if options.priors else ""
                name = path.name.partition(".")[0]
                print(f"| {name} | {most} | {middle}{ours:.3f} | {theirs:.3f} |", flush=True)


if __name__ == "__main__":
    main()
