import json

import pytest
from safetensors import safe_open

from pruning_core import Pruner
from pruning_core.builtin import BUILTIN_MODELS, DEFAULT

DEFAULT_MODEL = BUILTIN_MODELS[DEFAULT]

QUERY = "When did the bridge open?"
ANSWER = "It was opened to traffic in May 1937. "
TEXT = (
    "The bridge is painted in a colour called international orange. "
    f"{ANSWER}"
    "Its towers are 227 metres tall. "
    "Painters work on it all year. "
)


@pytest.fixture(scope="module")
def pruner():
    return Pruner.from_pretrained()


def test_it_keeps_the_answer_and_drops_more_with_the_threshold(pruner):
    assert ANSWER in pruner.prune(QUERY, TEXT).text
    result = pruner.prune(QUERY, TEXT, threshold=0.3)
    assert result.text == ANSWER
    best = max(result.sentences, key=lambda sentence: sentence.probability)
    assert TEXT[best.start : best.end] == ANSWER


def test_it_ranks(pruner):
    documents = ["Cats purr when they are content.", TEXT, "Bread is made of flour and water."]
    ranked = pruner.rank(QUERY, documents)
    assert ranked[0].index == 1
    assert ranked[0].score > 0.5 > ranked[1].score


def test_it_drops_what_has_no_answer(pruner):
    assert pruner.prune("Who invented the telephone?", TEXT).compression > 0.9


def test_a_long_document_is_read_in_windows(pruner):
    answer = "The bridge was opened to traffic in May 1937. "
    document = "Painters work on it all year. " * 150 + answer
    result = pruner.prune(QUERY, document)
    assert result.text.endswith(answer)
    assert result.compression > 0.9


def test_the_files_are_a_complete_checkpoint_in_half_precision():
    names = {file.name for file in DEFAULT_MODEL.iterdir()}
    tokenizer = {"tokenizer.json", "tokenizer_config.json"}
    assert names >= {"config.json", "model.safetensors", "README.md"} | tokenizer
    config = json.loads((DEFAULT_MODEL / "config.json").read_text())
    assert config["model_type"] == "pruning_encoder"
    with safe_open(DEFAULT_MODEL / "model.safetensors", "pt") as weights:
        assert {weights.get_slice(key).get_dtype() for key in weights.keys()} == {"F16"}  # noqa: SIM118
