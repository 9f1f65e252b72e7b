"""Adds the emitted modeling file to a checkpoint that core wrote."""

import shutil
from pathlib import Path

from pruning_core import checkpoint
from pruning_core.checkpoint import CONFIG
from pruning_core.json_files import read_json, write_json
from pruning_core.staging import staged
from pruning_transformers.cards import model_card
from pruning_transformers.configuration import AUTO_MAP, PruningEncoderConfig
from pruning_transformers.loading import MODEL_CARD
from pruning_transformers.released import EMITTED


def emit(folder: Path) -> None:
    """Write the modeling file, `auto_map` and, where there is none, the model card.

    Raises:
        FileNotFoundError: there is no such folder, or it has no config.json.
        ValueError: it is no checkpoint of ours.
    """
    opened = checkpoint.open(folder)
    if opened.family is not None:
        raise ValueError(
            f"{folder} is a checkpoint of {opened.family.name}; `pruning convert` makes it ours"
        )
    data = read_json(folder / CONFIG)
    with staged(folder) as draft:
        shutil.copyfile(EMITTED, draft / EMITTED.name)
        if not (folder / MODEL_CARD).exists():
            config = PruningEncoderConfig(**opened.config.to_dict())
            (draft / MODEL_CARD).write_text(model_card(config), encoding="utf-8")
        write_json(draft / CONFIG, data | {"auto_map": AUTO_MAP})
