"""The number format that a run computes in."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from pruning_core.validation import check_choice

PRECISIONS = ("auto", "float32", "bfloat16", "float16")
_FLAGS = {"bfloat16": "bf16", "float16": "fp16"}  # of `TrainingArguments`


@dataclass(frozen=True, kw_only=True)
class Precision:
    """A number format, `float32`, `bfloat16` or `float16`, and why it is used."""

    name: str
    reason: str

    @property
    def arguments(self) -> dict[str, bool]:
        """What `TrainingArguments` needs for it."""
        return {_FLAGS[self.name]: True} if self.name in _FLAGS else {}


def check_precision(precision: str, training: Mapping[str, object]) -> None:
    """Raise a ValueError unless `precision` is known and `training` says nothing else."""
    check_choice("precision", precision, PRECISIONS)
    given = [f"`training.{flag}`" for flag in _FLAGS.values() if flag in training]
    if given and precision != "auto":
        raise ValueError(f"give `precision` {precision!r} or {', '.join(given)}, not both")


def choose_precision(precision: str, training: Mapping[str, object], device: str) -> Precision:
    """The precision of a run on a device of torch, such as `cpu` or `cuda`.

    `auto` is bfloat16 where the device computes it faster than float32, else float32. `bf16` and
    `fp16` of `training` go first.

    Raises:
        ValueError: a wrong `precision`, two that differ, or float16 on a CPU.
    """
    check_precision(precision, training)
    given = [name for name, flag in _FLAGS.items() if training.get(flag)]
    if given or any(flag in training for flag in _FLAGS.values()):
        return Precision(name=given[0] if given else "float32", reason="as `training` says")
    if precision == "float16" and device == "cpu":
        raise ValueError("`precision` 'float16' needs an accelerator, not a CPU")
    if precision != "auto":
        return Precision(name=precision, reason="as `precision` says")
    if device == "cpu":
        if unit := bfloat16_unit():
            return Precision(name="bfloat16", reason=f"the CPU has {unit}")
        return Precision(name="float32", reason="the CPU has no AVX512-BF16 and no AMX")
    if device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return Precision(name="bfloat16", reason="the GPU has bfloat16")
    return Precision(name="float32", reason=f"nothing is known of bfloat16 on this {device}")


def bfloat16_unit() -> str | None:
    """`AVX512-BF16` or `AMX` where this CPU has it; elsewhere bfloat16 is slower than float32."""
    for unit, name in (
        ("AVX512-BF16", "_is_avx512_bf16_supported"),
        ("AMX", "_is_amx_tile_supported"),
    ):
        supported = getattr(torch.cpu, name, None)  # private; absent is a no
        if supported is not None and supported():
            return unit
    return None
