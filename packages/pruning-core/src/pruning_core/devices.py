"""Devices that can be computed on, known before a model is loaded."""

from typing import TYPE_CHECKING

from pruning_core.validation import shown

if TYPE_CHECKING:
    import torch


def check_dtype(dtype: "str | torch.dtype", device: "torch.device") -> "torch.dtype":
    """`dtype`; for `auto` float32 on a CPU, on an accelerator bfloat16, or float16 where a CUDA
    device computes none, or it is no CUDA device.

    Raises:
        TypeError: `dtype` is neither a torch.dtype nor `auto`.
        ValueError: it is no dtype of floating-point numbers.

    Example:
        >>> check_dtype("auto", torch.device("cpu"))
        torch.float32
    """
    import torch

    if isinstance(dtype, str) and dtype == "auto":
        if device.type == "cpu":
            return torch.float32
        is_able = device.type == "cuda" and torch.cuda.is_bf16_supported()
        return torch.bfloat16 if is_able else torch.float16
    if not isinstance(dtype, torch.dtype):
        raise TypeError(f"`dtype` must be a torch.dtype or 'auto', not {shown(dtype)}")
    if dtype not in (torch.float32, torch.bfloat16, torch.float16, torch.float64):
        raise ValueError(f"`dtype` must be of floating-point numbers, not {dtype}")
    return dtype


def check_device_option(device: str) -> None:
    """Raise unless this machine computes on a device that a command was given; torch is imported
    only where it may not, since a model may need no torch.

    Raises:
        ValueError: there is no such device, or not here.
    """
    if device not in ("auto", "cpu"):
        check_device(device)


def check_device(device: "str | torch.device") -> "torch.device":
    """`device` as torch has it, for `auto` the accelerator, else the CPU; raise unless this machine
    and this build of torch compute on it.

    Raises:
        TypeError: `device` is neither a str nor a torch.device.
        ValueError: there is no such device, or not here.

    Example:
        >>> check_device("cpu")
        device(type='cpu')
    """
    import torch

    if not isinstance(device, (str, torch.device)):
        raise TypeError(f"`device` must be a str or a torch.device, not {shown(device)}")
    if device == "auto":
        found = (
            torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        )
        device = found or "cpu"
    try:
        known = torch.device(device)
        torch.zeros(1, device=known).cpu()  # the meta device gives nothing back
    except Exception as error:  # each backend of torch has its own
        reason = str(error).partition("\n")[0].partition(". ")[0]
        text = f"`device` {shown(str(device))} cannot be used here: {reason[:200]}"
        raise ValueError(text) from error
    return known
