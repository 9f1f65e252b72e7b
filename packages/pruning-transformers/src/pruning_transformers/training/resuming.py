"""Going on with a run: from its newest whole checkpoint, and not once it is finished."""

import logging
import re
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import (
    PreTrainedModel,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from transformers.trainer_pt_utils import safe_globals

from pruning_core.weight_files import weight_files
from pruning_core.weights import read_headers
from pruning_transformers.training.averaging import AVERAGE_FILE

STATE = "trainer_state.json"
"""In each checkpoint, where it is written last, and in the folder of a finished run."""

_TENSORS = ("optimizer.pt", "scheduler.pt", "scaler.pt", "rng_state*.pth")
_log = logging.getLogger(__name__)


def checkpoints(folder: Path) -> dict[int, Path]:
    """The checkpoints of a run by their steps, oldest first; `checkpoint-best` is none."""
    found = {
        int(path.name.rpartition("-")[2]): path
        for path in folder.glob("checkpoint-*")
        if re.fullmatch("checkpoint-[0-9]+", path.name) and path.is_dir()
    }
    return dict(sorted(found.items()))


def last_checkpoint(folder: Path, *files: str) -> Path | None:
    """The newest whole checkpoint, or None; warnings say what is wrong with newer ones.

    One that also holds `files` goes first: what is no part of each checkpoint.
    """
    lacking = None
    for path in reversed(checkpoints(folder).values()):
        if error := damage(path):
            _log.warning("%s is passed over: %s", path, error)
        elif missing := [file for file in files if not (path / file).is_file()]:
            _log.warning("%s lacks %s", path, ", ".join(missing))
            lacking = lacking or path
        else:
            return path
    return lacking


def damage(folder: Path) -> str | None:
    """Why no run can go on from a checkpoint, or None where it is whole."""
    try:
        step = read_state(folder).global_step
        if folder.name != f"checkpoint-{step}":
            return f"its {STATE} is of step {step!r}"
        average = [path for path in [folder / AVERAGE_FILE] if path.is_file()]
        for _ in read_headers([*weight_files(folder), *average]):
            pass
    except (OSError, ValueError) as error:
        return str(error)
    for path in (path for name in _TENSORS for path in sorted(folder.glob(name))):
        try:
            with safe_globals():
                torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        except Exception as error:  # a damaged pickle can raise any
            reason = str(error).partition("\n")[0] or type(error).__name__
            return f"{path} cannot be read: {reason}"
    return None


def read_state(folder: Path) -> TrainerState:
    """The state of a checkpoint, or of a finished run.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is damaged.
    """
    path = folder / STATE
    try:
        state = TrainerState.load_from_json(str(path))
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    if not isinstance(state.global_step, int) or not isinstance(state.epoch, (int, float)):
        raise ValueError(f"{path} is damaged: it says neither step nor epoch")
    return state


def is_complete(state: TrainerState, args: TrainingArguments) -> bool:
    """Whether as much has been trained as is asked for."""
    if args.max_steps > 0:
        return bool(state.global_step >= args.max_steps)
    return bool(state.epoch >= args.num_train_epochs)


def is_finished(args: TrainingArguments) -> bool:
    """Whether `output_dir` holds the model of a run that did all that is asked for."""
    folder = Path(args.output_dir)
    try:
        state = read_state(folder)
        for _ in read_headers(weight_files(folder)):
            pass
    except (OSError, ValueError):
        return False
    return (folder / "config.json").is_file() and is_complete(state, args)


class BestCheckpoint(TrainerCallback):  # type: ignore[misc]
    """Forgets the best checkpoint of a resumed run, with a warning, where it is damaged."""

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: object,
    ) -> None:
        """Look at it before there is much to lose."""
        settle_best(state, args)


def settle_best(state: TrainerState, args: TrainingArguments) -> None:
    """The best checkpoint lies in `output_dir`, wherever that was; or there is none."""
    if state.best_model_checkpoint is not None:
        name = Path(state.best_model_checkpoint).name
    elif state.best_global_step is not None:  # Trainer forgets a folder that was moved
        name = f"checkpoint-{state.best_global_step}"
    else:
        return
    folder = Path(args.output_dir, name)
    state.best_model_checkpoint = str(folder)
    if error := damage(folder):
        _log.warning("the best checkpoint %s is lost: %s", folder, error)
        state.best_model_checkpoint = state.best_metric = state.best_global_step = None


def load_final(model: PreTrainedModel, folder: Path, *, averaged: bool) -> None:
    """Give the model the weights of a checkpoint, or their average."""
    if averaged:
        weights = load_file(folder / AVERAGE_FILE)
    else:
        weights = type(model).from_pretrained(folder, dtype=torch.float32).state_dict()
    model.load_state_dict(weights)
