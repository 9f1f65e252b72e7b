import pytest
import torch

from pruning_core.backbones.modernbert import ModernBertConfig, ModernBertModel, ModernBertRanker

SMALL = {
    "vocab_size": 40,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 24,
    "global_attn_every_n_layers": 2,
    "local_attention": 4,
    "pad_token_id": 0,
}
IDS = torch.tensor([[5, 6, 7, 8, 9, 5, 6, 7, 8], [5, 6, 7, 8, 9, 6, 0, 0, 0]])


def config(**changes):
    return ModernBertConfig.from_dict(SMALL | changes)


def test_which_layers_are_local():
    every_third = config(global_attn_every_n_layers=3)
    assert [every_third.is_local(i) for i in range(5)] == [False, True, True, False, True]
    named = config(layer_types=["sliding_attention", "full_attention"])
    assert [named.is_local(i) for i in range(2)] == [True, False]


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_padding_does_not_matter(pooling):
    ranker = ModernBertRanker(config(classifier_pooling=pooling), 2).eval()
    padded, alone = ranker(IDS, (IDS != 0).long()), ranker(IDS[1:, :6])
    torch.testing.assert_close(padded.logits[1:], alone.logits)
    torch.testing.assert_close(padded.last_hidden_state[1:, :6], alone.last_hidden_state)


@pytest.mark.parametrize(
    ("kind", "reach"), [("sliding_attention", 2), ("full_attention", IDS.shape[1])]
)
def test_how_far_a_token_reaches(kind, reach):
    model = ModernBertModel(config(num_hidden_layers=1, layer_types=[kind])).eval()
    other = IDS[:1].clone()
    other[0, 0] = 11
    first, second = (model(ids).last_hidden_state[0] for ids in (IDS[:1], other))
    changed = (first - second).abs().amax(-1) > 1e-6
    assert changed.tolist() == [place <= reach for place in range(IDS.shape[1])]


def test_both_hidden_states():
    model = ModernBertModel(config(norm_bias=True)).eval()
    output = model(IDS)
    assert torch.equal(model.final_norm(output.pre_final_norm), output.last_hidden_state)
    assert not torch.allclose(output.pre_final_norm, output.last_hidden_state)


def test_the_gated_network_by_hand():
    layer = ModernBertModel(config(hidden_activation="relu")).layers[0].mlp
    hidden = torch.randn(3, 16)
    value, gate = layer.Wi.weight[:24] @ hidden.T, layer.Wi.weight[24:] @ hidden.T
    expected = (layer.Wo.weight @ (value.clamp(min=0) * gate)).T
    torch.testing.assert_close(layer(hidden), expected)


@pytest.mark.parametrize(
    "name", ["embedding_dropout", "attention_dropout", "mlp_dropout", "classifier_dropout"]
)
def test_each_dropout_acts_in_training(name):
    ranker = ModernBertRanker(config(**{name: 0.5}), 8)
    assert not torch.equal(ranker.train()(IDS).logits, ranker(IDS).logits)
    assert torch.equal(ranker.eval()(IDS).logits, ranker(IDS).logits)


def test_configs_it_cannot_compute():
    with pytest.raises(ValueError, match="`classifier_pooling` must be cls or mean, not 'max'"):
        config(classifier_pooling="max")
    with pytest.raises(ValueError, match="`hidden_activation` must be one of gelu, .*'mish'"):
        config(hidden_activation="mish")
    with pytest.raises(ValueError, match="`rope_type` must be default, not 'yarn'"):
        config(rope_parameters={"sliding_attention": {"rope_type": "yarn"}})
