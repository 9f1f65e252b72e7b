"""Backbones in pure torch, by Hugging Face `model_type`."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from pruning_core.backbones.bert import BertConfig, BertModel, BertRanker
from pruning_core.backbones.deberta_v2 import DebertaV2Model, DebertaV2Ranker
from pruning_core.backbones.disentangled import DebertaV2Config
from pruning_core.backbones.initialization import initialize
from pruning_core.backbones.modernbert import ModernBertConfig, ModernBertModel, ModernBertRanker
from pruning_core.backbones.output import BackboneOutput
from pruning_core.backbones.xlm_roberta import XlmRobertaModel, XlmRobertaRanker
from pruning_core.validation import shown

__all__ = ["BackboneOutput", "build_backbone", "initialize"]

BACKBONES: dict[Any, tuple[Any, Any, Any]] = {
    "bert": (BertConfig.from_dict, BertModel, BertRanker),
    "xlm-roberta": (BertConfig.from_dict, XlmRobertaModel, XlmRobertaRanker),
    "deberta-v2": (DebertaV2Config.from_dict, DebertaV2Model, DebertaV2Ranker),
    "modernbert": (ModernBertConfig.from_dict, ModernBertModel, ModernBertRanker),
}
"""`model_type` -> reader of the configuration, bare encoder, ranker."""


def build_backbone(config: Mapping[str, Any], num_labels: int | None) -> nn.Module:
    """Build the backbone that a Hugging Face configuration describes, with new weights.

    Args:
        config: the backbone's configuration.
        num_labels: number of ranking logits; None gives the bare encoder.

    Raises:
        ValueError: there is no backbone in pure torch for this `model_type`.
    """
    model_type = config.get("model_type")
    if model_type not in BACKBONES:
        raise ValueError(
            f"`model_type` {shown(model_type)} has no backbone in pruning-core (it has:"
            f" {', '.join(BACKBONES)}); `pip install pruning-transformers` runs every encoder of"
            " transformers"
        )
    read, model, ranker = BACKBONES[model_type]
    backbone: nn.Module = (
        model(read(config)) if num_labels is None else ranker(read(config), num_labels)
    )
    return backbone
