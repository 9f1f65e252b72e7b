"""Speed and memory, measured side by side; prints tables.

`python -m tools.benchmarks.speed FILE` with questions and contexts, such as xquad_en.jsonl.gz:

- 160 pairs through `Pruner`, through `CrossEncoder.predict` at its defaults and through the bare
  backbone on the same batches, same weights;
- one query on 160 documents by `PruningCrossEncoder.rank(prune=True)` and `CrossEncoder.rank`;
- a cold start: import, load of the built-in model and first result in a new process, against
  transformers and CrossEncoder, with peak memory;
- one document of 10 kB, 100 kB and 1 MB;
- `--budgets`: the 160 pairs over token budgets, which `TOKEN_BUDGET` comes from.

Medians of five alternating runs, two threads, float32. Needs the three packages.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import torch

from pruning_core.batching import TOKEN_BUDGET
from pruning_core.builtin import BUILTIN_MODELS, DEFAULT
from pruning_core.pruner import Pruner
from pruning_transformers import PruningEncoderForSequenceClassification
from pruning_transformers.evaluation.report import table
from pruning_transformers.questions import read_questions
from tools.benchmarks.machine import machine
from tools.benchmarks.timing import alternate, new_process

RUNS = 5
PAIRS = 160
COLD = {
    "`CrossEncoder`": """
import torch
from sentence_transformers import CrossEncoder
model = CrossEncoder(PLAIN, device="cpu", model_kwargs={"dtype": torch.float32})
print(model.predict([(QUERY, TEXT)])[0])
""",
    "transformers": """
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(PLAIN)
model = AutoModelForSequenceClassification.from_pretrained(PLAIN, dtype=torch.float32)
with torch.inference_mode():
    print(model(**tokenizer(QUERY, TEXT, return_tensors="pt")).logits.sigmoid().item())
""",
    "`Pruner`": """
from pruning_core import Pruner
print(Pruner.from_pretrained().prune(QUERY, TEXT).score)
""",
}
LONG = """
from pruning_core import Pruner
pruner = Pruner.from_pretrained()
pruner.prune(QUERY, TEXT)
began = time.perf_counter()
pruner.prune(QUERY, (TEXT + " ") * (SIZE // len(TEXT)))
print(time.perf_counter() - began)
"""


def save_plain(folder: str) -> None:
    """The built-in model's ranking part as a plain classifier, in float16 as it ships."""
    model = PruningEncoderForSequenceClassification.from_pretrained(
        BUILTIN_MODELS[DEFAULT], dtype=torch.float16
    )
    model.export_ranking_model(folder)


def bare_forward(pruner: Pruner, queries: list[str], contexts: list[str]) -> Callable[[], object]:
    """The backbone alone on the batches that the pruner makes."""
    calls: list[dict[str, torch.Tensor]] = []
    hook = pruner.encoder.register_forward_pre_hook(
        lambda module, args, kwargs: calls.append(kwargs), with_kwargs=True
    )
    pruner.prune_batch(queries, contexts)
    hook.remove()

    def run() -> None:
        with torch.inference_mode():
            for call in calls:
                pruner.encoder.backbone(**call)

    return run


def timings(seconds: Mapping[str, float], memory: Mapping[str, float] | None = None) -> str:
    """A table of seconds, of their ratio to those of the first row, and of peak memory."""
    first = next(iter(seconds.values()))
    rows: list[list[object]] = []
    for name, value in seconds.items():
        size = [] if memory is None else [f"{memory[name]:.0f}"]
        rows.append([name, f"{value:.2f}", f"{value / first:.2f}", *size])
    return table(["", "seconds", "relative", *([] if memory is None else ["peak MiB"])], rows)


def pairs(queries: list[str], contexts: list[str], plain: str) -> Iterator[str]:
    from sentence_transformers import CrossEncoder

    pruner = Pruner.from_pretrained()
    other = CrossEncoder(plain, device="cpu", model_kwargs={"dtype": torch.float32})
    both = list(zip(queries, contexts, strict=True))
    seconds = alternate(
        {
            "`CrossEncoder.predict`, which ranks": lambda: other.predict(
                both, show_progress_bar=False
            ),
            "`Pruner.prune_batch`, which ranks and prunes": lambda: pruner.prune_batch(
                queries, contexts
            ),
            "the backbone alone": bare_forward(pruner, queries, contexts),
        },
        RUNS,
    )
    scores = torch.tensor([row.score for row in pruner.prune_batch(queries, contexts)])
    apart = (scores - torch.tensor(other.predict(both))).abs()
    yield f"{len(both)} pairs of a question and a passage:"
    yield timings(seconds)
    count = int((apart > 1e-5).sum())
    yield (
        f"Scores differ by more than 0.00001 for {count} pairs, by {apart.max():.3f} at most:"
        " those of over 512 tokens, which CrossEncoder cuts off."
    )


def rank(query: str, contexts: list[str], plain: str) -> Iterator[str]:
    from sentence_transformers import CrossEncoder

    from pruning_crossencoder import PruningCrossEncoder

    options = {"device": "cpu", "model_kwargs": {"dtype": torch.float32}}
    ours = PruningCrossEncoder(str(BUILTIN_MODELS[DEFAULT]), **options)
    theirs = CrossEncoder(plain, **options)
    yield f"One query and {len(contexts)} documents in sentence-transformers:"
    yield timings(
        alternate(
            {
                "`CrossEncoder.rank`": lambda: theirs.rank(query, contexts),
                "`PruningCrossEncoder.rank(prune=True)`": lambda: ours.rank(
                    query, contexts, prune=True
                ),
            },
            RUNS,
        )
    )


def budgets(queries: list[str], contexts: list[str]) -> Iterator[str]:
    loaded = Pruner.from_pretrained()
    runs: dict[str, Callable[[], object]] = {}
    for budget in (TOKEN_BUDGET, 256, 512, 768, 1536, 2048, 4096, 8192):
        pruner = Pruner(loaded.encoder, loaded.tokenizer, loaded.config, token_budget=budget)
        runs[str(budget)] = lambda pruner=pruner: pruner.prune_batch(queries, contexts)
    yield "Over token budgets, the default first:"
    yield timings(alternate(runs, RUNS))


def cold(query: str, text: str, plain: str) -> Iterator[str]:
    memory: dict[str, float] = {}

    def run(name: str) -> None:
        memory[name] = new_process(COLD[name], query, text, plain)[1]

    seconds = alternate({name: lambda name=name: run(name) for name in COLD}, RUNS)
    yield "A cold start: import, load and the first result in a new process:"
    yield timings(seconds, memory)


def documents(query: str, text: str) -> Iterator[str]:
    yield "One long document by `Pruner.prune`:"
    rows = []
    for name, size in {"10 kB": 10_000, "100 kB": 100_000, "1 MB": 1_000_000}.items():
        seconds, memory = new_process(LONG, query, text, size=size)
        rows.append((name, f"{float(seconds):.2f}", f"{memory:.0f}"))
    yield table(["document", "seconds", "peak MiB"], rows)


def tables(options: argparse.Namespace) -> Iterator[str]:
    step = max(1, len(rows := read_questions(options.file)) // PAIRS)
    chosen = rows[::step][:PAIRS]
    queries, contexts = [row.text for row in chosen], [row.context for row in chosen]
    yield f"On {machine()}; two threads, float32."
    with tempfile.TemporaryDirectory() as plain:
        save_plain(plain)
        yield from pairs(queries, contexts, plain)
        yield from rank(queries[0], contexts, plain)
        yield from cold(queries[0], contexts[0], plain)
    yield from documents(queries[0], contexts[0])
    if options.budgets:
        yield from budgets(queries, contexts)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--budgets", action="store_true")
    torch.set_num_threads(2)
    print(*tables(parser.parse_args()), sep="\n\n")


if __name__ == "__main__":
    main()
