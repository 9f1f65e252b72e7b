"""Tokens a second around the encoder, which gives zeros here: `... FILE`, xquad_en.jsonl.gz say.

Prints JSON: on one core and on two, the tokens a second of `Pruner.stream` over the questions and
contexts of the file, and on one core the share of the time of each step. With `--look-ahead`,
seconds of the real encoder on 640 pairs of mixed length over pairs and characters of a stretch,
which `LOOK_AHEAD_PAIRS` and `LOOK_AHEAD_CHARACTERS` come from.

Medians of five runs.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from torch import Tensor, nn

from pruning_core.encoder import EncoderOutput
from pruning_core.inference import WindowPredictor
from pruning_core.pairs import prepare
from pruning_core.pruner import Pruner
from pruning_transformers.questions import read_questions
from tools.benchmarks.timing import alternate

RUNS = 5
PAIRS = 320
Pairs = list[tuple[str, str]]


class Zeros(nn.Module):
    """An encoder that takes no time."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, input_ids: Tensor, **_: object) -> EncoderOutput:
        return EncoderOutput(
            pruning_logits=torch.zeros(*input_ids.shape, 2),
            ranking_logits=torch.zeros(len(input_ids), 1),
        )


def median(work: Callable[[], object]) -> float:
    """Seconds of a run."""
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def tokens_a_second(pruner: Pruner, pairs: Pairs, cores: Iterable[int]) -> float:
    """Of whole pairs, the query and the special tokens included."""
    os.sched_setaffinity(0, set(cores))
    windows = [
        pair.length(window)
        for pair in prepare(pairs, pruner.tokenizer, pruner.config)
        for window in pair.windows
    ]
    return round(sum(windows) / median(lambda: list(pruner.stream(pairs))))


def steps(pruner: Pruner, pairs: Pairs) -> dict[str, float]:
    """The share of each step on one core, one after the other."""
    os.sched_setaffinity(0, {0})
    split, config, tokenizer = pruner.splitter, pruner.config, pruner.tokenizer
    texts = [text for _, text in pairs]
    known = {text: split(text) for text in texts}
    prepared = prepare(pairs, tokenizer, config)
    predictor = WindowPredictor(encoder=pruner.encoder, pad_token_id=0, token_budget=1024)
    seconds = {
        "split": median(lambda: [split(text) for text in texts]),
        "tokenize": median(
            lambda: tokenizer.encode_batch(texts, add_special_tokens=False),
        ),
        "plan": median(lambda: prepare(pairs, tokenizer, config, lambda text: known[text])),
        "batch": median(lambda: predictor.predict(prepared)),
        "all": median(lambda: list(pruner.stream(pairs))),
    }
    seconds["plan"] -= seconds["tokenize"]
    whole = seconds.pop("all")
    seconds["select"] = whole - sum(seconds.values())
    return {name: round(value / whole, 2) for name, value in seconds.items()}


def look_ahead(pruner: Pruner, pairs: Pairs) -> dict[str, float]:
    runs: dict[str, Callable[[], object]] = {}
    for count in (16, 64, 256, 1024):
        for characters in (65_536, 262_144, 1_048_576):

            def run(count: int = count, characters: int = characters) -> None:
                options = {"look_ahead_pairs": count, "look_ahead_characters": characters}
                list(pruner.stream(pairs, **options))

            runs[f"{count} pairs, {characters} characters"] = run
    return alternate(runs, 3)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--look-ahead", action="store_true")
    options = parser.parse_args()
    rows = read_questions(options.file)[:PAIRS]
    pairs = [(row.text, row.context) for row in rows]
    real = Pruner.from_pretrained()
    pruner = Pruner(Zeros(), real.tokenizer, real.config)
    cores = sorted(os.sched_getaffinity(0))
    report: dict[str, object] = {
        "tokens_a_second": {
            "one core": tokens_a_second(pruner, pairs, cores[:1]),
            "two cores": tokens_a_second(pruner, pairs, cores[:2]),
        },
        "share": steps(pruner, pairs),
    }
    if options.look_ahead:
        os.sched_setaffinity(0, set(cores))
        report["look_ahead"] = look_ahead(real, [*pairs, *((q, t * 2) for q, t in pairs)])
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
