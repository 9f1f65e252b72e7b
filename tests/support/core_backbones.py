"""Tiny random pruners on each of core's backbones, and pairs for them."""

import torch

from pruning_core import EncoderConfig, Pruner, PruningEncoder
from tiny_checkpoint import tiny_config, tiny_tokenizer

SMALL = {**tiny_config().backbone_config, "max_position_embeddings": 80}
BACKBONES = {
    "bert": SMALL,
    "xlm-roberta": {**SMALL, "model_type": "xlm-roberta"},
    "modernbert": {
        **SMALL,
        "model_type": "modernbert",
        "global_attn_every_n_layers": 2,
        "local_attention": 8,
    },
    "deberta-v2": {
        **SMALL,
        "model_type": "deberta-v2",
        "relative_attention": True,
        "position_buckets": 16,
        "pos_att_type": ["p2c", "c2p"],
        "type_vocab_size": 0,
        "position_biased_input": False,
    },
}

PAIRS = [
    ("cats", "The cat is in Paris. Cats purr. " * 9),
    ("the capital of france", "Paris is the capital. A cat."),
    ("paris", ""),
    ("purr", "Cats."),
    ("a", "Of the capital of France. Is the cat in it? 1 2 3."),
]
"""Of many lengths, so that batches are padded; the first is of two windows."""


def new_pruner(backbone: str, mode: str = "reranking_pruning") -> Pruner:
    """Random weights, large enough for keep probabilities to differ."""
    config = EncoderConfig(backbone_config=BACKBONES[backbone], mode=mode, max_length=64)
    torch.manual_seed(0)
    encoder = PruningEncoder.from_config(config).eval()
    for parameter in encoder.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    return Pruner(encoder, tiny_tokenizer(), config)
