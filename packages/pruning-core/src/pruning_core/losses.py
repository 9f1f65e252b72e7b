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


class PruningLoss(nn.Module):
    """Cross-entropy over the document's tokens, plus a ranking loss.

    Args:
        pruning_weight: weight of the token loss, 0 or more.
        ranking_weight: weight of the ranking loss, 0 or more.

    Source: the joint objective of Provence (Chirkova et al., 2025, arXiv:2501.16214), with its
    ranking weight of 0.05.
    """

    def __init__(self, pruning_weight: float = 1.0, ranking_weight: float = 0.05) -> None:
        super().__init__()
        for name, weight in (
            ("pruning_weight", pruning_weight),
            ("ranking_weight", ranking_weight),
        ):
            if weight < 0:
                raise ValueError(f"`{name}` must be 0 or more, not {weight!r}")
        self.pruning_weight = pruning_weight
        self.ranking_weight = ranking_weight

    def forward(
        self,
        pruning_logits: Tensor,
        ranking_logits: Tensor | None = None,
        *,
        pruning_labels: Tensor | None = None,
        ranking_labels: Tensor | None = None,
        teacher_logits: Tensor | None = None,
    ) -> LossOutput:
        """Compute the loss of one batch.

        Args:
            pruning_logits: keep logits (B, T, 2).
            ranking_logits: (B, 1) or (B,).
            pruning_labels: (B, T) of 0, 1 and -100 (ignored).
            ranking_labels: relevance (B,), 0 to 1, for binary cross-entropy.
            teacher_logits: a teacher's ranking logits (B,), for mean squared error.

        Raises:
            ValueError: shapes do not agree, both kinds of ranking target are given, or there is
                nothing to learn from.
        """
        pruning = self._pruning(pruning_logits, pruning_labels)
        ranking = self._ranking(ranking_logits, ranking_labels, teacher_logits)
        parts = [
            weight * part
            for weight, part in ((self.pruning_weight, pruning), (self.ranking_weight, ranking))
            if part is not None and weight
        ]
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
        if logits.shape[:2] != labels.shape:
            raise ValueError(
                f"`pruning_labels` must be {tuple(logits.shape[:2])}, not {tuple(labels.shape)}"
            )
        if bool((labels == IGNORE_INDEX).all()):
            return None
        return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORE_INDEX)

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
        if flat.shape != target.shape:
            raise ValueError(f"`{name}` must be {tuple(flat.shape)}, not {tuple(target.shape)}")
        if teacher is None:
            return F.binary_cross_entropy_with_logits(flat, target.to(flat.dtype))
        return F.mse_loss(flat, target.to(flat.dtype))
