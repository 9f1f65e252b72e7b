"""WeightAverage: a moving average of the weights, which is what is evaluated and kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

AVERAGE_FILE = "average.safetensors"


class WeightAverage(TrainerCallback):  # type: ignore[misc]
    """Keeps an exponential moving average of a model's weights during training.

    The average is steadier than the last weights, and often better. `PruningTrainer` evaluates
    it, each checkpoint holds it in `average.safetensors`, and a run that is resumed in its
    `output_dir` goes on with it. At the end it is the model: that of the best checkpoint where
    `load_best_model_at_end` is set, else that of the last step.

    Args:
        decay: share of the average that each step leaves, above 0 and below 1; 0.999 averages
            over about 1,000 steps.

    Raises:
        ValueError: a wrong `decay`.

    Example:
        >>> trainer = PruningTrainer(
        ...     model,
        ...     arguments,
        ...     train_dataset=dataset,
        ...     processing_class=model.tokenizer,
        ...     callbacks=[WeightAverage(0.999)],
        ... )
    """

    def __init__(self, decay: float) -> None:
        check_inside("decay", decay)
        self.decay = decay
        self._average: dict[str, Tensor] = {}

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        *,
        model: nn.Module,
        **kwargs: object,
    ) -> None:
        """Start with the model, or with what the checkpoint holds."""
        if state.global_step:
            self._read(checkpoint_folder(args, state) / AVERAGE_FILE, model)
        else:
            self._average = _weights(model)

    @torch.no_grad()
    def on_step_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        *,
        model: nn.Module,
        **kwargs: object,
    ) -> None:
        """Take in the weights of a step; the first steps count more, for there is little yet."""
        decay = min(self.decay, (1 + state.global_step) / (10 + state.global_step))
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                self._average[name].lerp_(value, 1 - decay)
            else:
                self._average[name].copy_(value)

    def on_save(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: object,
    ) -> None:
        """Write the average into the checkpoint."""
        if args.should_save:
            path = checkpoint_folder(args, state) / AVERAGE_FILE
            save_file(self._average, path.with_suffix(".part"))
            path.with_suffix(".part").replace(path)

    def on_train_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        *,
        model: nn.Module,
        **kwargs: object,
    ) -> None:
        """Make the average the model."""
        if args.load_best_model_at_end and state.best_model_checkpoint is not None:
            self._read(Path(state.best_model_checkpoint) / AVERAGE_FILE, model)
        model.load_state_dict(self._average)

    @contextmanager
    def applied(self, model: nn.Module) -> Iterator[None]:
        """For a while the model has the average as its weights.

        Example:
            >>> with WeightAverage(0.999).applied(model):  # outside of a training nothing changes
            ...     model.prune("What do cats do?", "Cats purr.", threshold=0.0).text
            'Cats purr.'
        """
        if not self._average:
            yield  # not training
            return
        own = _weights(model)
        model.load_state_dict(self._average)
        try:
            yield
        finally:
            model.load_state_dict(own)

    def _read(self, path: Path, model: nn.Module) -> None:
        if not path.is_file():
            raise FileNotFoundError(f"{path.parent} has no {path.name}: its run had no average")
        device = next(model.parameters()).device
        self._average = load_file(path, device=str(device))


def check_inside(name: str, value: object) -> None:
    """Raise unless `value` is a number above 0 and below 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"`{name}` must be a number, not {value!r}")
    if not 0 < value < 1:
        raise ValueError(f"`{name}` must be above 0 and below 1, not {value!r}")


def checkpoint_folder(args: TrainingArguments, state: TrainerState) -> Path:
    """Where the Trainer keeps the checkpoint of this step."""
    return Path(args.output_dir, f"checkpoint-{state.global_step}")


def _weights(model: nn.Module) -> dict[str, Tensor]:
    """A copy, each tensor in memory of its own."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
