"""The hidden state that the pruning head reads, taken off any backbone by a hook."""

import threading
from collections.abc import Sequence

import torch
from torch import Tensor


class HiddenStateTap:
    """A hook that remembers what a module reads or gives, a state (B, T, H), for each thread apart.

    As a forward pre-hook it takes the module's input, as a forward hook the output.
    """

    state: Tensor | None = None

    def __init__(self) -> None:
        self.seen = threading.local()

    def __call__(
        self,
        module: torch.nn.Module,
        inputs: Sequence[Tensor],
        output: Sequence[Tensor] | None = None,
    ) -> None:
        self._holder().state = inputs[0] if output is None else output[0]

    def __reduce__(self) -> tuple[type["HiddenStateTap"], tuple[()]]:
        return type(self), ()  # a thread's states stay in the thread

    def _holder(self) -> "HiddenStateTap | threading.local":
        """Where the state is; torch.compile cannot trace a thread's own attributes."""
        return self if torch.compiler.is_compiling() else self.seen

    def take(self) -> Tensor:
        """The state of the last forward pass, which is then forgotten."""
        holder = self._holder()
        state: Tensor | None = getattr(holder, "state", None)
        holder.state = None
        if state is None:
            raise RuntimeError("the backbone's forward pass did not reach its hidden state")
        return state


def tap_hidden_state(base_model: torch.nn.Module, name: str) -> HiddenStateTap:
    """Hook the state that the pruning head reads onto the backbone."""
    tap, norm = HiddenStateTap(), getattr(base_model, "final_norm", None)
    if name == "pre_final_norm" and norm is not None:
        norm.register_forward_pre_hook(tap)
    else:
        base_model.register_forward_hook(tap)
    return tap
