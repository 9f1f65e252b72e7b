"""A tiny pruner with random weights, its configuration and its tokenizer."""

import string

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from pruning_core import EncoderConfig, Pruner, PruningEncoder

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = ("the", "a", "of", "is", "in", "paris", "france", "capital", "cat", "cats", "purr")


def tiny_tokenizer() -> Tokenizer:
    """A lower-casing WordPiece tokenizer over ASCII and a few words."""
    characters = string.ascii_lowercase + string.digits + string.punctuation
    pieces = [*SPECIALS, *characters, *(f"##{c}" for c in characters), *WORDS]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")],
    )
    return tokenizer


def tiny_config(**changes: object) -> EncoderConfig:
    """Two layers, 32 wide, windows of 64 tokens."""
    backbone = {
        "model_type": "bert",
        "vocab_size": tiny_tokenizer().get_vocab_size(),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": 64,
        "pad_token_id": 0,
    }
    values = {"backbone_config": backbone, "max_length": 64, **changes}
    return EncoderConfig(**values)  # type: ignore[arg-type]


def tiny_pruner(*, seed: int = 0, **changes: object) -> Pruner:
    """A pruner with random weights, large enough for keep probabilities to differ."""
    config = tiny_config(**changes)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        encoder = PruningEncoder.from_config(config)
        for parameter in encoder.parameters():
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=0.3)
    return Pruner(encoder, tiny_tokenizer(), config)
