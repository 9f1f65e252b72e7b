"""The same for training, evaluation and their data."""

import json
from pathlib import Path

import pytest
from transformers import TrainingArguments

from docstring_examples import described, has_example, run_example
from pruning_transformers import (
    PruningEncoderForSequenceClassification,
    evaluation,
    questions,
    training,
)

MODULES = (questions, training, evaluation)
PUBLIC = dict(row for module in MODULES for row in described(module))
QUESTION = questions.Question(text="What do cats do?", context="Cats purr.", spans=((0, 10),))


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    model = PruningEncoderForSequenceClassification.from_pretrained("default")
    file = tmp_path_factory.mktemp("data") / "dev.jsonl"
    questions.write_questions(file, [QUESTION])
    systems = evaluation.open_systems(["default"])
    return {
        **{name: getattr(module, name) for module in MODULES for name in module.__all__},
        "Path": Path,
        "arguments": TrainingArguments("run", report_to="none", use_cpu=True),
        "dataset": training.PruningDataset([QUESTION], model.tokenizer, model.config),
        "json": json,
        "model": model,
        "questions": [QUESTION],
        "report": evaluation.evaluate(systems, [file], ranking_questions=0),
    }


@pytest.mark.parametrize("name", PUBLIC)
def test_the_example_of(name, names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert has_example(PUBLIC[name])
    run_example(name, PUBLIC[name], names)
