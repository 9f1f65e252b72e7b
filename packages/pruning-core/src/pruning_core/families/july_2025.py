"""PruningEncoder folders of July 2025: the backbone and the head each in a folder of its own."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pruning_core.config import EncoderConfig
from pruning_core.config_rules import MODES, PRUNING_ONLY, RERANKING_PRUNING
from pruning_core.families.family import Family, KeyTable, backbone_data, hidden_state
from pruning_core.json_files import read_json
from pruning_core.validation import as_mapping, check_choice

CONFIG = "pruning_encoder_config.json"
BACKBONES = {RERANKING_PRUNING: "ranking_model", PRUNING_ONLY: "encoder_model"}


def recognise(data: Mapping[str, Any], folder: Path) -> bool:
    """By a file that no other layout has."""
    return (folder / CONFIG).is_file()


def config(data: Mapping[str, Any], folder: Path) -> EncoderConfig:
    """Their own file comes before config.json; the backbone's number of labels is the right one."""
    data = {**data, **read_json(folder / CONFIG)}
    mode = data.get("mode", RERANKING_PRUNING)
    check_choice("mode", mode, MODES)
    backbone = backbone_data(read_json(folder / BACKBONES[mode] / "config.json"))
    names = as_mapping("id2label", backbone.get("id2label"))
    labels = backbone.get("num_labels") or len(names) or 2
    pruning = as_mapping("pruning_config", data.get("pruning_config"))
    return EncoderConfig(
        backbone_config=backbone,
        mode=mode,
        max_length=data.get("max_length", 512),
        num_labels=labels if mode == RERANKING_PRUNING else 1,
        classifier_dropout=pruning.get("classifier_dropout", 0.1),
        default_threshold=0.5,
        pruning_hidden_state=hidden_state(backbone, mode),
        score_activation="identity",
    )


def parts(folder: Path) -> list[tuple[Path, str]]:
    """The backbone's folder and the head's; the head was published as a pickle."""
    prefixes = {"ranking_model": "ranking_model.", "encoder_model": "encoder."}
    backbone = next((name for name in prefixes if (folder / name).is_dir()), "ranking_model")
    return [(folder / backbone, prefixes[backbone]), (folder / "pruning_head", "pruning_head.")]


def keys(names: Collection[str]) -> KeyTable:
    """The prefixes of the folders are all there is."""
    return KeyTable(())


FAMILY = Family(name="July 2025", recognise=recognise, config=config, keys=keys, parts=parts)
