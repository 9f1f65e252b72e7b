"""Checkpoints of other projects, read by core's `families`, as models of transformers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerFast

from pruning_core import checkpoint
from pruning_core.checkpoint import Checkpoint
from pruning_core.tokenizer_files import tokenizer_config
from pruning_transformers.configuration import PruningEncoderConfig

HUB_OPTIONS = ("cache_dir", "local_files_only", "revision", "subfolder", "token")


@dataclass(frozen=True, kw_only=True)
class ForeignCheckpoint:
    """A checkpoint of another project as ours: configuration, weights, tokenizer."""

    opened: Checkpoint
    allow_pickled_head: bool

    def open(self, load: Any, options: dict[str, Any]) -> Any:
        """A model, by the `from_pretrained` of transformers; its weights are all there."""
        options = {k: v for k, v in options.items() if k not in ("config", *HUB_OPTIONS)}
        config, is_allowed = self.opened.config, self.allow_pickled_head
        state = self.opened.state(allow_pickled_head=is_allowed)
        ours = PruningEncoderConfig(**config.to_dict())
        model = load(None, config=ours, state_dict=state, **options)
        self.opened.check(model.state_dict(), allow_pickled_head=is_allowed)
        tokenizer = self.opened.tokenizer()
        names = tokenizer_config(tokenizer, config)
        del names["tokenizer_class"]
        model.tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)
        return model


def mode_of(model: str | Path) -> str | None:
    """The mode of a pruning encoder, ours or of another project; None for any other model.

    Raises:
        OSError: there is no such model.
    """
    return checkpoint.open(model).config.mode if checkpoint.is_pruning_encoder(model) else None


def read_foreign(
    model: Any, options: Mapping[str, Any], *, allow_pickled_head: bool
) -> ForeignCheckpoint | None:
    """Open a checkpoint of another project; None if it is ours, or no checkpoint at all.

    `options` are those of `from_pretrained`, of which some say where the hub's files are.

    Raises:
        FileNotFoundError: a file is missing, or is a pickle.
        ValueError: nobody knows the layout, or a file is wrong.
    """
    if model is None:
        return None
    hub = {k: options[k] for k in HUB_OPTIONS if k in options}
    if Path(model).is_dir():
        hub.pop("revision", None)
    try:
        opened = checkpoint.open(model, **hub)
    except FileNotFoundError:
        return None  # transformers says what is missing
    if opened.family is None:
        return None
    return ForeignCheckpoint(opened=opened, allow_pickled_head=allow_pickled_head)
