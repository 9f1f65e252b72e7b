from pathlib import Path

import pytest

from pruning_transformers.training.arguments import training_arguments
from pruning_transformers.training.settings import DataSettings, TrainSettings


def arguments(training=None, **data):
    settings = TrainSettings(
        model="default",
        output=Path("out"),
        data=DataSettings(train=("a.jsonl",), **data),
        precision="float32",
        training=training or {},
    )
    return training_arguments(settings)


def test_the_users_come_before_the_defaults():
    assert arguments().learning_rate == 5e-5
    assert arguments({"learning_rate": 1e-3}).learning_rate == 1e-3
    assert not arguments().bf16


@pytest.mark.parametrize(
    ("training", "strategy", "best"),
    [({"save_steps": 7}, "steps", True), ({"save_strategy": "no"}, "epoch", False)],
)
def test_the_model_is_evaluated_whenever_it_is_saved(training, strategy, best):
    found = arguments(training, eval_share=0.1)
    assert (found.eval_strategy, found.load_best_model_at_end) == (strategy, best)
    assert found.eval_steps == (7 if strategy == "steps" else found.eval_steps)


def test_batches_by_tokens_are_items():
    assert arguments(batch_tokens=512).per_device_train_batch_size == 1
