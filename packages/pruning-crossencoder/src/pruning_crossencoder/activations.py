"""The activation functions that a checkpoint may name."""

from torch import nn
from torch.nn.modules import activation

_NAMES = {*activation.__all__} - {"MultiheadAttention"}
ACTIVATIONS: dict[str, type[nn.Module]] = {
    f"{module}.{name}": getattr(activation, name)
    for module in ("torch.nn", "torch.nn.modules.activation")
    for name in _NAMES
} | dict.fromkeys(("torch.nn.Identity", "torch.nn.modules.linear.Identity"), nn.Identity)
"""Dotted path -> class. A path is data of the checkpoint: nothing else that it names is called."""


def activation_of(path: object) -> nn.Module:
    """A new activation function of torch.nn.

    Raises:
        ValueError: `path` names something else, or one that cannot be made without arguments.
    """
    try:
        return ACTIVATIONS[str(path)]()
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"`activation_fn` {path!r} of the checkpoint is no activation of torch.nn; pass another"
            " one to the constructor"
        ) from error
