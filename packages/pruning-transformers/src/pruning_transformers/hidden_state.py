"""The hidden state that the pruning head reads, taken off any backbone by a hook."""

import threading
from typing import Any

import torch


class HiddenStateTap:
    """A hook that remembers a module's hidden state (B, T, H), for each thread apart."""

    def __init__(self, before: bool) -> None:
        self.before = before
        self.seen = threading.local()

    def __call__(self, module: torch.nn.Module, inputs: Any, output: Any = None) -> None:
        self._holder().state = inputs[0] if self.before else output[0]

    def __reduce__(self) -> Any:
        return type(self), (self.before,)  # a thread's states stay in the thread

    def _holder(self) -> Any:
        """Where the state is; torch.compile cannot trace a thread's own attributes."""
        return self if torch.compiler.is_compiling() else self.seen

    def take(self) -> Any:
        """The state of the last forward pass, which is then forgotten."""
        holder = self._holder()
        state, holder.state = holder.state, None
        return state


def tap_hidden_state(base_model: torch.nn.Module, name: str) -> HiddenStateTap:
    """Hook the state that the pruning head reads onto the backbone."""
    norm = getattr(base_model, "final_norm", None)
    tap = HiddenStateTap(name == "pre_final_norm" and norm is not None)
    if tap.before and norm is not None:
        norm.register_forward_pre_hook(tap)
    else:
        base_model.register_forward_hook(tap)
    return tap
