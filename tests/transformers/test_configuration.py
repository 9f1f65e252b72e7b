import pytest
from transformers import AutoConfig, BertConfig

from pruning_core import EncoderConfig
from pruning_transformers import PruningEncoderConfig
from tiny_backbones import FAMILIES, new_config

BERT = FAMILIES["bert"]


def test_defaults_are_cores():
    ours, core = PruningEncoderConfig(), EncoderConfig(backbone_config={"model_type": "bert"})
    for name in ("mode", "max_length", "num_labels", "classifier_dropout", "default_threshold"):
        assert getattr(ours, name) == getattr(core, name)
    assert ours.backbone_config.model_type == "bert"


@pytest.mark.parametrize("family", FAMILIES)
def test_round_trip_through_the_file(family, tmp_path):
    config = new_config(family, mode="pruning_only", default_threshold=0.2)
    config.save_pretrained(tmp_path)
    again = AutoConfig.from_pretrained(tmp_path)
    assert again.to_dict() == config.to_dict()
    assert again.backbone_config.model_type == family


def test_core_reads_the_same_file():
    config = new_config("bert", score_activation="identity")
    core = EncoderConfig.from_dict(config.to_dict())
    assert (core.score_activation, core.max_length, core.backbone_type) == ("identity", 64, "bert")


def test_sizes_read_through_to_the_backbone():
    config = new_config("bert")
    config.vocab_size = 7
    assert config.backbone_config.vocab_size == 7
    assert config.hidden_size == 32


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"mode": "ranking"}, ValueError, "`mode` must be one of .*'ranking'"),
        ({"default_threshold": 2}, ValueError, "`default_threshold` must be from 0 to 1, not 2"),
        ({"max_length": "64"}, TypeError, "`max_length` must be an int, not '64'"),
        ({"num_labels": 0}, ValueError, "`num_labels` must be at least 1, not 0"),
        ({"backbone_config": "org/model"}, TypeError, "as a mapping, not 'org/model'"),
        ({"backbone_config": BERT | {"auto_map": {}}}, ValueError, "must not hold auto_map"),
        (
            {"backbone_config": BERT | {"_attn_implementation": "x"}},
            ValueError,
            "must not hold _attn_implementation",
        ),
        (
            {"backbone_config": {"model_type": "none"}},
            ValueError,
            "must be of a text encoder",
        ),
    ],
)
def test_errors(fields, error, message):
    with pytest.raises(error, match=message):
        PruningEncoderConfig(**{"backbone_config": BERT, **fields})


def test_a_configuration_object_is_taken_as_data():
    config = PruningEncoderConfig(backbone_config=BertConfig(attn_implementation="eager"))
    assert "_attn_implementation" not in config.to_dict()["backbone_config"]


@pytest.mark.parametrize("name", ["quantization_config", "compression_config"])
def test_weights_are_not_quantized(name):
    with pytest.raises(ValueError, match=f"must not hold `{name}`"):
        PruningEncoderConfig(**{name: {"quant_method": "bitsandbytes"}})
    PruningEncoderConfig(**{name: None})
