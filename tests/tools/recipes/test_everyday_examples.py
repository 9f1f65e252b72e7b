"""How often an epoch has a question, and which documents it comes with."""

import gzip
import json
from collections import Counter

import pytest

pytest.importorskip("pruning_transformers")

from tiny_checkpoint import tiny_config, tiny_tokenizer
from tools.recipes.everyday_examples import EverydayRecipe


@pytest.fixture
def folder(tmp_path):
    for name, words in (("often", "cat mat"), ("seldom", "dog log")):
        rows = [
            {
                "question": f"Where is {words} {number}?",
                "context": f"The {words} {number}. It rained.",
                "spans": [[0, 5]],
                "answers": ["The"],
                "set": name,
            }
            for number in range(200)
        ]
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


def test_rates_above_and_below_one(folder):
    rates = {"often": 2.5, "seldom": 0.25}
    recipe = EverydayRecipe(folder, tiny_tokenizer(), tiny_config(), seed=1, rates=rates)
    counts = Counter({name: len(list(recipe.of_source(name))) for name in rates})
    assert 400 < counts["often"] < 600  # every document holds the answer: there are no negatives
    assert 20 < counts["seldom"] < 80


def test_an_epoch_has_all_sources_and_each_its_own_draws(folder):
    rates = {"often": 1.0, "seldom": 0.5}
    recipe = EverydayRecipe(folder, tiny_tokenizer(), tiny_config(), seed=1, rates=rates)
    first, second = recipe.epoch(), recipe.epoch()
    assert len(first) > 250
    assert [row["input_ids"] for row in first] != [row["input_ids"] for row in second]
    again = EverydayRecipe(folder, tiny_tokenizer(), tiny_config(), seed=1, rates=rates)
    assert again.epoch() == first
