"""New weights, drawn as transformers draws them."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

MODERNBERT_OUT = (".Wo", ".head.dense")
"""Layers of ModernBERT whose standard deviation shrinks with the number of layers."""


@torch.no_grad()
def initialize(encoder: nn.Module, config: Mapping[str, Any]) -> None:
    """Draw the weights of an encoder and its heads anew.

    Matrices and embeddings have the standard deviation `initializer_range` (0.02), biases and the
    embedding of padding are 0, norms are the identity; ModernBERT's are cut off, and smaller where
    a layer adds to the residual stream.

    Args:
        encoder: a backbone with its heads.
        config: the backbone's Hugging Face configuration.
    """
    std = config.get("initializer_range") or 0.02
    is_modernbert = config.get("model_type") == "modernbert"
    for name, module in encoder.named_modules():
        if not isinstance(module, nn.Linear | nn.Embedding):
            continue
        if is_modernbert and not name.startswith("pruning_head"):
            _truncated(module.weight, _modernbert_std(name, std, config), config)
        else:
            nn.init.normal_(module.weight, std=std)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
        if isinstance(module, nn.Embedding) and module.padding_idx is not None:
            module.weight[module.padding_idx] = 0


def _modernbert_std(name: str, std: float, config: Mapping[str, Any]) -> float:
    if name.endswith(".classifier"):
        return 1 / math.sqrt(config["hidden_size"])
    if name.endswith(MODERNBERT_OUT):
        return std / math.sqrt(2 * config["num_hidden_layers"])
    return std


def _truncated(weight: torch.Tensor, std: float, config: Mapping[str, Any]) -> None:
    limit = (config.get("initializer_cutoff_factor") or 2.0) * std
    nn.init.trunc_normal_(weight, std=std, a=-limit, b=limit)
