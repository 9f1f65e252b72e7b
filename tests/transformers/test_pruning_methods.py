import inspect

import pytest

from pruning_core import PruningPipeline
from pruning_transformers import PruningEncoderModel
from pruning_transformers.pruning_methods import PruningMethods
from tiny_backbones import new_model

QUERY, TEXT = "capital of france", "Paris is the capital. Cats purr."


@pytest.mark.parametrize("name", ["prune", "prune_batch", "rank"])
def test_the_arguments_are_those_of_the_pipeline(name):
    ours, theirs = (
        inspect.signature(getattr(cls, name)) for cls in (PruningMethods, PruningPipeline)
    )
    assert ours == theirs


def test_every_option_arrives():
    model = new_model(cls=PruningEncoderModel)
    assert model.prune(QUERY, TEXT, threshold=0).text == TEXT
    assert model.prune(QUERY, TEXT, threshold=1, always_keep=["first_sentence"]).text == TEXT[:22]
    assert len(model.prune(QUERY, TEXT, threshold=1, min_sentences=1).text) > 0
    assert model.prune_batch([QUERY], [TEXT], threshold=0, max_tokens=0)[0].text == ""
    assert len(model.rank(QUERY, [TEXT, "Cats."], top_k=1, prune=False)) == 1
