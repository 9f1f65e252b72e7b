import pytest

from pruning_core import EncoderConfig
from tiny_checkpoint import tiny_config

BERT = {"model_type": "bert", "hidden_size": 8}


def test_round_trip():
    config = tiny_config(mode="pruning_only", default_threshold=0.2)
    assert EncoderConfig.from_dict(config.to_dict()) == config


def test_the_file_names_type_tokenizer_and_dtype():
    data = EncoderConfig(backbone_config=BERT).to_dict()
    assert (data["model_type"], data["tokenizer_class"], data["dtype"]) == (
        "pruning_encoder",
        "PreTrainedTokenizerFast",
        "float32",
    )


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"mode": "ranking"}, ValueError, "`mode` must be one of .*'ranking'"),
        ({"max_length": 3}, ValueError, "`max_length` must be at least 8, not 3"),
        ({"max_length": "512"}, TypeError, "`max_length` must be an int, not '512'"),
        ({"default_threshold": 1.5}, ValueError, "`default_threshold` must be from 0 to 1"),
        ({"classifier_dropout": None}, TypeError, "`classifier_dropout` must be a number"),
        ({"pruning_hidden_state": "first"}, ValueError, "`pruning_hidden_state` must be one of"),
        ({"score_activation": "tanh"}, ValueError, "`score_activation` must be one of"),
        ({"num_labels": 0}, ValueError, "`num_labels` must be at least 1, not 0"),
        ({"backbone_config": "org/model"}, TypeError, "`backbone_config` .*'org/model'"),
        ({"backbone_config": {}}, ValueError, "`backbone_config` must name its `model_type`"),
        ({"backbone_config": BERT | {"auto_map": {}}}, ValueError, "must not hold auto_map"),
        (
            {"backbone_config": BERT | {"_attn_implementation": "x"}},
            ValueError,
            "must not hold _attn_implementation",
        ),
    ],
)
def test_bad_values(changes, error, message):
    with pytest.raises(error, match=message):
        EncoderConfig(**{"backbone_config": BERT, **changes})


def test_another_model_type():
    with pytest.raises(ValueError, match="`model_type` must be 'pruning_encoder', not 'bert'"):
        EncoderConfig.from_dict(BERT)


def test_a_config_without_backbone():
    with pytest.raises(ValueError, match="has no `backbone_config`"):
        EncoderConfig.from_dict({"model_type": "pruning_encoder"})
