"""Speed and memory as ratios measured side by side; prints JSON.

`python -m tools.benchmarks.speed FILE` with questions and contexts, such as xquad_en.jsonl.gz:

- `pairs`: seconds for 160 pairs through `Pruner`, through `CrossEncoder.predict` at its defaults
  and through the bare backbone on the same batches, same weights, and the ratios;
- `cold`: import, load of the built-in model and first result in a new process, against
  transformers and CrossEncoder: ratios of time and of peak memory;
- `rank`: `PruningCrossEncoder.rank(prune=True)` against `CrossEncoder.rank` on one query;
- `documents`: seconds and peak memory for one document of 10 kB, 100 kB and 1 MB;
- `--budgets`: seconds for the 160 pairs over token budgets, which `TOKEN_BUDGET` comes from.

Medians of five alternating runs, two threads, float32. Needs the three packages.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch

from pruning_core.batching import TOKEN_BUDGET
from pruning_core.builtin import BUILTIN_MODELS, DEFAULT
from pruning_core.pruner import Pruner
from pruning_transformers import PruningEncoderForSequenceClassification
from pruning_transformers.questions import read_questions
from tools.benchmarks.timing import alternate, new_process, ratios

RUNS = 5
PAIRS = 160
COLD = {
    "core": """
from pruning_core import Pruner
print(Pruner.from_pretrained().prune(QUERY, TEXT).score)
""",
    "transformers": """
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(PLAIN)
model = AutoModelForSequenceClassification.from_pretrained(PLAIN, dtype=torch.float32)
with torch.inference_mode():
    print(model(**tokenizer(QUERY, TEXT, return_tensors="pt")).logits.sigmoid().item())
""",
    "crossencoder": """
import torch
from sentence_transformers import CrossEncoder
model = CrossEncoder(PLAIN, device="cpu", model_kwargs={"dtype": torch.float32})
print(model.predict([(QUERY, TEXT)])[0])
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


def pairs(queries: list[str], contexts: list[str], plain: str) -> dict[str, object]:
    from sentence_transformers import CrossEncoder

    pruner = Pruner.from_pretrained()
    other = CrossEncoder(plain, device="cpu", model_kwargs={"dtype": torch.float32})
    both = list(zip(queries, contexts, strict=True))
    seconds = alternate(
        {
            "pruner": lambda: pruner.prune_batch(queries, contexts),
            "cross_encoder": lambda: other.predict(both, show_progress_bar=False),
            "bare_backbone": bare_forward(pruner, queries, contexts),
        },
        RUNS,
    )
    scores = torch.tensor([row.score for row in pruner.prune_batch(queries, contexts)])
    difference = (scores - torch.tensor(other.predict(both))).abs().max().item()
    return {"seconds": seconds, **ratios(seconds, "pruner"), "score_difference": difference}


def rank(query: str, contexts: list[str], plain: str) -> dict[str, object]:
    from sentence_transformers import CrossEncoder

    from pruning_crossencoder import PruningCrossEncoder

    options = {"device": "cpu", "model_kwargs": {"dtype": torch.float32}}
    ours = PruningCrossEncoder(str(BUILTIN_MODELS[DEFAULT]), **options)
    theirs = CrossEncoder(plain, **options)
    seconds = alternate(
        {
            "rank_and_prune": lambda: ours.rank(query, contexts, prune=True),
            "rank": lambda: theirs.rank(query, contexts),
        },
        RUNS,
    )
    return {"seconds": seconds, **ratios(seconds, "rank_and_prune")}


def budgets(queries: list[str], contexts: list[str]) -> dict[int, float]:
    loaded = Pruner.from_pretrained()
    runs: dict[str, Callable[[], object]] = {}
    for budget in (256, 512, 768, TOKEN_BUDGET, 1536, 2048, 4096, 8192):
        pruner = Pruner(loaded.encoder, loaded.tokenizer, loaded.config, token_budget=budget)
        runs[str(budget)] = lambda pruner=pruner: pruner.prune_batch(queries, contexts)
    return {int(name): seconds for name, seconds in alternate(runs, RUNS).items()}


def cold(query: str, text: str, plain: str) -> dict[str, object]:
    memory: dict[str, float] = {}

    def run(name: str) -> None:
        memory[name] = new_process(COLD[name], query, text, plain)[1]

    seconds = alternate({name: lambda name=name: run(name) for name in COLD}, RUNS)
    return {
        "seconds": seconds,
        **ratios(seconds, "core"),
        "peak_MiB": memory,
        "memory": ratios(memory, "core"),
    }


def documents(query: str, text: str) -> dict[str, object]:
    sizes = {"10 kB": 10_000, "100 kB": 100_000, "1 MB": 1_000_000}
    rows = {name: new_process(LONG, query, text, size=size) for name, size in sizes.items()}
    return {
        name: {"seconds": float(seconds), "peak_MiB": memory}
        for name, (seconds, memory) in rows.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--budgets", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(2)
    step = max(1, len(rows := read_questions(options.file)) // PAIRS)
    chosen = rows[::step][:PAIRS]
    queries, contexts = [row.text for row in chosen], [row.context for row in chosen]
    report: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as plain:
        save_plain(plain)
        report["pairs"] = pairs(queries, contexts, plain)
        report["rank"] = rank(queries[0], contexts, plain)
        report["cold"] = cold(queries[0], contexts[0], plain)
    report["documents"] = documents(queries[0], contexts[0])
    if options.budgets:
        report["budgets"] = budgets(queries, contexts)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
