"""Family: how the checkpoints of another project become ours."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pruning_core.config import EncoderConfig


@dataclass(frozen=True, kw_only=True)
class Family:
    """One layout of checkpoints.

    Attributes:
        model_type: what its config.json says.
        config: contents of its config.json -> our configuration.
        rename: all of its keys -> our key of each, or None for a tensor that is not used.
    """

    model_type: str
    config: Callable[[Mapping[str, Any]], EncoderConfig]
    rename: Callable[[Iterable[str]], dict[str, str | None]]


def backbone_data(config: Any) -> Any:
    """A nested configuration as data: without paths, code and private choices."""
    if not isinstance(config, Mapping):
        return config
    unsafe = ("auto_map", "custom_pipelines", "trust_remote_code")
    return {k: value for k, value in config.items() if k[:1] != "_" and k not in unsafe}
