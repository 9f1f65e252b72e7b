"""The good checkpoints that every hostile folder starts from: `python -m hostile.good FOLDER`."""

import sys
from pathlib import Path

BASES = {
    "bert": ("bert", "reranking_pruning"),
    "bert-pruning-only": ("bert", "pruning_only"),
    "xlm-roberta": ("xlm-roberta", "reranking_pruning"),
    "modernbert": ("modernbert", "reranking_pruning"),
    "deberta-v2": ("deberta-v2", "reranking_pruning"),
}
"""Name -> family of the backbone, mode."""

OTHER_PROJECTS = ("provence", "xprovence", "open_provence", "zilliz", "july_2025")
"""Layouts of other projects, which core opens by name."""


def ranks(base: str) -> bool:
    return BASES.get(base, ("", "reranking_pruning"))[1] == "reranking_pruning"


def make(folder: Path) -> None:
    """Save each by the registered class: with emitted file, model card and tokenizer."""
    from pruning_transformers import PruningEncoderForSequenceClassification, PruningEncoderModel
    from published_layouts import LAYOUTS, july_2025
    from tiny_backbones import new_model

    for name, (family, mode) in BASES.items():
        cls = PruningEncoderForSequenceClassification if ranks(name) else PruningEncoderModel
        new_model(family, cls, mode=mode).save_pretrained(folder / name)
    for name, write in (LAYOUTS | {"july_2025": july_2025}).items():
        if name in OTHER_PROJECTS:
            (folder / name).mkdir()
            write(folder / name)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
