"""PruningEncoder folders of July 2025: the backbone and the head each in a folder of its own."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pruning_core.config import EncoderConfig
from pruning_core.families.family import Family, KeyTable, backbone_data, hidden_state

CONFIG = "pruning_encoder_config.json"
BACKBONES = {"reranking_pruning": "ranking_model", "pruning_only": "encoder_model"}


def recognise(data: Mapping[str, Any], folder: Path) -> bool:
    """By a file that no other layout has."""
    return (folder / CONFIG).is_file()


def config(data: Mapping[str, Any], folder: Path) -> EncoderConfig:
    """Their own file comes before config.json; the backbone's number of labels is the right one."""
    data = {**data, **json.loads((folder / CONFIG).read_text(encoding="utf-8"))}
    mode = data.get("mode", "reranking_pruning")
    place = folder / BACKBONES.get(mode, "ranking_model") / "config.json"
    backbone = backbone_data(json.loads(place.read_text(encoding="utf-8")))
    labels = backbone.get("num_labels") or len(backbone.get("id2label") or (0, 1))
    return EncoderConfig(
        backbone_config=backbone,
        mode=mode,
        max_length=data.get("max_length", 512),
        num_labels=labels if mode == "reranking_pruning" else 1,
        classifier_dropout=(data.get("pruning_config") or {}).get("classifier_dropout", 0.1),
        default_threshold=0.5,
        pruning_hidden_state=hidden_state(backbone, mode),
        score_activation="identity",
    )


def files(folder: Path) -> list[tuple[Path, str]]:
    """The backbone's and the head's; the head was published as a pickle."""
    head = folder / "pruning_head"
    safe = head / "model.safetensors"
    prefixes = {"ranking_model": "ranking_model.", "encoder_model": "encoder."}
    backbone = next((name for name in prefixes if (folder / name).is_dir()), "ranking_model")
    return [
        (folder / backbone / "model.safetensors", prefixes[backbone]),
        (safe if safe.is_file() else head / "pytorch_model.bin", "pruning_head."),
    ]


def keys(names: Collection[str]) -> KeyTable:
    """The prefixes of the folders are all there is."""
    return KeyTable(())


FAMILY = Family(name="July 2025", recognise=recognise, config=config, keys=keys, files=files)
