"""Loading: the weights, and what belongs to them, from one folder or one commit of a hub."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerFast
from transformers.utils import cached_file

from pruning_core.config_rules import LOADING_OPTIONS

HUB_OPTIONS = (
    "cache_dir",
    "force_download",
    "local_files_only",
    "proxies",
    "revision",
    "subfolder",
    "token",
)
MODEL_CARD = "README.md"
_BESIDE = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", MODEL_CARD)


def file_of(model: str | Path, name: str, **hub: object) -> Path | None:
    """A file of a folder, or of a hub id, which is downloaded; None if there is none."""
    quiet = ("missing_entries", "connection_errors", "gated_repo")
    hub |= {f"_raise_exceptions_for_{reason}": False for reason in quiet}
    try:
        path = cached_file(model, name, **hub)
    except (OSError, ValueError):  # no such repository, or no id
        return None
    return None if path is None else Path(path)


class LoadingMethods(PreTrainedModel):  # type: ignore[misc]
    """Remembers where the weights came from; the tokenizer comes from there too."""

    _folder: Path | None = None
    _tokenizer: PreTrainedTokenizerFast | None = None

    @classmethod
    def from_pretrained(
        cls,
        pretrained_model_name_or_path: str | Path | None,
        *args: object,
        **kwargs: Any,
    ) -> PreTrainedModel:
        """Load as transformers does, but never pickled weights."""
        folder = None
        if pretrained_model_name_or_path is not None:
            folder, commit = fetch(pretrained_model_name_or_path, kwargs)
            if commit is not None:  # a branch may move between two files
                kwargs["revision"] = commit
        kwargs["use_safetensors"] = True
        loaded = super().from_pretrained(pretrained_model_name_or_path, *args, **kwargs)
        model = loaded[0] if isinstance(loaded, tuple) else loaded
        model._folder = folder
        return loaded

    @property
    def tokenizer(self) -> PreTrainedTokenizerFast:
        """The checkpoint's tokenizer, loaded when it is first used; another can be set.

        Raises:
            OSError: there is none where the weights came from.
        """
        if self._tokenizer is None:
            self.tokenizer = _read_tokenizer(self._folder, self.name_or_path)
        return self._tokenizer

    @tokenizer.setter
    def tokenizer(self, value: PreTrainedTokenizerFast) -> None:
        # With a copy, since transformers sets truncation and padding on its own at every call.
        self._tokenizer, self._own_backend = value, copy.deepcopy(value.backend_tokenizer)


def fetch(model: str | Path, options: Mapping[str, object]) -> tuple[Path | None, str | None]:
    """The folder with the files next to the weights, and the commit if it is one of the hub's.

    `options` are those of `from_pretrained`, of which some say where the hub's files are.
    """
    hub = {name: options[name] for name in HUB_OPTIONS if name in options}
    config = file_of(model, "config.json", **hub)
    if config is None:
        return None, None  # transformers says what is missing
    if Path(model).is_dir():
        return config.parent.absolute(), None
    commit = config.parts[config.parts.index("snapshots") + 1]
    for name in _BESIDE:
        file_of(model, name, **hub | {"revision": commit})
    return config.parent, commit


def forget_loading_options(tokenizer: PreTrainedTokenizerFast) -> None:
    """Leave no trace of where a tokenizer was: its `save_pretrained` would write it."""
    for option in LOADING_OPTIONS:
        tokenizer.init_kwargs.pop(option, None)


def _read_tokenizer(folder: Path | None, name: str) -> PreTrainedTokenizerFast:
    try:  # the Auto class would ask whether the folder's modeling file is trusted
        if folder is None or not folder.is_dir():
            raise FileNotFoundError(f"there is no folder {folder}")
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    except (OSError, ValueError) as error:
        text = "has no tokenizer; `save_pretrained(folder, tokenizer=...)` adds it"
        raise OSError(f"{name!r} {text}") from error
    forget_loading_options(tokenizer)
    return tokenizer
