"""Family: how the checkpoints of another project become ours."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from pruning_core.config import EncoderConfig
from pruning_core.config_rules import RERANKING_PRUNING, plain_data


@dataclass(frozen=True)
class KeyTable:
    """Prefixes of their keys and what ours have instead; None is a tensor that is not used.

    The first row that fits counts, in both directions.
    """

    rows: tuple[tuple[str, str | None], ...]

    def ours(self, name: str) -> str | None:
        """Our name of one of their keys; one that no row knows keeps its name."""
        for theirs, ours in self.rows:
            if name.startswith(theirs):
                return None if ours is None else ours + name[len(theirs) :]
        return name

    def theirs(self, name: str) -> str:
        """Their name of one of our keys."""
        for theirs, ours in self.rows:
            if ours is not None and name.startswith(ours):
                return theirs + name[len(ours) :]
        return name


def one_folder(folder: Path) -> list[tuple[Path, str]]:
    """All weights in the checkpoint's own folder."""
    return [(folder, "")]


def as_it_is(tokenizer: Tokenizer) -> Tokenizer:
    """A tokenizer whose own template packs pairs as the checkpoint was trained."""
    return tokenizer


@dataclass(frozen=True, kw_only=True)
class Family:
    """One layout of checkpoints.

    Attributes:
        name: what it is called.
        recognise: contents of config.json and the folder -> whether it is one of these.
        config: the same -> our configuration.
        keys: all keys -> the table for them; some projects have several layouts.
        parts: the folder -> the folders that hold weights, each with the prefix its keys get.
        packing: the tokenizer -> one that packs pairs as the checkpoint was trained.
    """

    name: str
    recognise: Callable[[Mapping[str, Any], Path], bool]
    config: Callable[[Mapping[str, Any], Path], EncoderConfig]
    keys: Callable[[Collection[str]], KeyTable]
    parts: Callable[[Path], list[tuple[Path, str]]] = one_folder
    packing: Callable[[Tokenizer], Tokenizer] = as_it_is


def backbone_data(config: Any, **changes: Any) -> Any:
    """A nested configuration as data: without paths, code and private choices."""
    return plain_data(config) | changes if isinstance(config, Mapping) else config


def names_of_code(data: Mapping[str, Any]) -> str:
    """The class names in config.json: `model_type`, `architectures` and `auto_map`, as one text."""
    auto_map, architectures = data.get("auto_map"), data.get("architectures")
    classes = auto_map.values() if isinstance(auto_map, Mapping) else ()
    names = architectures if isinstance(architectures, list) else ()
    return " ".join(map(str, (data.get("model_type"), *names, *classes)))


def hidden_state(backbone: Any, mode: str) -> str:
    """The state that a head trained with `hidden_states[-1]` reads.

    Of ModernBERT's rankers, transformers then gave the state before the last norm.
    """
    is_modernbert = isinstance(backbone, Mapping) and backbone.get("model_type") == "modernbert"
    return "pre_final_norm" if is_modernbert and mode == RERANKING_PRUNING else "last"
