"""The package's classes and those of the emitted file: the same methods, the same results."""

import inspect
import re

import pytest

from emitted_file import emitted_module
from pruning_core import PrunedDocument
from pruning_transformers import (
    PruningEncoderConfig,
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
)
from tiny_backbones import new_model

MODELS = (
    PruningEncoderModel,
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
)
MODULE = re.compile(r"\w+(\.\w+)*\.(?=[A-Z])")  # before the name of a class
QUERY, TEXTS = "capital of france", ["Paris is the capital. Cats purr. " * 9, "Cats.", ""]


def surface(cls):
    """The signature of every public method, and the names of all other public members."""
    members = {name: inspect.getattr_static(cls, name) for name in dir(cls) if name[0] != "_"}
    found = {name: getattr(cls, name) for name in members}
    return {
        name: MODULE.sub("", str(inspect.signature(value))) if callable(value) else ""
        for name, value in found.items()
    }


@pytest.mark.parametrize("cls", MODELS)
def test_the_models_have_the_same_methods(cls):
    ours, emitted = surface(cls), surface(getattr(emitted_module(), cls.__name__))
    assert set(ours) - set(emitted) == {"from_backbone", "export_ranking_model"}
    opens = (ours.pop("from_pretrained"), emitted.pop("from_pretrained"))
    assert opens[0].replace("allow_pickled_head: bool = False, ", "") == opens[1]
    assert {name: ours[name] for name in emitted} == emitted
    for name in ("prune", "prune_batch", "rank"):
        assert "threshold: float | None = None" in ours[name]


@pytest.mark.parametrize("cls", [PruningEncoderConfig, PrunedDocument])
def test_configuration_and_results_have_the_same_methods(cls):
    assert surface(cls) == surface(getattr(emitted_module(), cls.__name__))


@pytest.mark.parametrize("mode", ["reranking_pruning", "pruning_only"])
def test_the_same_results(mode, tmp_path):
    new_model(cls=PruningEncoderModel, mode=mode).save_pretrained(tmp_path)
    ours = PruningEncoderModel.from_pretrained(tmp_path)
    emitted = emitted_module().PruningEncoderModel.from_pretrained(tmp_path)
    options = {"threshold": 0.4, "max_tokens": 30, "always_keep": ["first_sentence"]}
    for first, second in zip(
        ours.prune_batch([QUERY] * 3, TEXTS, **options),
        emitted.prune_batch([QUERY] * 3, TEXTS, **options),
        strict=True,
    ):
        assert first.to_dict() == second.to_dict()
        assert first.highlight() == second.highlight()
        assert first._repr_html_() == second._repr_html_()
        assert repr(first) == repr(second)
    assert ours.process(QUERY, TEXTS) == emitted.process(QUERY, TEXTS)
    if mode == "reranking_pruning":
        rows = [
            [(row.index, row.score, row.text) for row in model.rank(QUERY, TEXTS, top_k=2)]
            for model in (ours, emitted)
        ]
        assert rows[0] == rows[1]


@pytest.mark.parametrize("cls", MODELS)
def test_the_names_in_config_json(cls, tmp_path):
    new_model(cls=cls).save_pretrained(tmp_path)
    config = PruningEncoderConfig.from_pretrained(tmp_path)
    assert config.architectures == [cls.__name__]
    assert config.auto_map["AutoModel"] == "modeling_pruning_encoder.PruningEncoderModel"


def test_a_wrong_option_is_pythons_own_error():
    model = new_model()
    with pytest.raises(TypeError, match=r"prune\(\) got an unexpected .* 'treshold'"):
        model.prune(QUERY, "Cats.", treshold=0.5)
    with pytest.raises(TypeError, match=r"rank\(\) got an unexpected .* 'strictly'"):
        model.rank(QUERY, ["Cats."], strictly=True)
