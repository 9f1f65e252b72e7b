"""BackboneOutput: what every backbone returns."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class BackboneOutput:
    """Last hidden state (B, T, H) and, of a ranker, logits (B, num_labels).

    A backbone with a norm after its last layer also gives the state before it (B, T, H).
    """

    last_hidden_state: Tensor
    logits: Tensor | None = None
    pre_final_norm: Tensor | None = None
