import pytest
import yaml
from transformers import TrainerState

from pruning_transformers.training.cards import describe_training
from pruning_transformers.training.settings import DataSettings, TrainSettings

STATE = TrainerState(epoch=2.0, global_step=1234, best_metric=0.25)


@pytest.fixture
def card(tmp_path):
    (tmp_path / "README.md").write_text("---\ntags: [a]\n---\n# A model\n")
    return tmp_path / "README.md"


def describe(card, **changes):
    values = {
        "model": "org/reranker",
        "output": "out",
        "data": DataSettings(train=("org/data", "mine/train.jsonl")),
        "loss": {"keep_weight": 2.0},
        **changes,
    }
    settings = TrainSettings(**values)
    describe_training(card, settings, questions=5000, evaluated=200, state=STATE)
    text = card.read_text()
    return yaml.safe_load(text.split("---\n")[1]), text


def test_what_the_hub_knows_is_named(card):
    metadata, text = describe(card)
    assert metadata["base_model"] == "org/reranker"
    assert metadata["datasets"] == ["org/data"]
    assert "## Training\n\n- It started from `org/reranker`.\n- It learned from 5,000" in text
    assert "1,234 steps (2 epochs)" in text
    assert "its loss there is 0.250" in text
    assert "`keep_weight` 2.0" in text


def test_no_path_is_in_the_card(card, tmp_path):
    for model, start in ((str(tmp_path), "a local checkpoint"), ("default", "the built-in model")):
        metadata, text = describe(card, model=model, data=DataSettings(train=("a/b.jsonl",)))
        assert "base_model" not in metadata
        assert "datasets" not in metadata
        assert f"- It started from {start}." in text
        assert str(tmp_path) not in text
        assert "b.jsonl" not in text
    assert text.count("## Training") == 1
