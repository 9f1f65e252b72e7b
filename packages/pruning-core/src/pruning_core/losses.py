"""PruningLoss: what a pruning encoder is trained on."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

IGNORE_INDEX = -100
"""Label of tokens that are not learned from."""


@dataclass(frozen=True, kw_only=True)
class LossOutput:
    """The weighted sum and its parts, each a scalar; a part without targets is None."""

    loss: Tensor
    pruning: Tensor | None
    ranking: Tensor | None
    retention: Tensor | None = None


class PruningLoss(nn.Module):
    """Cross-entropy over the document's tokens, plus a ranking loss.

    Args:
        pruning_weight: weight of the token loss, 0 or more.
        ranking_weight: weight of the ranking loss, 0 or more.
        keep_weight: weight of a token to keep, where one to drop has 1; above 0. It makes up for
            evidence being rare.

    Example:
        >>> loss = PruningLoss(ranking_weight=0.5)
        >>> output = loss(
        ...     torch.zeros(1, 3, 2),
        ...     torch.zeros(1),
        ...     pruning_labels=torch.tensor([[-100, 0, 1]]),
        ...     ranking_labels=torch.tensor([1.0]),
        ... )
        >>> round(output.loss.item(), 3)  # 1.5 times the logarithm of 2
        1.04

    Source: the joint objective of Provence (Chirkova et al., 2025, arXiv:2501.16214), with its
    ranking weight of 0.05.
    """

    def __init__(
        self, pruning_weight: float = 1.0, ranking_weight: float = 0.05, keep_weight: float = 1.0
    ) -> None:
        super().__init__()
        weights = {"pruning_weight": pruning_weight, "ranking_weight": ranking_weight}
        for name, weight in weights.items():
            if weight < 0:
                raise ValueError(f"`{name}` must be 0 or more, not {weight!r}")
        if keep_weight <= 0:
            raise ValueError(f"`keep_weight` must be above 0, not {keep_weight!r}")
        self.pruning_weight = pruning_weight
        self.ranking_weight = ranking_weight
        self.keep_weight = keep_weight

    def forward(
        self,
        pruning_logits: Tensor,
        ranking_logits: Tensor | None = None,
        *,
        pruning_labels: Tensor | None = None,
        ranking_labels: Tensor | None = None,
        teacher_logits: Tensor | None = None,
    ) -> LossOutput:
        """The loss of a batch: keep logits (B, T, 2) and ranking logits (B, 1) or (B,).

        Args:
            pruning_labels: (B, T) of 0, 1 and -100 (ignored).
            ranking_labels: relevance (B,), 0 to 1, for binary cross-entropy.
            teacher_logits: a teacher's ranking logits (B,), for mean squared error.

        Raises:
            ValueError: shapes do not agree, both kinds of ranking target are given, or there is
                nothing to learn from.
        """
        pruning = self._pruning(pruning_logits, pruning_labels)
        ranking = self._ranking(ranking_logits, ranking_labels, teacher_logits)
        weighted = ((self.pruning_weight, pruning), (self.ranking_weight, ranking))
        parts = [weight * part for weight, part in weighted if part is not None and weight]
        if not parts:
            raise ValueError(
                "nothing to learn from: every token label is -100 or missing, and there is no"
                " ranking target with a weight"
            )
        return LossOutput(loss=torch.stack(parts).sum(), pruning=pruning, ranking=ranking)

    def _pruning(self, logits: Tensor, labels: Tensor | None) -> Tensor | None:
        if labels is None:
            return None
        if logits.ndim != 3 or logits.shape[-1] != 2:
            raise ValueError(f"`pruning_logits` must be (B, T, 2), not {tuple(logits.shape)}")
        _check_shape("pruning_labels", labels, logits.shape[:2])
        if bool((labels == IGNORE_INDEX).all()):
            return None
        weight = logits.new_tensor([1.0, self.keep_weight])
        return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), weight)

    def _ranking(
        self, logits: Tensor | None, labels: Tensor | None, teacher: Tensor | None
    ) -> Tensor | None:
        if labels is not None and teacher is not None:
            raise ValueError("give `ranking_labels` or `teacher_logits`, not both")
        target = labels if teacher is None else teacher
        if target is None:
            return None
        name = "ranking_labels" if teacher is None else "teacher_logits"
        if logits is None:
            raise ValueError(f"`{name}` need `ranking_logits`; a `pruning_only` model has none")
        if logits.ndim > 2 or (logits.ndim == 2 and logits.shape[1] != 1):
            raise ValueError(f"`ranking_logits` must be (B, 1) or (B,), not {tuple(logits.shape)}")
        flat = logits.flatten()  # (B,)
        _check_shape(name, target, flat.shape)
        loss = F.binary_cross_entropy_with_logits if teacher is None else F.mse_loss
        return loss(flat, target.to(flat.dtype))


def _check_shape(name: str, tensor: Tensor, shape: torch.Size) -> None:
    if tensor.shape != shape:
        raise ValueError(f"`{name}` must be {tuple(shape)}, not {tuple(tensor.shape)}")
