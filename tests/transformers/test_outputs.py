import pytest
import torch

from pruning_transformers import (
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
)
from pruning_transformers.outputs import PruningEncoderOutput, PruningSequenceOutput, RankingOutput
from tiny_backbones import fast_tokenizer, new_model


def test_the_loss_comes_first():
    one, two = torch.zeros(1), torch.ones(1)
    for cls in (PruningEncoderOutput, PruningSequenceOutput):
        assert cls(pruning_logits=two, loss=one).to_tuple() == (one, two)


def test_ranking_logits_alone_are_items():
    output = RankingOutput(logits=torch.zeros(1))
    output.pruning_logits = torch.ones(1)
    assert list(output) == ["logits"]
    assert output.pruning_logits == 1
    assert RankingOutput().pruning_logits is None


@pytest.mark.parametrize(
    "labels", [{}, {"labels": 1}, {"pruning_labels": 2}, {"labels": 1, "pruning_labels": 2}]
)
@pytest.mark.parametrize(
    "cls",
    [
        PruningEncoderModel,
        PruningEncoderForSequenceClassification,
        PruningEncoderForTokenClassification,
    ],
)
def test_a_tuple_has_the_items_of_the_dictionary(cls, labels):
    inputs = fast_tokenizer()("a cat", "cats", return_tensors="pt")
    length = inputs["input_ids"].shape[1]
    shapes = {1: (1,), 2: (1, length)}
    if cls is PruningEncoderForTokenClassification and "pruning_labels" not in labels:
        shapes[1] = shapes[2]
    given = {name: torch.ones(shapes[kind], dtype=torch.long) for name, kind in labels.items()}
    model = new_model(cls=cls)
    output = model(**inputs, **given)
    items = model(**inputs, **given, return_dict=False)
    assert len(items) == len(output)
    assert all(map(torch.equal, items, output.values()))
    assert ("loss" in output) == bool(labels)
    if labels:
        assert torch.equal(items[0], output.loss)
    if cls is not PruningEncoderForTokenClassification:
        assert output.pruning_logits.shape == (1, length, 2)
