"""Checkpoints of other projects, read by core's `families`, as models of transformers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor
from transformers import PreTrainedTokenizerFast
from transformers.utils import cached_file

from pruning_core.checkpoint import (
    CONFIG,
    check_keys,
    load_config,
    load_tokenizer,
    read_state,
    resolve,
    tokenizer_config,
)
from pruning_core.config_rules import MODEL_TYPE
from pruning_core.families import KeyTable, family_of
from pruning_transformers.configuration import PruningEncoderConfig

HUB_OPTIONS = ("cache_dir", "force_download", "local_files_only", "revision", "subfolder", "token")


@dataclass(frozen=True, kw_only=True)
class ForeignCheckpoint:
    """A checkpoint of another project as ours: configuration, weights, tokenizer."""

    folder: Path
    config: PruningEncoderConfig
    state: dict[str, Tensor]
    table: KeyTable
    tokenizer: PreTrainedTokenizerFast

    def open(self, load: Any, options: dict[str, Any]) -> Any:
        """A model, by the `from_pretrained` of transformers; its weights are all there."""
        options = {k: v for k, v in options.items() if k not in ("config", "revision")}
        model = load(None, config=self.config, state_dict=self.state, **options)
        check_keys(self.state, model.state_dict(), self.folder, self.table)
        model.tokenizer = self.tokenizer
        return model


def mode_of(model: str | Path) -> str | None:
    """The mode of a pruning encoder, ours or of another project; None for any other model.

    Raises:
        OSError: there is no such model.
    """
    path = Path(cached_file(model, CONFIG))
    try:
        family_of(json.loads(path.read_text(encoding="utf-8")), path.parent)
    except ValueError:
        return None
    return load_config(resolve(model)).mode


def read_foreign(
    model: Any, options: Mapping[str, Any], *, allow_pickled_head: bool
) -> ForeignCheckpoint | None:
    """Read a checkpoint of another project; None if it is ours, or no checkpoint at all.

    `options` are those of `from_pretrained`, of which some say where the hub's files are.

    Raises:
        FileNotFoundError: a file is missing, or is a pickle.
        ValueError: nobody knows the layout, or a file is wrong.
    """
    if model is None:
        return None
    try:
        path = cached_file(model, CONFIG, **{k: options[k] for k in HUB_OPTIONS if k in options})
    except OSError:
        return None  # transformers says what is missing
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    if data.get("model_type") == MODEL_TYPE and "backbone_config" in data:
        return None
    folder = resolve(model, options.get("revision"))
    config = load_config(folder)
    tokenizer = load_tokenizer(folder)
    state, table = read_state(folder, allow_pickled_head=allow_pickled_head)
    names = tokenizer_config(tokenizer, config)
    return ForeignCheckpoint(
        folder=folder,
        config=PruningEncoderConfig(**config.to_dict()),
        state=state,
        table=table,
        tokenizer=PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, **{k: v for k, v in names.items() if k != "tokenizer_class"}
        ),
    )
