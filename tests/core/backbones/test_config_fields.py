import pytest

from pruning_core.backbones import build_backbone
from tiny_checkpoint import tiny_config

BERT = dict(tiny_config().backbone_config)
MODERN = {"model_type": "modernbert"}
DEBERTA = {"model_type": "deberta-v2", "relative_attention": True}


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
        ({"layer_norm_eps": float("nan")}, ValueError, "`layer_norm_eps` must be a finite"),
        ({"hidden_dropout_prob": 2}, ValueError, "`hidden_dropout_prob` must be from 0 to 1"),
        ({**MODERN, "rope_parameters": [1]}, TypeError, "`rope_parameters` must be an object"),
        (
            {**MODERN, "rope_parameters": {"full_attention": 5}},
            TypeError,
            "`rope_parameters.full_attention` must be an object",
        ),
        ({**MODERN, "layer_types": 5}, TypeError, "`layer_types` must be a list of str"),
        ({**MODERN, "layer_types": ["full_attention"]}, ValueError, "`layer_types` must name 2"),
        ({**MODERN, "layer_types": ["x", "y"]}, ValueError, "`layer_types` must be one of"),
        ({**MODERN, "local_attention": 1}, ValueError, "`local_attention` must be at least 2"),
        ({**MODERN, "local_rope_theta": 0.5}, ValueError, "`local_rope_theta` must be at least 1"),
        ({**MODERN, "num_attention_heads": 32}, ValueError, "an even size"),
        ({**DEBERTA, "pos_att_type": 5}, TypeError, "`pos_att_type` must be a list of str"),
        ({**DEBERTA, "position_buckets": 1}, ValueError, r"`position_buckets` \(1\) and"),
        ({"model_type": "deberta-v2", "share_att_key": "y"}, TypeError, "`share_att_key` must be"),
    ],
)
def test_wrong_fields(change, error, message):
    with pytest.raises(error, match=message):
        build_backbone(BERT | change, 1)


def test_none_where_the_field_allows_it():
    build_backbone(BERT | {"pad_token_id": None, "classifier_dropout": None}, 1)
