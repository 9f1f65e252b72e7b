"""Devices that can be computed on, known before a model is loaded."""

import torch

from pruning_core.validation import shown


def check_device(device: str | torch.device) -> torch.device:
    """`device` as torch has it; raise unless this machine and this build of torch compute on it.

    Raises:
        TypeError: `device` is neither a str nor a torch.device.
        ValueError: there is no such device, or not here.

    Example:
        >>> check_device("cpu")
        device(type='cpu')
    """
    if not isinstance(device, (str, torch.device)):
        raise TypeError(f"`device` must be a str or a torch.device, not {shown(device)}")
    try:
        known = torch.device(device)
        torch.zeros(1, device=known).cpu()  # the meta device gives nothing back
    except Exception as error:  # each backend of torch has its own
        reason = str(error).partition("\n")[0].partition(". ")[0]
        text = f"`device` {shown(str(device))} cannot be used here: {reason[:200]}"
        raise ValueError(text) from error
    return known
