import copy
import json

import pytest
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
)

from emitted_file import emitted_module
from pruning_transformers import (
    PruningEncoderConfig,
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
)
from pruning_transformers.label_names import TOKEN_LABELS
from tiny_backbones import FAMILIES, fast_tokenizer, new_config, new_model

NUMBERS = {"DROP": 0, "KEEP": 1}
NAMES = {0: "off topic", 1: "related", 2: "relevant"}


@pytest.fixture(params=[1, 2, 3])
def checkpoint(request, tmp_path):
    """A checkpoint with as many ranking labels."""
    new_model(num_labels=request.param).save_pretrained(tmp_path)
    return tmp_path, request.param


def by_auto(path, **options):
    return AutoModelForTokenClassification.from_pretrained(path, **options)


def by_class(path, **options):
    return PruningEncoderForTokenClassification.from_pretrained(path, **options)


def by_configuration(path, **options):
    config = AutoConfig.from_pretrained(path, **options)
    return AutoModelForTokenClassification.from_pretrained(path, config=config)


def by_emitted_file(path, **options):
    return emitted_module().PruningEncoderForTokenClassification.from_pretrained(path, **options)


WAYS = [by_auto, by_class, by_configuration, by_emitted_file]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"num_labels": None},
        {"num_labels": 2},
        {"num_labels": 2, "id2label": TOKEN_LABELS, "label2id": NUMBERS},
        {"id2label": {"0": "DROP", "1": "KEEP"}},
        {"label2id": NUMBERS},
    ],
)
def test_two_labels_are_the_token_classifiers(way, options, checkpoint, tmp_path):
    path, ranking = checkpoint
    model = way(path, **options)
    assert (model.config.id2label, model.config.label2id) == (TOKEN_LABELS, NUMBERS)
    assert model.backbone.config.num_labels == ranking
    model.save_pretrained(tmp_path / "again")
    assert AutoModel.from_pretrained(tmp_path / "again").config.num_labels == ranking
    model.config.save_pretrained(tmp_path / "config")
    assert AutoConfig.from_pretrained(tmp_path / "config").num_labels == ranking
    assert model.config.num_labels == 2


def test_labels_set_after_loading_the_configuration(checkpoint):
    path, ranking = checkpoint
    config = AutoConfig.from_pretrained(path)
    config.num_labels = 2
    model = AutoModelForTokenClassification.from_pretrained(path, config=config)
    assert model.backbone.config.num_labels == ranking


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "options",
    [
        {"num_labels": 1},
        {"num_labels": 3},
        {"id2label": {0: "O", 1: "ANSWER"}},
        {"id2label": {0: "KEEP", 1: "DROP"}},
        {"num_labels": 2, "label2id": {"O": 0, "ANSWER": 1}},
    ],
)
def test_other_labels_are_an_error(way, options, checkpoint):
    with pytest.raises(ValueError, match=r"the token classifier has the labels .*'DROP'.*, not "):
        way(checkpoint[0], **options)


@pytest.mark.parametrize(
    "options",
    [
        {"num_labels": 3, "id2label": TOKEN_LABELS},
        {"id2label": TOKEN_LABELS, "label2id": {"DROP": 1, "KEEP": 0}},
    ],
)
def test_labels_that_disagree(options, checkpoint):
    with pytest.raises(ValueError, match="`id2label`, `label2id` and `num_labels` disagree"):
        AutoConfig.from_pretrained(checkpoint[0], **options)


def test_a_ranker_gets_as_many_labels_as_asked(checkpoint, tmp_path):
    path, _ = checkpoint
    options = {"id2label": NAMES, "ignore_mismatched_sizes": True}
    model = AutoModelForSequenceClassification.from_pretrained(path, **options)
    inputs = fast_tokenizer()("a cat", "cats", return_tensors="pt")
    assert model(**inputs).logits.shape == (1, 3)
    assert model.backbone.config.id2label == model.config.id2label == NAMES
    model.save_pretrained(tmp_path / "again")
    again = AutoModelForSequenceClassification.from_pretrained(tmp_path / "again")
    assert again.config.id2label == NAMES
    model.tokenizer = fast_tokenizer()
    model.save_pretrained(tmp_path / "with_tokenizer")


def test_the_configuration_of_a_token_classifier_serves_the_others(checkpoint):
    path, ranking = checkpoint
    config = by_auto(path, num_labels=2).config
    for cls in (PruningEncoderModel, PruningEncoderForSequenceClassification):
        model = cls(copy.deepcopy(config))
        assert model.config.num_labels == model.backbone.config.num_labels == ranking
    assert PruningEncoderForTokenClassification(config).backbone.config.num_labels == ranking
    contents = json.loads(config.to_json_string())
    assert PruningEncoderConfig(**contents).num_labels == ranking
    assert PruningEncoderConfig.from_dict(config.to_dict()).num_labels == ranking


def test_one_configuration_for_all_classes():
    config = new_config("bert", id2label=NAMES)
    for cls in (PruningEncoderForTokenClassification, PruningEncoderForSequenceClassification):
        assert cls(config).backbone.config.id2label == NAMES
    assert config.id2label == NAMES


@pytest.mark.parametrize("family", FAMILIES)
def test_names_reach_the_exported_ranker_and_come_back(family, tmp_path):
    new_model(family, id2label=NAMES).export_ranking_model(tmp_path)
    plain = AutoModelForSequenceClassification.from_pretrained(tmp_path)
    assert (plain.config.id2label, plain.config.label2id["relevant"]) == (NAMES, 2)
    model = PruningEncoderForSequenceClassification.from_backbone(tmp_path)
    assert model.config.id2label == NAMES
    fewer = PruningEncoderModel.from_backbone(tmp_path, mode="pruning_only")
    assert fewer.config.id2label == NAMES


def test_names_of_the_backbone_stay_where_the_ranker_has_none():
    backbone = FAMILIES["bert"] | {"id2label": NAMES}
    config = PruningEncoderConfig(backbone_config=backbone, max_length=64, num_labels=3)
    assert PruningEncoderModel(config).backbone.config.id2label == NAMES
    config = PruningEncoderConfig(backbone_config=backbone, max_length=64, num_labels=2)
    assert PruningEncoderModel(config).backbone.config.id2label == {0: "LABEL_0", 1: "LABEL_1"}
