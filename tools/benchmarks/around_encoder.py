"""Tokens a second around the encoder, which gives zeros here: `... FILE`, xquad_en.jsonl.gz say.

Prints tables: on one core and on two, the tokens a second of `Pruner.stream` over the questions and
contexts of the file, and on one core the share of the time of each step. With `--look-ahead`,
seconds of the real encoder on 640 pairs of mixed length over pairs and characters of a stretch,
which `LOOK_AHEAD_PAIRS` and `LOOK_AHEAD_CHARACTERS` come from.

Medians of five runs.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch
from torch import Tensor, nn

from pruning_core.encoder import EncoderOutput
from pruning_core.inference import WindowPredictor
from pruning_core.pairs import prepare
from pruning_core.pruner import Pruner
from pruning_core.torch_encoder import TorchBatchEncoder
from pruning_transformers.evaluation.report import table
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


def opened(file: Path) -> tuple[Pruner, Pairs]:
    """The built-in model, and the pairs of a file."""
    rows = read_questions(file)[:PAIRS]
    return Pruner.from_pretrained(), [(row.text, row.context) for row in rows]


def without_encoder(pruner: Pruner) -> Pruner:
    return Pruner(Zeros(), pruner.tokenizer, pruner.config)


def tokens_a_second(file: Path, cores: list[int]) -> float:
    """Of whole pairs, the query and the special tokens included; in a process of its own, since
    tokenizers keeps the threads that it starts first.
    """
    os.sched_setaffinity(0, cores)
    torch.set_num_threads(len(cores))
    real, pairs = opened(file)
    pruner = without_encoder(real)
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
    predictor = WindowPredictor(
        encoder=TorchBatchEncoder(pruner.encoder), pad_token_id=0, token_budget=1024
    )
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
    return {name: round(value / whole, 3) for name, value in seconds.items()}


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
    cores = sorted(os.sched_getaffinity(0))
    speeds = {}
    for name, count in {"one core": 1, "two cores": 2}.items():
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            found = process.submit(tokens_a_second, options.file, cores[:count])
            speeds[name] = found.result()
    print(table(["", "tokens a second"], [(n, f"{value:,}") for n, value in speeds.items()]))
    real, pairs = opened(options.file)
    shares = steps(without_encoder(real), pairs)
    print("\n" + table(["step", "share of one core"], shares.items()))
    if options.look_ahead:
        os.sched_setaffinity(0, set(cores))
        seconds = look_ahead(real, [*pairs, *((q, t * 2) for q, t in pairs)])
        print("\n" + table(["stretch", "seconds"], seconds.items()))


if __name__ == "__main__":
    main()
