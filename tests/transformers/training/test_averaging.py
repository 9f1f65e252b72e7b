import json

import pytest
import torch
from safetensors.torch import load_file
from transformers import TrainerCallback, TrainingArguments

from pruning_transformers.training import PruningDataset, PruningTrainer, WeightAverage
from tiny_backbones import fast_tokenizer, new_model
from tiny_checkpoint import tiny_config

NAME = "pruning_head.classifier.weight"


class Watch(TrainerCallback):
    """Notes a weight after every step."""

    def __init__(self):
        self.seen = []

    def on_step_end(self, args, state, control, model, **kwargs):
        self.seen.append(model.state_dict()[NAME].clone())


def trainer_of(folder, rows, *callbacks, **arguments):
    torch.manual_seed(0)
    model = new_model()
    given = {"report_to": "none", "disable_tqdm": True, "use_cpu": True, "learning_rate": 0.01}
    given |= {"max_steps": 6, "save_steps": 2, "logging_steps": 1}
    return PruningTrainer(
        model,
        TrainingArguments(str(folder), **given | arguments),
        train_dataset=rows,
        eval_dataset=rows,
        processing_class=model.tokenizer,
        callbacks=list(callbacks),
    )


@pytest.fixture
def rows(questions):
    return PruningDataset(questions, fast_tokenizer(), tiny_config())


def test_the_model_becomes_the_average_of_its_steps(rows, tmp_path):
    watch = Watch()
    trainer = trainer_of(tmp_path, rows, WeightAverage(0.4), watch)
    average = trainer.model.state_dict()[NAME].clone()
    trainer.train()
    for step, value in enumerate(watch.seen, 1):
        decay = min(0.4, (1 + step) / (10 + step))
        average = decay * average + (1 - decay) * value
    torch.testing.assert_close(trainer.model.state_dict()[NAME], average)
    assert not torch.equal(average, watch.seen[-1])


def test_a_run_that_goes_on_ends_with_the_same_average(rows, tmp_path):
    whole = trainer_of(tmp_path, rows, WeightAverage(0.9))
    whole.train()
    again = trainer_of(tmp_path, rows, WeightAverage(0.9))
    again.train(resume_from_checkpoint=str(tmp_path / "checkpoint-4"))
    for name, value in whole.model.state_dict().items():
        torch.testing.assert_close(again.model.state_dict()[name], value, msg=name)


def test_a_checkpoint_without_an_average_is_refused(rows, tmp_path):
    trainer_of(tmp_path, rows).train()
    with pytest.raises(FileNotFoundError, match=r"checkpoint-4 has no average.safetensors"):
        trainer_of(tmp_path, rows, WeightAverage(0.9)).train(
            resume_from_checkpoint=str(tmp_path / "checkpoint-4")
        )


def test_the_average_is_evaluated_and_that_of_the_best_checkpoint_kept(rows, tmp_path):
    trainer = trainer_of(
        tmp_path,
        rows,
        WeightAverage(0.9),
        eval_strategy="steps",
        eval_steps=2,
        load_best_model_at_end=True,
        learning_rate=0.3,  # so high that later is worse
    )
    trainer.train()
    log = {row["step"]: row for row in trainer.state.log_history if "eval_loss" in row}
    best = trainer.state.best_model_checkpoint
    average = load_file(f"{best}/average.safetensors")
    for name, value in trainer.model.state_dict().items():
        torch.testing.assert_close(value, average[name], msg=name)
    state = json.loads((tmp_path / "checkpoint-6" / "trainer_state.json").read_text())
    assert min(row["eval_loss"] for row in log.values()) == state["best_metric"]
    assert trainer.evaluate()["eval_loss"] == pytest.approx(state["best_metric"], rel=1e-5)


def test_the_weights_come_back_after_an_evaluation(rows, tmp_path):
    average = WeightAverage(0.9)
    trainer = trainer_of(tmp_path, rows, average)
    trainer.train()
    with torch.no_grad():
        trainer.model.get_parameter(NAME).fill_(2)
    with average.applied(trainer.model):
        assert not (trainer.model.state_dict()[NAME] == 2).any()
    assert (trainer.model.state_dict()[NAME] == 2).all()


@pytest.mark.parametrize(
    ("decay", "error", "message"),
    [
        (1, ValueError, "`decay` must be above 0 and below 1, not 1"),
        (0.0, ValueError, "`decay` must be above 0 and below 1, not 0.0"),
        ("x", TypeError, "`decay` must be a number, not 'x'"),
    ],
)
def test_a_wrong_decay(decay, error, message):
    with pytest.raises(error, match=message):
        WeightAverage(decay)
