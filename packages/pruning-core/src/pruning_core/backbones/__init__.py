"""Backbones in pure torch, by Hugging Face `model_type`."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from pruning_core.backbones.bert import BertConfig, BertModel, BertRanker
from pruning_core.backbones.output import BackboneOutput

__all__ = ["BackboneOutput", "build_backbone"]


def build_backbone(config: Mapping[str, Any], num_labels: int | None) -> nn.Module:
    """Build the backbone that a Hugging Face configuration describes, with new weights.

    Args:
        config: the backbone's configuration.
        num_labels: number of ranking logits; None gives the bare encoder.

    Raises:
        ValueError: there is no backbone in pure torch for this `model_type`.
    """
    model_type = config.get("model_type")
    if model_type != "bert":
        raise ValueError(
            f"`model_type` {model_type!r} has no backbone in pruning-core (it has: bert);"
            " `pip install pruning-transformers` runs every encoder of transformers"
        )
    bert = BertConfig.from_dict(config)
    return BertModel(bert) if num_labels is None else BertRanker(bert, num_labels)
