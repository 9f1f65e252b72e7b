"""Weights in safetensors files: what their headers say, and tensors in memory."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from pruning_core.validation import shown, shown_text
from pruning_core.weight_files import WEIGHTS

PROMISED = ("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers")
"""Sizes of a backbone that no weights are smaller than."""
SMALL = (torch.float16, torch.bfloat16)
FLOATING = ("F16", "BF16", "F32", "F64")
QUANTIZED, SCALE = "I8", "_scale"
"""Whole numbers of 8 bits, and what the name of their scales ends with: a number for each block of
a row, as many blocks as the scales have columns."""
_REOPEN_BYTES = 16 * 2**20


@dataclass(frozen=True)
class StoredTensor:
    """What a file's header says of a tensor: its name there, shape and type, such as `F32`; of
    quantized numbers also the shape of their scales.
    """

    path: Path
    name: str
    shape: tuple[int, ...]
    dtype: str
    scale: tuple[int, ...] | None = None


def read_headers(paths: Iterable[Path]) -> Iterator[StoredTensor]:
    """What the files hold, without reading it.

    Raises:
        ValueError: a file is truncated or corrupt.
    """
    for path in paths:
        with _open(path) as file:
            parts = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 - no mapping
            types = {name: part.get_dtype() for name, part in parts.items()}
            shapes = {name: tuple(part.get_shape()) for name, part in parts.items()}
        scales = {
            name: shapes[name + SCALE]
            for name, kind in types.items()
            if kind == QUANTIZED and types.get(name + SCALE) in FLOATING
        }
        for name, shape in shapes.items():
            if name.removesuffix(SCALE) == name or name.removesuffix(SCALE) not in scales:
                scale = scales.get(name)
                if scale is not None and not _fits(shape, scale):
                    raise ValueError(f"{path}: {name} is {shape}, which {scale} scales do not fit")
                yield StoredTensor(path, name, shape, types[name], scale)


def _fits(shape: tuple[int, ...], scale: tuple[int, ...]) -> bool:
    """Whether each row has whole blocks, and a scale for each."""
    same_rows = len(shape) == len(scale) > 0 and shape[:-1] == scale[:-1]
    return same_rows and scale[-1] > 0 and shape[-1] % scale[-1] == 0


def read_tensors(
    tensors: Mapping[str, StoredTensor], as_stored: Collection[str] = ()
) -> dict[str, Tensor]:
    """Read tensors into memory of their own, in float32 but for those of `as_stored`.

    A file that changes later changes nothing, and numbers do not depend on how a file is aligned.
    A file is opened anew now and then, so that its pages do not stay in memory with their copies.

    Raises:
        ValueError: a file is truncated or corrupt.
    """
    state: dict[str, Tensor] = {}
    rows = sorted(tensors.items(), key=lambda row: row[1].path)
    for path, group in groupby(rows, key=lambda row: row[1].path):
        pending = list(group)
        while pending:
            size = 0
            with _open(path) as file:
                while pending and size < _REOPEN_BYTES:
                    key, stored = pending.pop()
                    tensor = file.get_tensor(stored.name)
                    size += tensor.nbytes
                    if stored.scale is not None:
                        tensor = dequantized(tensor, file.get_tensor(stored.name + SCALE))
                    keeps = key in as_stored and tensor.dtype in SMALL
                    dtype = tensor.dtype if keeps else torch.float32
                    state[key] = tensor.to(dtype, copy=True)
                    del tensor
    return {key: state[key] for key in tensors}


def dequantized(numbers: Tensor, scale: Tensor) -> Tensor:
    """Whole numbers (R, C) times the scale (R, B) of their block of C / B columns, in float32."""
    blocks = numbers.view(*scale.shape, -1).float()  # (R, B, C / B)
    return (blocks * scale.float()[..., None]).view(numbers.shape)


def write_tensors(path: Path, state: Mapping[str, Tensor]) -> None:
    """Write a safetensors file.

    Raises:
        OSError: it cannot be written.
    """
    tensors = {name: tensor.contiguous() for name, tensor in state.items()}
    try:
        save_file(tensors, path, metadata={"format": "pt"})
    except SafetensorError as error:
        raise OSError(f"{path} cannot be written: {error}") from error


def wrong_types(tensors: Iterable[StoredTensor]) -> list[str]:
    """What is said of tensors that do not hold floating point numbers."""
    return [
        f"{tensor.name} is of type {tensor.dtype}, not of a floating point type"
        for tensor in tensors
        if tensor.dtype not in FLOATING and tensor.scale is None
    ]


def check_sizes(
    backbone: Mapping[str, Any], tensors: Collection[StoredTensor], folder: Path
) -> None:
    """Compare the sizes that a backbone's configuration promises with what is stored, before
    anything of these sizes is made.

    Raises:
        ValueError: the weights are too few.
    """
    numbers = sum(math.prod(tensor.shape) for tensor in tensors)
    for name in PROMISED:
        limit = len(tensors) if name == "num_hidden_layers" else numbers
        value = backbone.get(name, 0)
        if isinstance(value, int) and value > limit:
            text = f"config.json says `{name}` {shown(value)}, more than {WEIGHTS} holds ({limit})"
            raise ValueError(f"{folder}: {text}")


def listed(problems: list[str], most: int = 20) -> str:
    """Problems in one line, of which the first are named."""
    more = f"; and {len(problems) - most} more" if len(problems) > most else ""
    return "; ".join(shown_text(problem, 300) for problem in problems[:most]) + more


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    try:
        with safe_open(path, "pt") as file:
            yield file
    except (SafetensorError, OSError, MemoryError) as error:
        raise ValueError(f"{path} is truncated or corrupt: {error}") from error
