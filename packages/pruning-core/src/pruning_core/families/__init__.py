"""Published checkpoints of other projects.

A checkpoint's own code is never imported: a family maps its configuration and its keys to ours.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pruning_core.config_rules import MODEL_TYPE
from pruning_core.families import july_2025, open_provence, provence, xprovence
from pruning_core.families.family import Family, KeyTable
from pruning_core.validation import shown

__all__ = ["FAMILIES", "Family", "KeyTable", "family_of"]

FAMILIES = (july_2025.FAMILY, open_provence.FAMILY, provence.FAMILY, xprovence.FAMILY)


def family_of(data: Mapping[str, Any], folder: Path) -> Family | None:
    """The family of a folder with the config.json `data`; None if it is ours.

    Raises:
        ValueError: nobody knows it.
    """
    found = next((family for family in FAMILIES if family.recognise(data, folder)), None)
    model_type = data.get("model_type") if isinstance(data, Mapping) else None
    if found is None and model_type != MODEL_TYPE:
        known = ", ".join((MODEL_TYPE, *(family.name for family in FAMILIES)))
        raise ValueError(f"`model_type` must be one of {known}, not {shown(model_type)}")
    return found
