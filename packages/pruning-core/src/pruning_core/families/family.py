"""Family: how the checkpoints of another project become ours."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pruning_core.config import EncoderConfig
from pruning_core.config_rules import NAMES_CODE


@dataclass(frozen=True, kw_only=True)
class Family:
    """One layout of checkpoints.

    Attributes:
        name: what it is called.
        recognise: contents of config.json and the folder -> whether it is one of these.
        config: the same -> our configuration.
        files: the folder -> its files of weights, each with the prefix that its keys get.
        rename: all keys -> our key of each, or None for a tensor that is not used.
    """

    name: str
    recognise: Callable[[Mapping[str, Any], Path], bool]
    config: Callable[[Mapping[str, Any], Path], EncoderConfig]
    files: Callable[[Path], list[tuple[Path, str]]]
    rename: Callable[[Iterable[str]], dict[str, str | None]]


def backbone_data(config: Any) -> Any:
    """A nested configuration as data: without paths, code and private choices."""
    if not isinstance(config, Mapping):
        return config
    return {k: value for k, value in config.items() if k[:1] != "_" and k not in NAMES_CODE}


def hidden_state(backbone: Any, mode: str) -> str:
    """The state that a head trained with `hidden_states[-1]` reads.

    Of ModernBERT's rankers, transformers then gave the state before the last norm.
    """
    is_modernbert = isinstance(backbone, Mapping) and backbone.get("model_type") == "modernbert"
    return "pre_final_norm" if is_modernbert and mode == "reranking_pruning" else "last"
