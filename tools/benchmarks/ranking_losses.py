"""What a ranking loss does to pruning, and what keeps it; prints a table.

`python -m tools.benchmarks.ranking_losses TRAIN FILES...`: the built-in model is tuned as a
PruningCrossEncoder to rank the passages of TRAIN (a question's own against another one), by
BinaryCrossEntropyLoss alone, with the backbone frozen, and with PruningDistillationLoss; then
each is measured on FILES. `--steps` batches of 16 pairs.
"""

import argparse
import random
import tempfile
from pathlib import Path

from datasets import Dataset
from sentence_transformers import CrossEncoderTrainer, CrossEncoderTrainingArguments
from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss

from pruning_core.builtin import BUILTIN_MODELS, DEFAULT
from pruning_crossencoder import PruningCrossEncoder
from pruning_crossencoder.losses import PruningDistillationLoss
from pruning_transformers.evaluation.report import ALL, evaluate, table
from pruning_transformers.evaluation.systems import open_system
from pruning_transformers.questions import read_questions

WAYS = ("ranking loss alone", "backbone frozen", "distillation")
BATCH = 16


def pairs(path: Path, count: int) -> Dataset:
    """Questions with their own passage, and with one of another question."""
    rng = random.Random(0)
    questions = [q for q in read_questions(path) if q.spans]
    rng.shuffle(questions)
    rows = []
    for question in questions[: count // 2]:
        other = rng.choice([q.context for q in questions[:500] if q.context != question.context])
        rows += [(question.text, question.context, 1.0), (question.text, other, 0.0)]
    rng.shuffle(rows)
    columns = zip(("query", "passage", "label"), zip(*rows, strict=True), strict=True)
    return Dataset.from_dict(dict(columns))


def tune(way: str, data: Dataset, steps: int, folder: str) -> None:
    model = PruningCrossEncoder(str(BUILTIN_MODELS[DEFAULT]), device="cpu")
    loss = BinaryCrossEntropyLoss(model)
    if way == "backbone frozen":
        model.model.backbone.base_model.requires_grad_(False)
    if way == "distillation":
        loss = PruningDistillationLoss(model, loss)
    arguments = CrossEncoderTrainingArguments(
        f"{folder}/run",
        max_steps=steps,
        per_device_train_batch_size=BATCH,
        learning_rate=5e-5,
        warmup_steps=0.1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
        seed=0,
    )
    CrossEncoderTrainer(model, arguments, train_dataset=data, loss=loss).train()
    model.save_pretrained(folder)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("train", type=Path)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--limit", type=int, default=200, help="questions of a file")
    options = parser.parse_args()
    data = pairs(options.train, options.steps * BATCH)
    with tempfile.TemporaryDirectory() as folder:
        systems = [open_system(DEFAULT, "before")]
        for way in WAYS:
            target = Path(folder, way)
            tune(way, data, options.steps, str(target))
            systems.append(open_system(str(target), way))
        report = evaluate(systems, options.files, limit=options.limit, ranking_questions=50)
    last = ALL if len(options.files) > 1 else report.pruning[0].file
    rows = []
    for system in systems:
        at = next(r for r in report.pruning if (r.system, r.file) == (system.name, last))
        ranks = [row.mrr for row in report.ranking if row.system == system.name]
        rows.append((system.name, at.at_compressions[1].retention, sum(ranks) / len(ranks)))
    print(table(["model", "retention at 0.60", "MRR@10"], rows))


if __name__ == "__main__":
    main()
