"""OpenProvence v1 (hotchpotch/open-provence-reranker-*, MIT).

Source: the model cards and published config.json files.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pruning_core.config import EncoderConfig
from pruning_core.families.family import Family, backbone_data, hidden_state

NAME = "open_provence"


def recognise(data: Mapping[str, Any], folder: Path) -> bool:
    """By `model_type`."""
    return data.get("model_type") == NAME


def config(data: Mapping[str, Any], folder: Path) -> EncoderConfig:
    """Their config.json as ours; the threshold's misspelt name wins over the right one."""
    backbone = backbone_data(data.get("base_model_config"))
    found = (data.get("default_threadshold"), data.get("default_threshold"), 0.1)
    mode = data.get("mode", "reranking_pruning")
    pruning = data.get("pruning_config") or {}
    return EncoderConfig(
        backbone_config=backbone,
        mode=mode,
        max_length=data.get("max_length", 512),
        num_labels=data.get("num_labels", 1),
        classifier_dropout=pruning.get("classifier_dropout", 0.1),
        default_threshold=next(value for value in found if value is not None),
        pruning_hidden_state=hidden_state(backbone, mode),
        score_activation="sigmoid",
    )


def rename(names: Iterable[str]) -> dict[str, str | None]:
    """Older layouts have the backbone's keys without `ranking_model.`."""
    keys: dict[str, str | None] = {}
    for name in names:
        if name.startswith("pruning_head.pooling_weights."):
            keys[name] = None  # never used
        elif name.startswith(("ranking_model.", "pruning_head.")):
            keys[name] = name
        else:
            keys[name] = f"ranking_model.{name}"
    return keys


def files(folder: Path) -> list[tuple[Path, str]]:
    """One file, as ours."""
    return [(folder / "model.safetensors", "")]


FAMILY = Family(name=NAME, recognise=recognise, config=config, files=files, rename=rename)
