"""Tiny checkpoints of four families, for tests where nothing of ours is installed.

`python tools/make_standalone_checkpoints.py FOLDER` writes FOLDER/NAME, and beside it NAME.json
with the numbers that are due.
"""

import argparse
import json
from pathlib import Path

from pruning_transformers import PruningEncoderModel
from tiny_backbones import FAMILIES, new_model

QUERY, DOCUMENT = "capital of france", "Paris is the capital. Cats purr. The cat is in Paris. " * 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for family in FAMILIES:
        for mode in ("reranking_pruning", "pruning_only"):
            model = new_model(family, PruningEncoderModel, mode=mode)
            name = f"{family}-{mode}".replace("-", "_")
            model.save_pretrained(folder / name)
            result = model.prune(QUERY, DOCUMENT).to_dict()
            due = {"query": QUERY, "document": DOCUMENT, "mode": mode, "result": result}
            (folder / f"{name}.json").write_text(json.dumps(due), encoding="utf-8")


if __name__ == "__main__":
    main()
