"""CheckpointLimit: `save_total_limit`, of a run's own checkpoints alone."""

import shutil
from pathlib import Path

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from pruning_transformers.training.averaging import checkpoint_folder
from pruning_transformers.training.resuming import checkpoints


class CheckpointLimit(TrainerCallback):  # type: ignore[misc]
    """Deletes checkpoints beyond a number, never the newest or the best one.

    Trainer's own `save_total_limit` also deletes other folders that are called `checkpoint-*`,
    such as `checkpoint-best`, and after a resume the new checkpoint instead of a damaged one.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def on_save(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: object,
    ) -> None:
        """Delete what a resume passed over first, then the oldest."""
        if not args.should_save:
            return
        found = checkpoints(Path(args.output_dir))
        kept = {checkpoint_folder(args, state).name}
        if state.best_model_checkpoint is not None:
            kept.add(Path(state.best_model_checkpoint).name)
        surplus = len(found) - max(self.limit, len(kept))
        spare = [step for step, path in found.items() if path.name not in kept]
        spare.sort(key=lambda step: (step <= state.global_step, step))
        for step in spare[: max(surplus, 0)]:
            shutil.rmtree(found[step], ignore_errors=True)
