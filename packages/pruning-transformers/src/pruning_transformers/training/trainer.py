"""PruningTrainer: transformers' Trainer with `PruningLoss`."""

from contextlib import ExitStack

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel, Trainer, TrainingArguments

from pruning_core.losses import LossOutput, PruningLoss
from pruning_core.retention import RetentionLoss
from pruning_transformers.training.averaging import WeightAverage
from pruning_transformers.training.collator import RANKING_TARGETS, PruningDataCollator

TARGETS = ("pruning_labels", "token_sentences", *RANKING_TARGETS)
PARTS = ("pruning", "ranking", "retention")


class PruningTrainer(Trainer):  # type: ignore[misc]
    """Trains a PruningEncoder on batches of `PruningDataCollator`; logs the loss parts apart.

    The log has `loss` and its parts, `pruning_loss`, `ranking_loss` and, of a `RetentionLoss`,
    `retention_loss`, each before its weight, and the same with `eval_`. With a `WeightAverage`
    among the `callbacks` the averaged weights are evaluated.

    Args:
        model: a `PruningEncoderForSequenceClassification`, or, without a ranking loss, a
            `PruningEncoderForTokenClassification`.
        args: transformers' `TrainingArguments`.
        loss: `PruningLoss`, the default, or `RetentionLoss`.
        **kwargs: the other arguments of `Trainer`; `processing_class` is the tokenizer.

    Example:
        >>> trainer = PruningTrainer(
        ...     model, arguments, train_dataset=dataset, processing_class=model.tokenizer
        ... )
        >>> trainer.pruning_loss
        PruningLoss()
    """

    def __init__(
        self,
        model: PreTrainedModel,
        args: TrainingArguments | None = None,
        *,
        loss: PruningLoss | None = None,
        **kwargs: object,
    ) -> None:
        args = args or TrainingArguments("trainer_output")
        args.remove_unused_columns = False  # the collator reads columns that no forward takes
        args.label_names = ["pruning_labels"]
        args.prediction_loss_only = True
        if kwargs.get("data_collator") is None and kwargs.get("processing_class") is not None:
            kwargs["data_collator"] = PruningDataCollator(kwargs["processing_class"])
        super().__init__(model, args, **kwargs)
        self.pruning_loss = loss or PruningLoss()
        self._parts: dict[str, dict[str, list[Tensor]]] = {"": {}, "eval_": {}}

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor | tuple[Tensor, object]:
        """`PruningLoss` of a batch; windows without a ranking target are left out of its part."""
        inputs = dict(inputs)
        targets = {name: inputs.pop(name, None) for name in TARGETS}
        output = model(**inputs)
        pruning = output.get("pruning_logits")
        ranking = output.logits if pruning is not None else None
        loss = self._loss(output.logits if pruning is None else pruning, ranking, targets)
        seen = self._parts["" if model.training else "eval_"]
        for name in PARTS:
            if (part := getattr(loss, name)) is not None:
                seen.setdefault(name, []).append(part.detach())
        return (loss.loss, output) if return_outputs else loss.loss

    def _loss(
        self, pruning: Tensor, ranking: Tensor | None, targets: dict[str, Tensor | None]
    ) -> LossOutput:
        ranking_targets = {name: targets[name] for name in RANKING_TARGETS}
        if ranking is None:
            ranking_targets = dict.fromkeys(RANKING_TARGETS)
        else:
            ranking = ranking[:, 0].float()
            for name, target in ranking_targets.items():
                if target is not None:
                    known = ~target.isnan()
                    ranking_targets[name] = target[known] if known.any() else None
                    ranking = ranking[known] if known.any() else ranking
        more = {"token_sentences": targets["token_sentences"]}
        return self.pruning_loss(  # type: ignore[no-any-return]
            pruning.float(),
            ranking,
            **more if isinstance(self.pruning_loss, RetentionLoss) else {},
            pruning_labels=targets["pruning_labels"],
            ranking_labels=ranking_targets["labels"],
            teacher_logits=ranking_targets["teacher_logits"],
        )

    def evaluate(self, *args: object, **kwargs: object) -> dict[str, float]:
        """As `Trainer.evaluate`, on the averaged weights while there is an average."""
        with ExitStack() as stack:
            for callback in self.callback_handler.callbacks:
                if isinstance(callback, WeightAverage):
                    stack.enter_context(callback.applied(self.model))
            return super().evaluate(*args, **kwargs)  # type: ignore[no-any-return]

    def log(self, logs: dict[str, float], *args: object, **kwargs: object) -> None:
        """Add the means of the loss parts since the last log, over all processes."""
        prefix = "eval_" if "eval_loss" in logs else ""
        if f"{prefix}loss" in logs:
            seen, self._parts[prefix] = self._parts[prefix], {}
            for name in PARTS:
                parts = seen.get(name) or [torch.tensor(torch.nan, device=self.args.device)]
                mean = self.accelerator.gather(torch.stack(parts).mean().reshape(1)).nanmean()
                if not mean.isnan():
                    logs[f"{prefix}{name}_loss"] = round(mean.item(), 4)
        super().log(logs, *args, **kwargs)
