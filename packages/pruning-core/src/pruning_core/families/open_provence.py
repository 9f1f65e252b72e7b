"""OpenProvence v1 (hotchpotch/open-provence-reranker-*, MIT).

Source: the model cards and published config.json files.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pruning_core.config import EncoderConfig
from pruning_core.families.family import Family, backbone_data


def config(data: Mapping[str, Any]) -> EncoderConfig:
    """Their config.json as ours; the threshold's misspelt name wins over the right one."""
    backbone = backbone_data(data.get("base_model_config"))
    found = (data.get("default_threadshold"), data.get("default_threshold"), 0.1)
    is_modernbert = isinstance(backbone, Mapping) and backbone.get("model_type") == "modernbert"
    pruning = data.get("pruning_config") or {}
    return EncoderConfig(
        backbone_config=backbone,
        mode=data.get("mode", "reranking_pruning"),
        max_length=data.get("max_length", 512),
        num_labels=data.get("num_labels", 1),
        classifier_dropout=pruning.get("classifier_dropout", 0.1),
        default_threshold=next(value for value in found if value is not None),
        # Trained on the state before ModernBERT's last norm, which transformers then gave.
        pruning_hidden_state="pre_final_norm" if is_modernbert else "last",
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


FAMILY = Family(model_type="open_provence", config=config, rename=rename)
