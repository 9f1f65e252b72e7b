import pytest
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
)

from pruning_transformers import (
    PruningEncoderConfig,
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
    register_auto_models,
)
from tiny_backbones import new_config

MODELS = [
    (AutoModel, PruningEncoderModel),
    (AutoModelForSequenceClassification, PruningEncoderForSequenceClassification),
    (AutoModelForTokenClassification, PruningEncoderForTokenClassification),
]


@pytest.mark.parametrize(("auto", "cls"), MODELS)
def test_each_auto_class_makes_ours_also_after_a_second_call(auto, cls):
    register_auto_models()
    assert type(auto.from_config(new_config("bert"))) is cls


def test_the_configuration_is_found_by_its_model_type():
    backbone = new_config("bert").backbone_config
    config = AutoConfig.for_model("pruning_encoder", backbone_config=backbone)
    assert type(config) is PruningEncoderConfig
