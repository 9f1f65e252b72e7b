import pytest
import torch

from pruning_core.backbones.deberta_v2 import DebertaV2Model, DebertaV2Ranker
from pruning_core.backbones.disentangled import DebertaV2Config

SMALL = {
    "vocab_size": 40,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 24,
    "max_position_embeddings": 32,
    "relative_attention": True,
    "position_buckets": 8,
    "pos_att_type": ["p2c", "c2p"],
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
    "position_biased_input": False,
}
IDS = torch.tensor([[5, 6, 7, 8, 9], [5, 6, 7, 0, 0]])
ORDER = torch.tensor([3, 0, 4, 2, 1])


def config(**changes):
    return DebertaV2Config.from_dict(SMALL | changes)


@pytest.mark.parametrize("changes", [{}, {"position_biased_input": True, "type_vocab_size": 2}])
def test_padding_does_not_matter(changes):
    ranker = DebertaV2Ranker(config(**changes), 2).eval()
    padded, alone = ranker(IDS, (IDS != 0).long()), ranker(IDS[1:, :3])
    torch.testing.assert_close(padded.logits[1:], alone.logits)
    torch.testing.assert_close(padded.last_hidden_state[1:, :3], alone.last_hidden_state)


@pytest.mark.parametrize(("changes", "sees"), [({}, True), ({"relative_attention": False}, False)])
def test_the_order_is_seen_through_relative_positions_alone(changes, sees):
    model = DebertaV2Model(config(**changes)).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    first, second = (model(ids).last_hidden_state for ids in (IDS[:1], IDS[:1, ORDER]))
    assert torch.allclose(first[:, ORDER], second, atol=1e-5) is not sees


def test_embeddings_of_padding_are_zero_and_narrow_ones_are_projected():
    layer = DebertaV2Model(config(embedding_size=8)).embeddings.eval()
    mask = torch.arange(5) < 3
    output = layer(IDS[:1], mask[None], None)
    assert (output[0, 3:] == 0).all()
    expected = layer.LayerNorm(layer.word_embeddings.weight[5] @ layer.embed_proj.weight.T)
    torch.testing.assert_close(output[0, 0], expected)


def test_token_types_count_where_there_are_some():
    plain, typed = (DebertaV2Model(config(type_vocab_size=n)).eval() for n in (0, 2))
    ones = torch.ones_like(IDS)
    for model, same in ((plain, True), (typed, False)):
        output = model(IDS, None, ones).last_hidden_state
        assert torch.equal(output, model(IDS).last_hidden_state) is same


def test_the_ranking_head_by_hand():
    ranker = DebertaV2Ranker(config(pooler_hidden_act="relu"), 3).eval()
    output = ranker(IDS)
    pooled = ranker.pooler.dense(output.last_hidden_state[:, 0]).clamp(min=0)
    torch.testing.assert_close(output.logits, ranker.classifier(pooled))


@pytest.mark.parametrize("name", ["cls_dropout", "pooler_dropout"])
def test_each_dropout_of_the_head_acts_in_training(name):
    rates = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, name: 0.5}
    ranker = DebertaV2Ranker(config(**rates), 8).train()
    assert not torch.equal(ranker(IDS).logits, ranker(IDS).logits)
    assert torch.equal(ranker(IDS).last_hidden_state, ranker(IDS).last_hidden_state)
