"""Hugging Face configurations -> the fields that decide the computation, checked."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pruning_core.validation import (
    as_texts,
    check_bool,
    check_int,
    check_number,
    check_share,
    check_text,
    shown,
)

SIZES = frozenset(
    "vocab_size hidden_size num_hidden_layers num_attention_heads intermediate_size"
    " max_position_embeddings global_attn_every_n_layers local_attention".split()
)
"""Fields that are at least 1; other whole numbers can be -1, which is often `no limit`."""


def known_fields(cls: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a configuration that a dataclass has a field for."""
    known = {field.name for field in fields(cls)}
    return {name: value for name, value in data.items() if name in known}


def check_fields(config: Any) -> None:
    """Check the numbers, texts and truth values of a dataclass by the types of its fields.

    Raises:
        TypeError, ValueError: a field has the wrong type or value.
    """
    for field in fields(config):
        value = getattr(config, field.name)
        kinds = _kinds(field.type)
        if value is None and "None" in kinds:
            continue
        if "int" in kinds:
            check_int(field.name, value, minimum=1 if field.name in SIZES else -1)
        elif "float" in kinds:
            is_share = "dropout" in field.name
            (check_share if is_share else check_number)(field.name, value)
        elif "bool" in kinds:
            check_bool(field.name, value)
        elif "str" in kinds:
            check_text(field.name, value)
        elif isinstance(value, tuple):
            as_texts(field.name, value)
    padding = config.pad_token_id
    if padding is not None and not 0 <= padding < config.vocab_size:
        raise ValueError(f"`pad_token_id` must be in the vocabulary, not {shown(padding)}")
    if config.hidden_size % config.num_attention_heads:
        raise ValueError(
            f"`hidden_size` ({config.hidden_size}) must be a multiple of `num_attention_heads`"
            f" ({shown(config.num_attention_heads)})"
        )


def _kinds(annotation: object) -> list[str]:
    """The names of the types that a field allows, such as `int` and `None`."""
    name = annotation.__name__ if type(annotation) is type else str(annotation)
    return name.split(" | ")
