import pytest

from pruning_core.backbones import build_backbone
from tiny_checkpoint import tiny_config

BERT = dict(tiny_config().backbone_config)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"vocab_size": "160"}, TypeError, "`vocab_size` must be an int, not '160'"),
        ({"num_attention_heads": 0}, ValueError, "`num_attention_heads` must be at least 1"),
        ({"num_hidden_layers": -3}, ValueError, "`num_hidden_layers` must be at least 1"),
        ({"layer_norm_eps": "1e-12"}, TypeError, "`layer_norm_eps` must be a number"),
        ({"hidden_act": 3}, TypeError, "`hidden_act` must be a str"),
        ({"pad_token_id": 10**6}, ValueError, "`pad_token_id` must be in the vocabulary"),
        ({"hidden_size": 33}, ValueError, r"`hidden_size` \(33\) must be a multiple"),
        ({"model_type": "modernbert", "norm_bias": 1}, TypeError, "`norm_bias` must be a bool"),
        ({"model_type": "deberta-v2", "share_att_key": "y"}, TypeError, "`share_att_key` must be"),
    ],
)
def test_wrong_fields(change, error, message):
    with pytest.raises(error, match=message):
        build_backbone(BERT | change, 1)


def test_none_where_the_field_allows_it():
    build_backbone(BERT | {"pad_token_id": None, "classifier_dropout": None}, 1)
