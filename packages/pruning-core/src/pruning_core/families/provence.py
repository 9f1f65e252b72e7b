"""Provence (naver/provence-reranker-debertav3-v1, CC BY-NC-ND 4.0).

Source: the model card, and the public training class for the keys. That a sentence stays by the
share of its kept tokens is not verified on published weights: `sentence_rule` is a setting.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pruning_core.config import EncoderConfig
from pruning_core.families.family import Family, KeyTable, backbone_data
from pruning_core.validation import check_int

NAME = "Provence"
TABLE = KeyTable(
    (
        ("token_classifier.", "pruning_head.classifier."),
        ("deberta.embeddings.position_ids", None),
        ("deberta.", "ranking_model.deberta."),
        ("pooler.", "ranking_model.pooler."),
        ("classifier.", "ranking_model.classifier."),
    )
)


def recognise(data: Mapping[str, Any], folder: Path) -> bool:
    """By `model_type`."""
    return data.get("model_type") == NAME


def config(data: Mapping[str, Any], folder: Path) -> EncoderConfig:
    """Their config.json is that of the backbone."""
    positions = data.get("max_position_embeddings", 512)
    return EncoderConfig(
        backbone_config=backbone_data(data, model_type="deberta-v2"),
        max_length=min(512, check_int("max_position_embeddings", positions, minimum=8)),
        default_threshold=0.1,
        score_activation="identity",
        sentence_rule="kept_share",
        normalize_query=True,
    )


def keys(names: Collection[str]) -> KeyTable:
    """One layout."""
    return TABLE


FAMILY = Family(name=NAME, recognise=recognise, config=config, keys=keys)
