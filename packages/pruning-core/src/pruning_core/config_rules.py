"""What a configuration of a pruning encoder may hold, in core and in transformers."""

from collections.abc import Mapping
from typing import Any

import torch

from pruning_core.validation import check_bool, check_choice, check_int, check_share

MODEL_TYPE = "pruning_encoder"
MODES = ("reranking_pruning", "pruning_only")
HIDDEN_STATES = ("last", "pre_final_norm")
SENTENCE_RULES = ("mean_probability", "kept_share")
NAMES_CODE = ("auto_map", "custom_pipelines", "trust_remote_code")
SCORE_ACTIVATIONS: dict[str, Any] = {"sigmoid": torch.sigmoid, "identity": torch.nn.Identity()}


def check_config(config: Any) -> None:
    """Raise TypeError or ValueError for a bad field; `backbone_config` is checked apart."""
    check_choice("mode", config.mode, MODES)
    check_choice("pruning_hidden_state", config.pruning_hidden_state, HIDDEN_STATES)
    check_choice("sentence_rule", config.sentence_rule, SENTENCE_RULES)
    check_choice("score_activation", config.score_activation, SCORE_ACTIVATIONS)
    check_bool("normalize_query", config.normalize_query)
    check_int("max_length", config.max_length, minimum=8)
    check_int("num_labels", config.num_labels, minimum=1)
    check_share("classifier_dropout", config.classifier_dropout)
    check_share("default_threshold", config.default_threshold)


def check_backbone_config(config: Any) -> None:
    """A nested config is data: nothing in it may name code or choose a private attention path."""
    if not isinstance(config, Mapping):
        raise TypeError(f"`backbone_config` must be a configuration as a mapping, not {config!r}")
    if not isinstance(config.get("model_type"), str):
        raise ValueError("`backbone_config` must name its `model_type`")
    private = [key for key in map(str, config) if key[:1] == "_" and key != "_name_or_path"]
    if unsafe := [*private, *(key for key in NAMES_CODE if key in config)]:
        raise ValueError(f"`backbone_config` must not hold {', '.join(sorted(unsafe))}")
