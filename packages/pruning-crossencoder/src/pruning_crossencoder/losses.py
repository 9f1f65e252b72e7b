"""PruningDistillationLoss: ranking is trained, pruning stays what it was."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from sentence_transformers import CrossEncoder
from torch import Tensor, nn
from torch.nn import functional as F

from pruning_transformers import PruningEncoderConfig


class PruningDistillationLoss(nn.Module):
    """A loss of CrossEncoder, and with it the pruning head's own output before the training.

    A ranking loss moves the backbone, and the pruning head, which reads it, is moved with it. Here
    a copy of the model as it was teaches the keep probabilities of the same pairs: to the loss is
    added the Kullback-Leibler divergence of the model's from the copy's, over all tokens.

    Args:
        model: the pruning encoder that is trained.
        loss: any loss of CrossEncoder on it, but for those with "Cached" in their name, which
            compute gradients out of its sight.
        weight: of the keep probabilities against `loss`, above 0.

    Raises:
        TypeError: `loss` is no module, or `weight` no number.
        ValueError: the model has no pruning head, or `weight` is not above 0.

    Example:
        >>> loss = PruningDistillationLoss(model, BinaryCrossEntropyLoss(model), weight=2.0)
        >>> loss.get_config_dict()
        {'loss': 'BinaryCrossEntropyLoss', 'weight': 2.0}

    Source: learning without forgetting (Li and Hoiem, 2016, arXiv:1606.09282).
    """

    def __init__(self, model: CrossEncoder, loss: nn.Module, weight: float = 1.0) -> None:
        super().__init__()
        config = getattr(getattr(model, "model", None), "config", None)
        if getattr(config, "model_type", None) != PruningEncoderConfig.model_type:
            raise ValueError(f"`model` must be a CrossEncoder of a pruning encoder, not {model!r}")
        if not isinstance(loss, nn.Module):
            raise TypeError(f"`loss` must be a loss of CrossEncoder, not {loss!r}")
        if isinstance(weight, bool) or not isinstance(weight, (int, float)):
            raise TypeError(f"`weight` must be a number, not {weight!r}")
        if not weight > 0:
            raise ValueError(f"`weight` must be above 0, not {weight!r}")
        self.model = model
        self.loss = loss
        self.weight = weight
        self.teacher = copy.deepcopy(model.model).requires_grad_(False).eval()

    def forward(self, *args: Any, **kwargs: Any) -> dict[str, Tensor]:
        """The arguments of `loss` -> its value, and that of the keep probabilities, weighted."""
        with self._watched() as (inputs, logits):
            value = self.loss(*args, **kwargs)
        parts = [self._distill(*one) for one in zip(inputs, logits, strict=True)]
        if torch.is_grad_enabled() and not all(part.requires_grad for part in parts):
            name = type(self.loss).__name__
            raise ValueError(f"`loss` {name} computes its gradients apart; take one that does not")
        values = value if isinstance(value, dict) else {"ranking": value}
        return {**values, "pruning_distillation": self.weight * torch.stack(parts).mean()}

    def get_config_dict(self) -> dict[str, object]:
        """For the model card.

        Example:
            >>> PruningDistillationLoss(model, BinaryCrossEntropyLoss(model)).get_config_dict()
            {'loss': 'BinaryCrossEntropyLoss', 'weight': 1.0}
        """
        return {"loss": type(self.loss).__name__, "weight": self.weight}

    @contextmanager
    def _watched(self) -> Iterator[tuple[list[dict[str, Any]], list[Tensor]]]:
        """What the backbone reads and the pruning head gives while `loss` runs them."""
        inputs: list[dict[str, Any]] = []
        logits: list[Tensor] = []
        student = next(m for m in self.model.modules() if isinstance(m, type(self.teacher)))
        hooks = (
            # CrossEncoder calls the model's `forward`, which runs no hook of the model's own.
            student.backbone.register_forward_pre_hook(
                lambda module, args, kwargs: inputs.append(kwargs), with_kwargs=True
            ),
            student.pruning_head.register_forward_hook(
                lambda module, args, output: logits.append(output)
            ),
        )
        try:
            yield inputs, logits
        finally:
            for hook in hooks:
                hook.remove()

    def _distill(self, inputs: dict[str, Any], logits: Tensor) -> Tensor:
        """Mean over the tokens (B, T) of the divergence from the teacher's keep probability."""
        with torch.no_grad():
            target = self.teacher(**inputs).pruning_logits.softmax(-1)  # (B, T, 2)
        values = F.kl_div(logits.log_softmax(-1), target, reduction="none").sum(-1)
        mask: Tensor = inputs["attention_mask"].to(values.dtype)
        return (values * mask).sum() / mask.sum()
