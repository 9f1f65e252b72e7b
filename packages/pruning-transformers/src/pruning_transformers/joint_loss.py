"""The loss of a model on the labels that it is given."""

import torch
from torch import Tensor
from torch.nn import functional as F

from pruning_core.losses import IGNORE_INDEX, PruningLoss
from pruning_core.validation import shown

RANKING_WEIGHT = 0.05
"""Weight of the ranking loss next to a pruning loss, that of Provence."""


def joint_loss(
    pruning_logits: Tensor,
    ranking_logits: Tensor | None,
    labels: Tensor | None,
    pruning_labels: Tensor | None,
    problem_type: str | None,
) -> Tensor | None:
    """The loss, a scalar, on `labels` (see `ranking_loss`), on `pruning_labels` (B, T) of 0, 1 and
    -100, or on both: then that of ranking weighs 0.05. Without labels there is none.

    Raises:
        ValueError: there are `labels` and no ranking head, or shapes do not agree.
    """
    if labels is not None and ranking_logits is None:
        raise ValueError("`labels` need a ranking head; a model of mode 'pruning_only' has none")
    ranking = None
    if labels is not None and ranking_logits is not None:
        ranking = ranking_loss(ranking_logits, labels, problem_type)
    if pruning_labels is None:
        return ranking
    if ranking is not None and bool((pruning_labels == IGNORE_INDEX).all()):
        return RANKING_WEIGHT * ranking
    pruning: Tensor = PruningLoss()(pruning_logits, pruning_labels=pruning_labels).loss
    return pruning if ranking is None else pruning + RANKING_WEIGHT * ranking


def ranking_loss(logits: Tensor, labels: Tensor, problem_type: str | None = None) -> Tensor:
    """The loss of ranking logits (B, C), as transformers' classifiers compute it.

    Args:
        logits: of a batch.
        labels: with a `problem_type`, what it says: numbers (B,) or (B, C) for `regression`,
            classes (B,) for `single_label_classification`, shares (B, C) for
            `multi_label_classification`. Without one, relevance (B,), 0 to 1, for one logit, and
            for several, classes (B,) or shares of classes (B, C).
        problem_type: of the configuration.

    Raises:
        ValueError: `labels` do not have the shape, or `problem_type` is unknown.
    """
    count = logits.shape[-1]
    if problem_type is None and count > 1:
        problem_type = "single_label_classification"
    is_class = problem_type == "single_label_classification"
    if is_class and labels.ndim > 1 and labels.shape[-1] == count > 1:
        return F.cross_entropy(logits, labels.to(logits.dtype))  # shares of classes
    shape = logits.shape[:1] if is_class else logits.shape
    if labels.numel() != shape.numel():
        raise ValueError(f"`labels` must be {tuple(shape)}, not {tuple(labels.shape)}")
    target = labels.reshape(shape).to(torch.long if is_class else logits.dtype)
    match problem_type:
        case "single_label_classification":
            return F.cross_entropy(logits, target)
        case "regression":
            return F.mse_loss(logits, target)
        case "multi_label_classification" | None:
            return F.binary_cross_entropy_with_logits(logits, target)
    raise ValueError(f"`problem_type` must be one of transformers', not {shown(problem_type)}")
