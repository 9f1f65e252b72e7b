"""OpenProvence v1 (hotchpotch/open-provence-reranker-*, MIT), and what was trained with its code,
such as zilliz/semantic-highlight-bilingual-v1 (MIT).

Source: the model cards and published config.json files. That the latter keeps the layout is not
verified on published weights: it is recognised by the fields of its config.json.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pruning_core.config import EncoderConfig
from pruning_core.config_rules import RERANKING_PRUNING
from pruning_core.families.family import Family, KeyTable, backbone_data, hidden_state
from pruning_core.validation import as_mapping

NAME = "open_provence"
HEAD = (("pruning_head.pooling_weights.", None), ("pruning_head.", "pruning_head."))
PREFIXED = KeyTable((*HEAD, ("ranking_model.", "ranking_model.")))
BARE = KeyTable((*HEAD, ("", "ranking_model.")))


def recognise(data: Mapping[str, Any], folder: Path) -> bool:
    """By `model_type`, or the fields that only it has."""
    return data.get("model_type") == NAME or {"base_model_config", "pruning_config"} <= set(data)


def config(data: Mapping[str, Any], folder: Path) -> EncoderConfig:
    """Their config.json as ours; the threshold's misspelt name wins over the right one."""
    backbone = backbone_data(data.get("base_model_config"))
    found = (data.get("default_threadshold"), data.get("default_threshold"), 0.1)
    mode = data.get("mode", RERANKING_PRUNING)
    pruning = as_mapping("pruning_config", data.get("pruning_config"))
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


def keys(names: Collection[str]) -> KeyTable:
    """Older layouts have the backbone's keys without `ranking_model.`."""
    return PREFIXED if any(name.startswith("ranking_model.") for name in names) else BARE


FAMILY = Family(name=NAME, recognise=recognise, config=config, keys=keys)
