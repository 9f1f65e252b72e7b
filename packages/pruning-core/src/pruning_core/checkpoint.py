"""A checkpoint: opened once, then a value; config.json, weights and tokenizer of one place.

Only what reads or writes weights imports torch.
"""

import pickle
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from tokenizers import Tokenizer

from pruning_core.config import EncoderConfig
from pruning_core.families import Family, KeyTable, family_of
from pruning_core.hub import HubOptions, locate
from pruning_core.json_files import read_json, write_json
from pruning_core.onnx.files import DATA, MODEL
from pruning_core.staging import staged
from pruning_core.tokenizer_checks import check_tokenizer
from pruning_core.tokenizer_files import (
    TOKENIZER,
    TOKENIZER_CONFIG,
    no_panic,
    read_tokenizer,
    write_tokenizer,
)
from pruning_core.validation import check_choice
from pruning_core.weight_files import WEIGHTS, file_names, weight_files

if TYPE_CHECKING:
    from torch import Tensor, nn

    from pruning_core.weights import StoredTensor

CONFIG = "config.json"
CONFIGS = (CONFIG, "pruning_encoder_config.json")
PARTS = ("ranking_model/*", "encoder_model/*", "pruning_head/*")  # folders of July 2025
PICKLED_HEAD = "pytorch_model.bin"
BACKENDS = ("auto", "torch", "onnx")


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """An opened checkpoint, ours or of a family of other projects.

    Attributes:
        folder: where its files are; of a hub repository, the download of one commit.
        config: its configuration, as ours.
        family: the project it comes from; None if it is ours.
        variant: of the files of weights, such as `fp16`.
        backend: whose weights it was opened for: `torch` or `onnx`.
    """

    folder: Path
    config: EncoderConfig
    family: Family | None = None
    variant: str | None = None
    backend: str = "torch"

    def tokenizer(self) -> Tokenizer:
        """Read the tokenizer, with the packing that the checkpoint was trained on.

        Raises:
            FileNotFoundError, ValueError: tokenizer.json is missing or corrupt, or does not fit.
        """
        inner = self.folder / "ranking_model" / TOKENIZER
        path = self.folder / TOKENIZER
        path = inner if inner.is_file() and not path.is_file() else path
        tokenizer = read_tokenizer(path)
        packed = tokenizer if self.family is None else self.family.packing(tokenizer)
        with no_panic(path):
            check_tokenizer(packed, self.config.backbone_config, self.config.max_length)
        return packed

    def check(self, expected: "Mapping[str, Tensor]", *, allow_pickled_head: bool = False) -> None:
        """Compare names, shapes and types in the files' headers with those of `expected`.

        Raises:
            FileNotFoundError: there are no safetensors weights.
            ValueError: a file is corrupt, or tensors are missing, unexpected or misshapen; those
                are listed under their names in the file.
        """
        from pruning_core.weights import listed, wrong_types

        stored, pickled, table = self._tensors(allow_pickled_head)
        shapes = {key: tensor.shape for key, tensor in stored.items()}
        shapes |= {key: tuple(tensor.shape) for key, tensor in pickled.items()}
        problems = [f"missing {table.theirs(key)}" for key in expected if key not in shapes]
        problems += [f"unexpected {table.theirs(key)}" for key in shapes if key not in expected]
        problems += [
            f"{table.theirs(key)} is {shapes[key]} instead of {tuple(tensor.shape)}"
            for key, tensor in expected.items()
            if shapes.get(key, tensor.shape) != tensor.shape
        ]
        problems += wrong_types(tensor for key, tensor in stored.items() if key in expected)
        if problems:
            text = f"{self.folder / WEIGHTS} does not fit its {CONFIG}: {listed(problems)}"
            raise ValueError(text)

    def check_sizes(self, *, allow_pickled_head: bool = False) -> None:
        """Compare the sizes that config.json promises with what the weights hold, before anything
        of these sizes is made.

        Raises:
            FileNotFoundError, ValueError: there are no weights, or they are too few.
        """
        from pruning_core.weights import check_sizes

        stored, _, _ = self._tensors(allow_pickled_head)
        check_sizes(self.config.backbone_config, stored.values(), self.folder)

    @property
    def is_quantized(self) -> bool:
        """Whether some weights are whole numbers with scales, as only core reads them."""
        stored, _, _ = self._tensors(False)
        return any(tensor.scale is not None for tensor in stored.values())

    def state(
        self, *, as_stored: Collection[str] = (), allow_pickled_head: bool = False
    ) -> "dict[str, Tensor]":
        """The weights under our keys, in memory of their own.

        Args:
            as_stored: keys of the tensors that keep their precision; all others are float32.
            allow_pickled_head: read the head of a July 2025 folder with torch's `weights_only`.

        Raises:
            FileNotFoundError: there are no safetensors weights.
            ValueError: a file is corrupt.
        """
        from pruning_core.weights import read_tensors

        stored, pickled, _ = self._tensors(allow_pickled_head)
        return read_tensors(stored, as_stored) | pickled

    def load(
        self,
        encoder: "nn.Module",
        *,
        as_stored: Collection[str] = (),
        allow_pickled_head: bool = False,
    ) -> None:
        """Put the weights into `encoder`, once it is known that they fit; see `state`."""
        self.check(encoder.state_dict(), allow_pickled_head=allow_pickled_head)
        state = self.state(as_stored=as_stored, allow_pickled_head=allow_pickled_head)
        encoder.load_state_dict(state, assign=True)

    def _tensors(
        self, allow_pickled_head: bool
    ) -> "tuple[dict[str, StoredTensor], dict[str, Tensor], KeyTable]":
        """What is stored, under our keys: in safetensors, and pickled; and the table of keys."""
        from pruning_core.weights import read_headers

        stored: dict[str, StoredTensor] = {}
        pickled: dict[str, Tensor] = {}
        parts = [(self.folder, "")] if self.family is None else self.family.parts(self.folder)
        for folder, prefix in parts:
            head = folder / PICKLED_HEAD
            if allow_pickled_head and prefix == "pruning_head." and not (folder / WEIGHTS).exists():
                pickled |= {prefix + name: value for name, value in _read_pickle(head).items()}
                continue
            for tensor in read_headers(_files(folder, prefix, self.variant)):
                if prefix + tensor.name in stored:
                    raise ValueError(f"{tensor.path} holds {tensor.name}, as another shard does")
                stored[prefix + tensor.name] = tensor
        names = [*stored, *pickled]
        table = KeyTable(()) if self.family is None else self.family.keys(names)
        ours = {name: key for name in names if (key := table.ours(name)) is not None}
        return (
            {ours[name]: tensor for name, tensor in stored.items() if name in ours},
            {ours[name]: tensor for name, tensor in pickled.items() if name in ours},
            table,
        )


def open(  # noqa: A001 - `checkpoint.open`, as one opens a file
    model: str | Path,
    *,
    variant: str | None = None,
    backend: str = "torch",
    **hub: Unpack[HubOptions],
) -> Checkpoint:
    """Open a checkpoint: find or download its files and read its configuration.

    Args:
        model: the name of a built-in model, a folder or a hub id.
        variant: of the files of weights, such as `fp16`; by default those without one.
        backend: whose weights are wanted: `torch`, `onnx`, or `auto`, which is `onnx` where there
            are none for torch.
        **hub: `revision`, `token`, `cache_dir`, `local_files_only`, `subfolder`; see `HubOptions`.

    Raises:
        FileNotFoundError: the folder, or config.json in it, is missing.
        ValueError: config.json is wrong, or of a layout that nobody knows.
    """
    check_choice("backend", backend, BACKENDS)
    files = [*CONFIGS, TOKENIZER, TOKENIZER_CONFIG]
    of_torch, of_onnx = [*file_names(variant), *PARTS], [MODEL, DATA]
    folder = locate(model, [*files, *(of_onnx if backend == "onnx" else of_torch)], **hub)
    data = read_json(folder / CONFIG)
    family = family_of(data, folder)
    config = EncoderConfig.from_dict(data) if family is None else family.config(data, folder)
    if backend == "auto":
        backend = "torch"
        if family is None and not any(folder.glob("*.safetensors")):
            folder = locate(model, [*files, *of_onnx], **hub)
            backend = "onnx" if (folder / MODEL).is_file() else "torch"
    return Checkpoint(folder=folder, config=config, family=family, variant=variant, backend=backend)


def is_pruning_encoder(model: str | Path, **hub: Unpack[HubOptions]) -> bool:
    """Whether a model is a pruning encoder, ours or of another project; reads config.json alone.

    Raises:
        FileNotFoundError: there is no such model, or it has no config.json.
    """
    folder = locate(model, CONFIGS, **hub)
    try:
        family_of(read_json(folder / CONFIG), folder)
    except ValueError:
        return False
    return True


def save(
    folder: Path, encoder: "nn.Module", config: EncoderConfig, tokenizer: Tokenizer | None = None
) -> None:
    """Write config.json, model.safetensors and, when given, the tokenizer's two files.

    Raises:
        OSError: a file cannot be written; the folder is as it was.
    """
    from pruning_core.weights import write_tensors

    with staged(folder) as draft:
        write_json(draft / CONFIG, {"architectures": ["PruningEncoder"], **config.to_dict()})
        write_tensors(draft / WEIGHTS, encoder.state_dict())
        if tokenizer is not None:
            write_tokenizer(draft, tokenizer, config)


def _files(folder: Path, prefix: str, variant: str | None) -> list[Path]:
    try:
        return weight_files(folder, variant)
    except FileNotFoundError as error:
        if prefix == "pruning_head." and (folder / PICKLED_HEAD).is_file():
            text = f"{error}; `allow_pickled_head=True` reads it with torch's `weights_only`"
            raise FileNotFoundError(text) from error
        raise


def _read_pickle(path: Path) -> "dict[str, Tensor]":
    """Tensors alone: `weights_only` runs no code of the file."""
    import torch

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(f"{path} is corrupt or holds more than tensors: {error}") from error
    return {name: tensor.float() for name, tensor in state.items()}
