"""RetentionLoss: PruningLoss, and a smooth form of what pruning is measured by."""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from pruning_core.losses import IGNORE_INDEX, LossOutput, PruningLoss


class RetentionLoss(PruningLoss):
    """`PruningLoss`, and a part that puts evidence above all other sentences of the batch.

    The part stands for the share of the text that stays at the threshold that keeps all evidence
    of a window. The logit of a window's least probable evidence sentence, as a soft minimum, is
    compared with that of each sentence of the batch that is to be dropped; the logistic losses
    are averaged over windows and, weighted by their tokens, over sentences.

    Args:
        retention_weight: weight of the part, 0 or more.
        temperature: of the soft minimum, in logits, above 0.
        pruning_weight: see `PruningLoss`, as for `ranking_weight` and `keep_weight`.

    Example:
        >>> loss = RetentionLoss(retention_weight=1.0)
        >>> output = loss(
        ...     torch.zeros(1, 3, 2),
        ...     pruning_labels=torch.tensor([[-100, 0, 1]]),
        ...     token_sentences=torch.tensor([[-1, 0, 1]]),
        ... )
        >>> round(output.retention.item(), 3)
        0.693

    Source: the pairwise logistic loss of RankNet (Burges et al., 2005), over sentences.
    """

    def __init__(
        self,
        retention_weight: float = 1.0,
        temperature: float = 0.5,
        *,
        pruning_weight: float = 1.0,
        ranking_weight: float = 0.05,
        keep_weight: float = 1.0,
    ) -> None:
        super().__init__(pruning_weight, ranking_weight, keep_weight)
        if retention_weight < 0:
            raise ValueError(f"`retention_weight` must be 0 or more, not {retention_weight!r}")
        if temperature <= 0:
            raise ValueError(f"`temperature` must be above 0, not {temperature!r}")
        self.retention_weight = retention_weight
        self.temperature = temperature

    def forward(
        self,
        pruning_logits: Tensor,
        ranking_logits: Tensor | None = None,
        *,
        token_sentences: Tensor | None = None,
        **targets: Any,
    ) -> LossOutput:
        """The loss of a batch, as `PruningLoss` takes it.

        Args:
            token_sentences: (B, T), the sentence of each token from 0, as `labelled_windows`
                gives them; read where `pruning_labels` are not -100.

        Raises:
            ValueError: `pruning_labels` come without `token_sentences`, or as for `PruningLoss`.
        """
        output = super().forward(pruning_logits, ranking_logits, **targets)
        labels = targets.get("pruning_labels")
        if labels is None:
            return output
        if token_sentences is None or token_sentences.shape != labels.shape:
            shape = None if token_sentences is None else tuple(token_sentences.shape)
            raise ValueError(f"`token_sentences` must be {tuple(labels.shape)}, not {shape}")
        part = self._retention(pruning_logits, labels, token_sentences)
        if part is None:
            return output
        return replace(output, loss=output.loss + self.retention_weight * part, retention=part)

    def _retention(self, logits: Tensor, labels: Tensor, sentences: Tensor) -> Tensor | None:
        known = labels != IGNORE_INDEX  # (B, T)
        windows = torch.arange(len(labels), device=labels.device)[:, None].expand_as(labels)
        places = torch.stack([windows[known], sentences[known]], 1)
        # Of S sentences: window and number (S, 2), tokens (S,); and the sentence of each token.
        unique, index, counts = torch.unique(places, dim=0, return_inverse=True, return_counts=True)
        zeros = logits.new_zeros(len(unique))
        keep = logits.softmax(-1)[..., 1][known]
        scores = torch.logit(zeros.index_add(0, index, keep) / counts, eps=1e-5)
        is_evidence = zeros.index_add(0, index, labels[known].to(zeros.dtype)) > 0
        dropped, weights = scores[~is_evidence], counts[~is_evidence].to(scores.dtype)
        powers = (-scores[is_evidence] / self.temperature).exp()
        sums = logits.new_zeros(len(labels)).index_add(0, unique[is_evidence, 0], powers)
        lowest = -self.temperature * sums[sums > 0].log()  # (W,) windows with evidence
        if not len(lowest) or not len(dropped):
            return None
        losses = F.softplus(dropped - lowest[:, None])  # (W, S of those to be dropped)
        part: Tensor = losses.mv(weights).mean() / weights.sum()
        return part
