"""XProvence (naver/xprovence-reranker-bgem3-v1 and -v2, CC BY-NC-ND 4.0).

Source: the model cards. Not verified on published weights: the ranking head, which is decided by
the keys at hand, and the sentence rule, taken from Provence: `sentence_rule` is a setting. Queries
stay as they are, since lower case and ASCII punctuation are matters of English; `normalize_query`
is a setting too.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing

from pruning_core.config import EncoderConfig
from pruning_core.families.family import Family, KeyTable, backbone_data, names_of_code
from pruning_core.validation import check_int

NAME = "XProvence"
SHARED = (
    ("token_classifier.", "pruning_head.classifier."),
    ("roberta.embeddings.position_ids", None),
)
HEAD = KeyTable(
    (
        *SHARED,
        ("roberta.", "ranking_model.roberta."),
        ("classifier.", "ranking_model.classifier."),
    )
)
# A pooler and one linear layer compute what the ranking head's two layers do.
POOLER = KeyTable(
    (
        *SHARED,
        ("roberta.pooler.dense.", "ranking_model.classifier.dense."),
        ("classifier.", "ranking_model.classifier.out_proj."),
        ("roberta.", "ranking_model.roberta."),
    )
)


def recognise(data: Mapping[str, Any], folder: Path) -> bool:
    """By the names of its classes."""
    return NAME in names_of_code(data)


def config(data: Mapping[str, Any], folder: Path) -> EncoderConfig:
    """Their config.json is that of the backbone; positions begin after the padding token's."""
    positions = check_int(
        "max_position_embeddings", data.get("max_position_embeddings", 8194), minimum=8
    )
    padding = check_int("pad_token_id", data.get("pad_token_id", 1), minimum=0)
    return EncoderConfig(
        backbone_config=backbone_data(data, model_type="xlm-roberta"),
        max_length=min(8192, positions - padding - 1),
        default_threshold=0.3,
        score_activation="identity",
        sentence_rule="kept_share",
    )


def keys(names: Collection[str]) -> KeyTable:
    """With a pooler or without."""
    return POOLER if "roberta.pooler.dense.weight" in names else HEAD


def packing(tokenizer: Tokenizer) -> Tokenizer:
    """`<s> query </s> document </s>`, where XLM-RoBERTa's own template has two `</s>` between."""
    tokens = [(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")]
    if None not in dict(tokens).values():
        tokenizer.post_processor = TemplateProcessing(
            single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=tokens
        )
    return tokenizer


FAMILY = Family(name=NAME, recognise=recognise, config=config, keys=keys, packing=packing)
