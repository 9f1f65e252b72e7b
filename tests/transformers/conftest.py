"""Tiny questions, and the files and checkpoints of a run."""

import json
import random

import pytest

from pruning_transformers.questions import Question
from tiny_backbones import new_model

WORDS = ("paris", "france", "cats", "capital")


def new_rows(count, seed=0):
    """Rows whose evidence is the sentence that names the question's word."""
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        words = rng.sample(WORDS, 3)
        sentences = [f"The {word} is in the {word}. " for word in words]
        asked = rng.randrange(3)
        start = sum(map(len, sentences[:asked]))
        rows.append(
            {
                "question": f"is a {words[asked]}?",
                "context": "".join(sentences),
                "spans": [[start, start + len(sentences[asked]) - 1]],
                "answers": [words[asked]],
            }
        )
    return rows


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def questions():
    return [
        Question(
            text=row["question"],
            context=row["context"],
            spans=tuple(map(tuple, row["spans"])),
            answers=tuple(row["answers"]),
            place=f"rows:{number}",
        )
        for number, row in enumerate(new_rows(8), 1)
    ]


@pytest.fixture
def data(tmp_path):
    """Files of questions: `train.jsonl` and `dev.jsonl`, with an unanswerable row."""
    write(tmp_path / "train.jsonl", new_rows(32))
    empty = {"question": "what?", "context": "A cat. Cats purr.", "spans": []}
    write(tmp_path / "dev.jsonl", [*new_rows(12, seed=1), empty])
    return tmp_path


@pytest.fixture(scope="session")
def reranker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reranker") / "model"
    new_model().export_ranking_model(folder)
    return str(folder)


@pytest.fixture(scope="session")
def pruner(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pruner") / "model"
    model = new_model()
    model.save_pretrained(folder, tokenizer=model.tokenizer)
    return str(folder)
