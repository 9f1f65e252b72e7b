"""Published checkpoints of other projects, by the `model_type` of their config.json.

A checkpoint's own code is never imported: a family maps its configuration and its keys to ours.
"""

from collections.abc import Mapping
from typing import Any

from pruning_core.config import EncoderConfig
from pruning_core.config_rules import MODEL_TYPE
from pruning_core.families import open_provence
from pruning_core.families.family import Family

__all__ = ["FAMILIES", "Family", "family_of", "read_config"]

FAMILIES = {family.model_type: family for family in (open_provence.FAMILY,)}


def family_of(data: Mapping[str, Any]) -> Family | None:
    """The family of a config.json; None if it is ours.

    Raises:
        ValueError: nobody knows its `model_type`.
    """
    model_type = data.get("model_type")
    if model_type in (MODEL_TYPE, *FAMILIES):
        return FAMILIES.get(str(model_type))
    known = ", ".join((MODEL_TYPE, *FAMILIES))
    raise ValueError(f"`model_type` must be one of {known}, not {model_type!r}")


def read_config(data: Mapping[str, Any]) -> EncoderConfig:
    """The configuration that a config.json describes, ours or of a family."""
    family = family_of(data)
    return EncoderConfig.from_dict(data) if family is None else family.config(data)
