"""Tiny checkpoints of four families, for tests where nothing of ours is installed.

`python tests/support/standalone_checkpoints.py FOLDER` writes FOLDER/NAME, and FOLDER/due/NAME.json
with the numbers that are due; FOLDER/exported, a plain ranking model; and FOLDER/paths.json, the
numbers of the examples in docs/loading.md.
"""

import argparse
import json
from pathlib import Path

import torch

from pruning_transformers import PruningEncoderForSequenceClassification, PruningEncoderModel
from tiny_backbones import FAMILIES, new_model

QUERY, DOCUMENT = "capital of france", "Paris is the capital. Cats purr. The cat is in Paris. " * 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    (folder / "due").mkdir(parents=True, exist_ok=True)
    for family in FAMILIES:
        for mode in ("reranking_pruning", "pruning_only"):
            model = new_model(family, PruningEncoderModel, mode=mode)
            name = f"{family}-{mode}".replace("-", "_")
            model.save_pretrained(folder / name)
            result = model.prune(QUERY, DOCUMENT).to_dict()
            due = {"query": QUERY, "document": DOCUMENT, "mode": mode, "result": result}
            (folder / "due" / f"{name}.json").write_text(json.dumps(due), encoding="utf-8")
    model = new_model("bert", PruningEncoderForSequenceClassification)
    model.export_ranking_model(folder / "exported")
    query, document = "What do cats do?", "Paris is a city. Cats purr."
    with torch.inference_mode():
        output = model(**model.tokenizer(query, document, return_tensors="pt"))
    due = {
        "score": model.prune(query, document).score,
        "logit": output.logits.item(),
        "keep": output.pruning_logits.softmax(-1)[..., 1].mean().item(),
    }
    (folder / "paths.json").write_text(json.dumps(due), encoding="utf-8")


if __name__ == "__main__":
    main()
