import pytest
from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES
from transformers.models.auto.modeling_auto import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES

from pruning_transformers.text_encoders import TEXT_ENCODERS, check_text_encoder


def test_what_transformers_knows_of_them_classifies_sequences():
    known = TEXT_ENCODERS & set(CONFIG_MAPPING_NAMES)
    assert len(known) > 25
    assert known <= set(MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES)


@pytest.mark.parametrize("name", ["detr", "encoder-decoder", "timm_backbone", "llava", "bert2"])
def test_others_are_refused(name):
    with pytest.raises(ValueError, match="must be of a text encoder"):
        check_text_encoder({"model_type": name})


@pytest.mark.parametrize("value", [{"model_type": "bert"}, [{"a": {"model_type": "x"}}]])
def test_a_model_within_is_refused(value):
    with pytest.raises(ValueError, match="must not hold another model under 'inner"):
        check_text_encoder({"model_type": "bert", "inner": value})
