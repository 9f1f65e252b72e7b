"""One training run: settings -> a saved model."""

import logging
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import TrainingArguments, set_seed

from pruning_core.builtin import BUILTIN_MODELS, DEFAULT
from pruning_transformers.foreign import mode_of
from pruning_transformers.modeling import (
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
)
from pruning_transformers.questions import Question, read_questions
from pruning_transformers.training.examples import PruningDataset
from pruning_transformers.training.settings import TrainSettings, new_loss
from pruning_transformers.training.trainer import PruningTrainer

_log = logging.getLogger(__name__)


def train(settings: TrainSettings) -> Path:
    """Train, going on from the last whole checkpoint in `settings.output`; gives that folder.

    All data are read and checked before the model is loaded. With evaluation data the best
    checkpoint by `eval_loss` is the final model, else the last one.
    """
    data = settings.data
    arguments = training_arguments(settings)
    questions = read_some(data.train, "train", data.limit, arguments.seed)
    evaluation = read_some(data.eval, "validation", data.eval_limit, arguments.seed)
    set_seed(arguments.seed)  # the new heads are drawn
    model = open_model(settings)

    def dataset(rows: Sequence[Question]) -> PruningDataset:
        return PruningDataset(
            rows,
            model.tokenizer,
            model.config,
            negatives=data.negatives,
            teacher_scale=data.teacher_scale,
            seed=arguments.seed,
        )

    rows = dataset(questions)
    weights = dict(settings.loss)
    if weights.get("keep_weight") == "balanced":
        weights["keep_weight"] = (1 - rows.keep_share) / max(rows.keep_share, 1e-6)
    trainer = PruningTrainer(
        model,
        arguments,
        loss=new_loss(weights),
        train_dataset=rows,
        eval_dataset=dataset(evaluation) if evaluation else None,
        processing_class=model.tokenizer,
    )
    last = last_checkpoint(settings.output)
    if last is not None:
        _log.info("going on from %s", last)
    trainer.train(resume_from_checkpoint=last and str(last))
    if trainer.is_world_process_zero():
        model.save_pretrained(settings.output, tokenizer=model.tokenizer)
        trainer.state.save_to_json(str(settings.output / "trainer_state.json"))
    trainer.accelerator.wait_for_everyone()
    trainer.accelerator.end_training()  # a process that just exits may abort the others
    return settings.output


def read_some(sources: Sequence[str], split: str, limit: int | None, seed: int) -> list[Question]:
    """All questions of some sources, or as many as `limit`, drawn at random."""
    questions = [question for source in sources for question in read_questions(source, split)]
    if limit is not None and limit < len(questions):
        questions = random.Random(seed).sample(questions, limit)
    return questions


def training_arguments(settings: TrainSettings) -> TrainingArguments:
    """The user's arguments over defaults that suit a pruner."""
    defaults: dict[str, Any] = {
        "output_dir": str(settings.output),
        "learning_rate": 5e-5,
        "warmup_steps": 0.05,
        "logging_steps": 10,
        "report_to": "none",
        "disable_tqdm": not sys.stderr.isatty(),
        "save_total_limit": 2,
        "dataloader_pin_memory": False,
        "use_cpu": not torch.accelerator.is_available(),  # else bf16 is refused on a CPU
    }
    given = dict(settings.training)
    if settings.data.eval:
        steps = {"eval_strategy": "steps", "load_best_model_at_end": True}
        defaults |= steps | {"eval_steps": given.get("save_steps", 500)}
    return TrainingArguments(**defaults | given)


def open_model(settings: TrainSettings) -> Any:
    """A pruning encoder as it is, or a new one from a cross-encoder or encoder."""
    source = BUILTIN_MODELS[DEFAULT] if settings.model == DEFAULT else settings.model
    mode = mode_of(source)
    cls: Any = {
        "reranking_pruning": PruningEncoderForSequenceClassification,
        "pruning_only": PruningEncoderForTokenClassification,
    }[mode or settings.mode]
    if mode is not None:
        return cls.from_pretrained(source, dtype=torch.float32)
    fields = {} if settings.max_length is None else {"max_length": settings.max_length}
    return cls.from_backbone(source, mode=settings.mode, **fields)


def last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that was written to its end, which its trainer state shows."""
    found = [path.parent for path in folder.glob("checkpoint-*/trainer_state.json")]
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)
