"""Activation functions by their Hugging Face names."""

from collections.abc import Callable

from torch import nn

from pruning_core.validation import shown

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "gelu": nn.GELU,
    "gelu_new": lambda: nn.GELU(approximate="tanh"),
    "gelu_pytorch_tanh": lambda: nn.GELU(approximate="tanh"),
    "relu": nn.ReLU,
    "silu": nn.SiLU,
}


def check_activation(name: str, value: str) -> None:
    """Raise ValueError unless `value` is known."""
    if value not in ACTIVATIONS:
        raise ValueError(f"`{name}` must be one of {', '.join(ACTIVATIONS)}, not {shown(value)}")
