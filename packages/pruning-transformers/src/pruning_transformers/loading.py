"""Loading: the weights, and what belongs to them, from one folder or one commit of a hub."""

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast
from transformers.utils import cached_file

from pruning_core.config_rules import LOADING_OPTIONS
from pruning_core.json_files import read_json
from pruning_core.tokenizer_checks import check_tokenizer, check_tokenizer_file
from pruning_core.validation import shown_text
from pruning_core.weight_files import shard_names, weight_files, whole_and_index
from pruning_core.weights import check_sizes, listed, read_headers, wrong_types
from pruning_transformers.named_errors import named_errors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

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
TOKENIZER = "tokenizer.json"
PROBE = ("Straße, 東京? ÇA 3.5% don't", "the Cats\n  'purr' ΑΒΓ _x_ (Paris).")
"""A pair that shows letter case, accents, scripts, numbers and punctuation."""
SPECIAL = re.compile(r"\[[A-Z]+\]|</?[a-z|_]+>")
ADAPTER = "adapter_config.json"
"""With it and peft, transformers loads what it names, and changes the weights."""
_BESIDE = (ADAPTER, TOKENIZER, "tokenizer_config.json", "special_tokens_map.json", MODEL_CARD)


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
        output_loading_info: bool = False,
        ignore_mismatched_sizes: bool = False,
        **kwargs: Any,
    ) -> PreTrainedModel:
        """Load as transformers does, but never pickled weights, and all weights or none.

        Args:
            pretrained_model_name_or_path: a folder or a hub id.
            *args: further arguments of transformers.
            output_loading_info: also return which weights are missing, unexpected or misshapen;
                they are then no error.
            ignore_mismatched_sizes: draw misshapen weights anew; then too.
            **kwargs: further arguments of transformers.

        Raises:
            OSError: a file is missing.
            ValueError: a file is corrupt, or the files do not fit each other.
        """
        folder = None
        if pretrained_model_name_or_path is not None:
            folder, commit = fetch(pretrained_model_name_or_path, kwargs)
            if commit is not None:  # a branch may move between two files
                kwargs["revision"] = commit
        if folder is not None and kwargs.get("state_dict") is None:
            check_weights(folder, kwargs.get("variant"))
        kwargs["use_safetensors"] = True
        with named_errors(f"config.json or the weights of {pretrained_model_name_or_path}"):
            model, info = super().from_pretrained(
                pretrained_model_name_or_path,
                *args,
                output_loading_info=True,
                ignore_mismatched_sizes=True,
                **kwargs,
            )
        if not (output_loading_info or ignore_mismatched_sizes):
            _check_complete(info, pretrained_model_name_or_path)
        own_memory(model)
        model._folder = folder
        if folder is not None and (folder / TOKENIZER).is_file():
            model.tokenizer  # noqa: B018 - what does not fit is found now
        return (model, info) if output_loading_info else model

    @property
    def tokenizer(self) -> PreTrainedTokenizerFast:
        """The checkpoint's tokenizer; another can be set.

        Raises:
            OSError: there is none where the weights came from.
            ValueError: it does not fit the model, or its files do not fit each other.
        """
        if self._tokenizer is None:
            backbone = self.config.backbone_config.to_dict()
            backbone["vocab_size"] = self.get_input_embeddings().weight.shape[0]
            length = self.config.max_length
            both = _read_tokenizer(self._folder, self.name_or_path, backbone, length)
            self._tokenizer, self._own_backend = both
        return self._tokenizer

    @tokenizer.setter
    def tokenizer(self, value: PreTrainedTokenizerFast) -> None:
        # With a copy, since transformers sets truncation and padding on its own at every call.
        self._tokenizer, self._own_backend = value, copy.deepcopy(value.backend_tokenizer)


def check_weights(folder: Path, variant: str | None = None) -> None:
    """Check the files of weights in a folder, before anything that they promise is made.

    Raises:
        FileNotFoundError: there are none, or only pickles.
        ValueError: a file is corrupt or outside of the folder, or config.json promises more.
    """
    files = weight_files(folder, variant)
    whole, index = whole_and_index(variant)
    if not (folder / whole).is_file():
        metadata = read_json(folder / index).get("metadata")
        if not isinstance(metadata, Mapping):  # transformers needs it
            raise ValueError(f"{folder / index} has no `metadata`")
    check_no_adapter(folder)
    tensors = list(read_headers(files))
    problems = [f"{t.name} is quantized" for t in tensors if t.scale is not None]
    if problems:
        text = "open it with `pruning_core.Pruner` or by its built-in name, and save it"
        raise ValueError(f"{folder}: {listed(problems)}; {text}")
    if problems := wrong_types(tensors):
        raise ValueError(f"{folder}: {listed(problems)}")
    backbone = read_json(folder / "config.json").get("backbone_config")
    if isinstance(backbone, Mapping):
        check_sizes(backbone, tensors, folder)


def check_no_adapter(folder: Path) -> None:
    """Raise ValueError where transformers would take an adapter, or ask for what it names."""
    if (folder / ADAPTER).exists():
        text = "is of an adapter, which changes the weights: merge it into them, or load it apart"
        raise ValueError(f"{folder / ADAPTER} {text}")


def own_memory(model: torch.nn.Module) -> None:
    """Copy the weights out of the file that they were read from, which may change."""
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.device.type == "cpu":
            tensor.data = tensor.data.clone()


def _check_complete(info: Mapping[str, Any], model: object) -> None:
    problems = [f"missing {name}" for name in sorted(info["missing_keys"])]
    problems += [f"unexpected {name}" for name in sorted(info["unexpected_keys"])]
    for name, found, needed in sorted(info["mismatched_keys"]):
        problems.append(f"{name} is {tuple(found)} instead of {tuple(needed)}")
    if problems:
        raise ValueError(f"the weights of {str(model)!r} do not fit: {listed(problems)}")


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
    hub["revision"] = commit
    for name in _BESIDE:
        file_of(model, name, **hub)
    _fetch_weights(model, options.get("variant"), hub)
    return config.parent, commit


def _fetch_weights(model: str | Path, variant: Any, hub: Mapping[str, object]) -> None:
    """Download the weights, so that they can be checked before transformers reads them."""
    whole, index = whole_and_index(variant)
    if file_of(model, whole, **hub) is None and (path := file_of(model, index, **hub)):
        for name in shard_names(path):
            file_of(model, name, **hub)


def forget_loading_options(tokenizer: PreTrainedTokenizerFast) -> None:
    """Leave no trace of where a tokenizer was: its `save_pretrained` would write it."""
    for option in LOADING_OPTIONS:
        tokenizer.init_kwargs.pop(option, None)


def _read_tokenizer(
    folder: Path | None, name: str, backbone: Mapping[str, object], max_length: int
) -> tuple[PreTrainedTokenizerFast, "Tokenizer"]:
    """The tokenizer of a folder, and the one of its tokenizer.json alone, which core reads."""
    if folder is None or not (folder / TOKENIZER).is_file():
        text = "has no tokenizer; `save_pretrained(folder, tokenizer=...)` adds it"
        raise OSError(f"{name!r} {text}")
    check_tokenizer_file(folder / TOKENIZER)
    try:  # the Auto class would ask whether the folder's modeling file is trusted
        alone = PreTrainedTokenizerFast(tokenizer_file=str(folder / TOKENIZER)).backend_tokenizer
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
        backend = tokenizer.backend_tokenizer
        for one in (alone, backend):  # transformers sets both at every call
            one.no_truncation()
            one.no_padding()
        check_tokenizer(alone, backbone, max_length)
        codes = [(e.ids, e.type_ids) for e in (alone.encode(*PROBE), backend.encode(*PROBE))]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # tokenizers raises plain Exception, and panics with less
        text = f"is not a tokenizer that fits: {shown_text(error)}"
        raise ValueError(f"{folder / TOKENIZER} {text}") from error
    added = [t.get_added_tokens_decoder().items() for t in (alone, backend)]
    changed = [str(token) for row in added[1] if row not in added[0] for token in row[1:]]
    if codes[0] != codes[1] or not all(map(SPECIAL.fullmatch, changed)):
        text = f"tokenizer_config.json changes the tokens of {TOKENIZER} {' '.join(changed[:9])}"
        raise ValueError(f"{folder}: {shown_text(text)}")
    forget_loading_options(tokenizer)
    return tokenizer, alone
