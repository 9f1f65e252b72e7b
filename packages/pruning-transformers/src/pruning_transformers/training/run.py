"""One training run: settings -> a saved model."""

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from transformers import (
    PreTrainedModel,
    PrinterCallback,
    TrainerState,
    set_seed,
)

from pruning_core import checkpoint
from pruning_core.config_rules import RERANKING_PRUNING
from pruning_transformers import (
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
)
from pruning_transformers.loading import MODEL_CARD
from pruning_transformers.questions import Question, hold_out, read_questions, write_questions
from pruning_transformers.training.arguments import training_arguments
from pruning_transformers.training.averaging import AVERAGE_FILE, WeightAverage
from pruning_transformers.training.batches import TokenBatches
from pruning_transformers.training.calibration import calibrate
from pruning_transformers.training.cards import describe_training
from pruning_transformers.training.collator import PruningDataCollator
from pruning_transformers.training.examples import PruningDataset
from pruning_transformers.training.resuming import (
    STATE,
    BestCheckpoint,
    is_complete,
    is_finished,
    last_checkpoint,
    load_final,
    read_state,
    settle_best,
)
from pruning_transformers.training.rotation import CheckpointLimit
from pruning_transformers.training.settings import DataSettings, TrainSettings, new_loss
from pruning_transformers.training.trainer import PruningTrainer

HELD_OUT = "held_out.jsonl"
"""The questions of `data.eval_share`, in the output folder."""

_log = logging.getLogger(__name__)


def train(settings: TrainSettings, *, show_progress: bool = True) -> Path:
    """Train, going on from the last whole checkpoint in `settings.output`; gives that folder.

    Where it holds the model of a run that did all that the settings ask for, nothing is done. All
    data are read and checked before the model is loaded. With evaluation data the best
    checkpoint by `eval_loss` is the final model, else the last one. Without `show_progress` there
    are no bars, and the losses are not printed.
    """
    data = settings.data
    arguments = training_arguments(settings)
    arguments.disable_tqdm |= not show_progress
    if is_finished(arguments):
        if arguments.should_log:
            _log.info("nothing to do: %s holds the model of a finished run", settings.output)
            _log.info("for more steps, ask for more; for another model, name another `output`")
        return settings.output
    questions, held_out = read_parts(data, arguments.seed)
    evaluation = draw(held_out, data.eval_limit, arguments.seed)
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

    examples = dataset(questions)
    if data.negatives and arguments.should_log:
        _log.info("%d negatives for %d questions", examples.negative_count, len(questions))
    if data.eval_share is not None and arguments.process_index == 0:
        settings.output.mkdir(parents=True, exist_ok=True)
        write_questions(settings.output / HELD_OUT, held_out)
    weights = dict(settings.loss)
    if weights.get("keep_weight") == "balanced":
        weights["keep_weight"] = (1 - examples.keep_share) / max(examples.keep_share, 1e-6)
    tokens = data.batch_tokens
    eval_examples = dataset(evaluation) if evaluation else None

    def calibrated(model: PreTrainedModel) -> None:
        if eval_examples is None or not settings.calibrate:
            return
        ranking = data.teacher_scale is None and scores_are_learned(model, weights)
        log_calibration(model, eval_examples, ranking=ranking)

    trainer = PruningTrainer(
        model,
        arguments,
        loss=new_loss(weights),
        train_dataset=TokenBatches(examples, tokens, seed=arguments.seed) if tokens else examples,
        eval_dataset=eval_examples,
        processing_class=model.tokenizer,
        callbacks=callbacks(settings),
    )
    if not show_progress:
        trainer.remove_callback(PrinterCallback)
    finish(trainer, calibrated)
    if trainer.is_world_process_zero():
        describe_training(
            settings.output / MODEL_CARD,
            settings,
            questions=len(questions),
            evaluated=len(evaluation),
            state=trainer.state,
        )
    return settings.output


def scores_are_learned(model: PreTrainedModel, weights: Mapping[str, float]) -> bool:
    """Whether the loss of these settings teaches a model one score that is a probability."""
    config = model.config
    is_one = config.ranks and config.num_labels == 1 and config.score_activation == "sigmoid"
    return is_one and new_loss(weights).ranking_weight > 0


def log_calibration(model: PreTrainedModel, examples: PruningDataset, *, ranking: bool) -> None:
    """Calibrate, see `calibrate`, and say what changed; without both labels nothing does."""
    collator = PruningDataCollator(model.tokenizer)
    try:
        keep, score = calibrate(model, examples, collator, ranking=ranking)
    except ValueError as error:
        _log.warning("the keep probabilities are not calibrated: %s", error)
        return
    for name, one, found in (("keep", "sentence", keep), ("ranking", "window", score)):
        if found is not None:
            _log.info(
                "calibrated: %s logits times %.3f plus %.3f, cross-entropy of a %s %.4f"
                " instead of %.4f",
                *(name, found.scale, found.shift, one, found.after, found.before),
            )


def callbacks(settings: TrainSettings) -> list[WeightAverage]:
    """What the settings ask for in addition to the `TrainingArguments`."""
    return [] if settings.average_weights is None else [WeightAverage(settings.average_weights)]


def finish(
    trainer: PruningTrainer, calibrated: Callable[[PreTrainedModel], None] | None = None
) -> None:
    """Train to the end, from the last whole checkpoint if there is one, and save the model.

    The model, its tokenizer and the log are written to `output_dir`, which holds no path then.
    `calibrated` changes the final model before it is saved.
    """
    args = trainer.args
    output = Path(args.output_dir)
    is_averaged = any(isinstance(c, WeightAverage) for c in trainer.callback_handler.callbacks)
    files = [] if args.save_only_model else ["optimizer.pt", "scheduler.pt"]
    last = last_checkpoint(output, *files, *([AVERAGE_FILE] if is_averaged else []))
    if last is not None and is_complete(state := read_state(last), args):
        settle_best(state, args)
        best = state.best_model_checkpoint if args.load_best_model_at_end else None
        load_final(trainer.model, Path(best or last), averaged=is_averaged)
        trainer.state = state
    else:
        if last is not None and args.should_log:
            _log.info("going on from %s", last)
        trainer.add_callback(BestCheckpoint())
        if args.save_total_limit:
            trainer.add_callback(CheckpointLimit(args.save_total_limit))
            args.save_total_limit = None
        trainer.train(resume_from_checkpoint=last and str(last))
    if trainer.is_world_process_zero():
        if calibrated is not None:
            calibrated(trainer.model)
        trainer.model.save_pretrained(output, tokenizer=trainer.processing_class)
        save_state(trainer.state, output)
    trainer.accelerator.wait_for_everyone()
    trainer.accelerator.end_training()  # a process that just exits may abort the others


def read_parts(data: DataSettings, seed: int) -> tuple[list[Question], list[Question]]:
    """The questions to train on, and those to evaluate on, perhaps none."""
    train = [row for source in data.train for row in read_questions(source, "train")]
    train = draw(train, data.limit, seed)
    if data.eval_share is not None:
        return hold_out(train, data.eval_share, seed)
    return train, [row for source in data.eval for row in read_questions(source, "validation")]


def draw(questions: list[Question], limit: int | None, seed: int) -> list[Question]:
    """As many as `limit` at random, or all."""
    if limit is None or limit >= len(questions):
        return questions
    return random.Random(seed).sample(questions, limit)


def open_model(settings: TrainSettings) -> PreTrainedModel:
    """A pruning encoder as it is, or a new one from a cross-encoder or encoder."""
    model, revision = settings.model, settings.revision
    is_trained = checkpoint.is_pruning_encoder(model, revision=revision)
    ranks = settings.mode == RERANKING_PRUNING
    if is_trained:
        ranks = checkpoint.open(model, revision=revision).config.ranks
    cls: type[PruningEncoderForSequenceClassification | PruningEncoderForTokenClassification]
    cls = PruningEncoderForSequenceClassification if ranks else PruningEncoderForTokenClassification
    if is_trained:
        return cls.from_pretrained(model, dtype=torch.float32, revision=revision)
    return cls.from_backbone(
        model, mode=settings.mode, max_length=settings.max_length, revision=revision
    )


def save_state(state: TrainerState, folder: Path) -> None:
    """Write the log and the name of the best checkpoint, without the folder it lies in."""
    if state.best_model_checkpoint is not None:
        state.best_model_checkpoint = Path(state.best_model_checkpoint).name
    state.save_to_json(str(folder / STATE))
