"""Every public class, function and method has an example, and it does what it says."""

from pathlib import Path

import pytest
import transformers

import pruning_transformers
from docstring_examples import described, has_example, run_example

INTERNAL = (
    *("choose_labels", "labels_to_save", "of_ranker", "of_token_classifier"),
    "is_custom_code",
)
"""Methods of the configuration that the models call, and of a model that transformers calls (its
oldest supported release does not have it)."""
PUBLIC = {
    name: value for name, value in described(pruning_transformers) if not name.endswith(INTERNAL)
}


@pytest.fixture(scope="module")
def names():
    exported = {name: getattr(pruning_transformers, name) for name in pruning_transformers.__all__}
    autos = ("AutoConfig", "AutoModel", "AutoModelForSequenceClassification")
    model = pruning_transformers.PruningEncoderForSequenceClassification.from_pretrained("default")
    return {**exported, **{name: getattr(transformers, name) for name in autos}, "model": model}


@pytest.mark.parametrize("name", PUBLIC)
def test_the_example_of(name, names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert has_example(PUBLIC[name])
    run_example(name, PUBLIC[name], names)


def test_saving_and_opening(names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("from_pretrained", "save_pretrained"):  # those override transformers' own
        method = getattr(pruning_transformers.PruningEncoderModel, name)
        assert has_example(method)
        run_example(name, method, {**names, "Path": Path})
