import inspect

import pytest
from transformers.utils.generic import find_labels

from emitted_file import emitted_module
from pruning_transformers import (
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
)
from pruning_transformers.label_arguments import OptionalLabel

CLASSES = [
    PruningEncoderModel,
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
]


@pytest.mark.parametrize("cls", CLASSES)
def test_trainer_waits_for_labels_alone_and_keeps_every_column(cls):
    for one in (cls, getattr(emitted_module(), cls.__name__)):
        assert find_labels(one) == ["labels"]
        columns = list(inspect.signature(one.forward).parameters)
        assert {"labels", "pruning_labels", "position_ids", "inputs_embeds"} <= set(columns)


def test_the_name_is_a_name():
    name = OptionalLabel("pruning_labels")
    assert name == "pruning_labels"
    assert {"pruning_labels": 1}[name] == 1
    assert "pruning" in name
    assert "label" not in name
    assert 3 not in name
