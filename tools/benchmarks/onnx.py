"""The built-in model in ONNX Runtime beside torch and plain rankers; prints one table.

`python -m tools.benchmarks.onnx FILES... [--limit N] [--pairs N] [--runs N] [--threads N]` with
questions and contexts: the first file gives the pairs that are timed, all of them the retention at
a compression of 0.60, the mean over files and the largest loss of one. In the table are

- 160 pairs, relative to `Pruner` in torch: medians of runs in turn, in one process;
- one document of 100 kB the same way, where a system reads one;
- a cold start: import, load and first result in a new process, in seconds, and its peak memory.

Same weights, two threads, float32 but where int8 is said. Needs the three packages and
`pruning-core[onnx]`.
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch

from pruning_core.onnx.export import export_onnx
from pruning_core.pruner import Pruner
from pruning_transformers.evaluation.data import EvaluationFile
from pruning_transformers.evaluation.metrics import at_compression
from pruning_transformers.evaluation.report import table
from pruning_transformers.evaluation.systems import PrunerSystem
from pruning_transformers.questions import read_questions
from tools.benchmarks.machine import machine
from tools.benchmarks.speed import COLD, save_plain
from tools.benchmarks.timing import alternate, new_process

COMPRESSION = 0.60
DOCUMENT = 100_000
TORCH, FLOAT32, INT8 = "`Pruner`, torch", "`Pruner`, ONNX float32", "`Pruner`, ONNX int8"
CROSS, PLAIN = "`CrossEncoder`", "transformers"
COLD_ONNX = """
from pruning_core import Pruner
print(Pruner.from_pretrained(PLAIN).prune(QUERY, TEXT).score)
"""
Pairs = list[tuple[str, str]]


def ranker(folder: str) -> Callable[[Pairs], object]:
    """The plain ranker in transformers, in padded batches of 32 as they come."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()

    def run(pairs: Pairs) -> None:
        with torch.inference_mode():
            for start in range(0, len(pairs), 32):
                queries, texts = zip(*pairs[start : start + 32], strict=True)
                batch = tokenizer(
                    queries, texts, padding=True, truncation=True, return_tensors="pt"
                )
                model(**batch).logits.sigmoid()

    return run


def times(
    pruners: Mapping[str, Pruner], plain: str, pairs: Pairs, runs: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of each system for the pairs, and for the long document."""
    from sentence_transformers import CrossEncoder

    cross = CrossEncoder(plain, device="cpu", model_kwargs={"dtype": torch.float32})
    bare = ranker(plain)
    queries, texts = zip(*pairs, strict=True)
    long = " ".join(texts)
    long = (long * (DOCUMENT // len(long) + 1))[:DOCUMENT]
    functions: dict[str, Callable[[], object]] = {
        name: lambda pruner=pruner: pruner.prune_batch(queries, texts)
        for name, pruner in pruners.items()
    }
    functions[CROSS] = lambda: cross.predict(pairs, show_progress_bar=False)
    functions[PLAIN] = lambda: bare(pairs)
    documents: dict[str, Callable[[], object]] = {
        name: lambda pruner=pruner: pruner.prune(queries[0], long)
        for name, pruner in pruners.items()
    }
    return alternate(functions, runs), alternate(documents, runs)


def cold(
    folders: Mapping[str, str], plain: str, pair: tuple[str, str], runs: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds to the first result of each system in a new process, and its peak MiB."""
    codes = {name: (COLD_ONNX, folder) for name, folder in folders.items()}
    codes |= {
        TORCH: (COLD["`Pruner`"], ""),
        CROSS: (COLD[CROSS], plain),
        PLAIN: (COLD[PLAIN], plain),
    }
    memory: dict[str, float] = {}

    def run(name: str) -> None:
        code, folder = codes[name]
        memory[name] = new_process(code, *pair, folder)[1]

    return alternate({name: lambda name=name: run(name) for name in codes}, runs), memory


def retentions(pruner: Pruner, files: Sequence[EvaluationFile]) -> list[float]:
    """Of each file at the compression."""
    system = PrunerSystem("", pruner, show_progress=False)
    return [
        at_compression(file.scored(system.sentence_scores(file)), COMPRESSION).retention
        for file in files
    ]


def measured(options: argparse.Namespace) -> str:
    """The table."""
    questions = read_questions(options.files[0])
    chosen = questions[:: max(1, len(questions) // options.pairs)][: options.pairs]
    pairs = [(question.text, question.context) for question in chosen]
    files = [EvaluationFile(file, options.limit) for file in options.files]
    with tempfile.TemporaryDirectory() as place:
        plain, folders = f"{place}/plain", {FLOAT32: f"{place}/float32", INT8: f"{place}/int8"}
        save_plain(plain)
        for name, folder in folders.items():
            export_onnx("default", folder, int8=name == INT8, force=True)
        pruners = {TORCH: Pruner.from_pretrained()}
        pruners |= {name: Pruner.from_pretrained(folder) for name, folder in folders.items()}
        short, long = times(pruners, plain, pairs, options.runs)
        seconds, memory = cold(folders, plain, pairs[0], options.runs)
        kept = {name: retentions(pruner, files) for name, pruner in pruners.items()}
    rows = []
    for name in (TORCH, FLOAT32, INT8, CROSS, PLAIN):
        document = retention = loss = "-"
        if name in kept:
            document = f"{long[name] / long[TORCH]:.2f}"
            retention = f"{sum(kept[name]) / len(files):.3f}"
            losses = [due - found for due, found in zip(kept[TORCH], kept[name], strict=True)]
            loss = f"{max(losses):.3f}"
        times_ = (f"{short[name] / short[TORCH]:.2f}", document, f"{seconds[name]:.2f}")
        rows.append((name, *times_, f"{memory[name]:.0f}", retention, loss))
    head = ["", f"{len(pairs)} pairs", "100 kB", "cold start", "peak MiB", "retention", "lost"]
    return table(head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, help="questions of a file for the retention")
    parser.add_argument("--pairs", type=int, default=160)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"On {machine()}; {options.threads} threads.\n")
    print(measured(options))


if __name__ == "__main__":
    main()
