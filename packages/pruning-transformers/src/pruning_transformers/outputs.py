"""What the forward passes of the transformers models return."""

from dataclasses import dataclass

from torch import Tensor
from transformers.modeling_outputs import SequenceClassifierOutput
from transformers.utils import ModelOutput


@dataclass
class PruningEncoderOutput(ModelOutput):  # type: ignore[misc]
    """`last_hidden_state` (B, T, H), `pruning_logits` (B, T, 2), label 1 means keep, and, unless
    the mode is `pruning_only`, `ranking_logits` (B, num_labels); with labels, `loss`, a scalar.
    """

    loss: Tensor | None = None
    last_hidden_state: Tensor | None = None
    pruning_logits: Tensor | None = None
    ranking_logits: Tensor | None = None
    hidden_states: tuple[Tensor, ...] | None = None
    attentions: tuple[Tensor, ...] | None = None


@dataclass
class PruningSequenceOutput(SequenceClassifierOutput):  # type: ignore[misc]
    """`logits` are the ranking logits (B, num_labels), next to `pruning_logits` (B, T, 2)."""

    pruning_logits: Tensor | None = None


class RankingOutput(SequenceClassifierOutput):  # type: ignore[misc]
    """`logits` are the ranking logits (B, num_labels); `pruning_logits` (B, T, 2) is an attribute,
    no item, so that Trainer takes the ranking logits alone for the predictions.
    """

    pruning_logits: Tensor | None = None
