"""Every public class, function and method has an example, and it does what it says."""

import pytest
from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss

from docstring_examples import has_example, run_example
from pruning_crossencoder import PruningCrossEncoder
from pruning_crossencoder.losses import PruningDistillationLoss

PUBLIC = (
    PruningCrossEncoder,
    PruningCrossEncoder.prune,
    PruningCrossEncoder.rank,
    PruningCrossEncoder.save,
    PruningDistillationLoss,
    PruningDistillationLoss.get_config_dict,
)


@pytest.fixture(scope="module")
def names():
    further = (PruningCrossEncoder, PruningDistillationLoss, BinaryCrossEntropyLoss)
    model = PruningCrossEncoder("default", device="cpu")
    return {**{cls.__name__: cls for cls in further}, "model": model}


@pytest.mark.parametrize("value", PUBLIC, ids=lambda value: value.__qualname__)
def test_the_example_of(value, names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert has_example(value)
    run_example(value.__qualname__, value, names)
