"""Calibration of a trained model on files of questions."""

from collections.abc import Sequence
from pathlib import Path

from transformers import PreTrainedModel

from pruning_transformers.questions import read_questions
from pruning_transformers.training import PruningDataset
from pruning_transformers.training.run import log_calibration


def calibrate_on(files: Sequence[Path], model: PreTrainedModel) -> None:
    """Calibrate on the questions of files, each with its own document and another one."""
    questions = [row for file in files for row in read_questions(file)]
    if questions:
        examples = PruningDataset(questions, model.tokenizer, model.config, negatives=1)
        log_calibration(model, examples, ranking=True)
