import pytest
import torch

from pruning_core.backbones.bert import BertConfig, BertEmbeddings, BertModel, BertRanker
from tiny_checkpoint import tiny_config

CONFIG = BertConfig.from_dict(tiny_config().backbone_config)
IDS = torch.tensor([[2, 5, 3, 6, 7, 3], [2, 5, 3, 3, 0, 0]])
MASK = (IDS != 0).long()


def test_padding_does_not_matter():
    ranker = BertRanker(CONFIG, 1).eval()
    padded, alone = ranker(IDS, MASK), ranker(IDS[1:, :4])
    torch.testing.assert_close(padded.logits[1:], alone.logits)
    torch.testing.assert_close(padded.last_hidden_state[1:, :4], alone.last_hidden_state)


def test_embeddings_by_hand():
    layer = BertEmbeddings(CONFIG).eval()
    types = torch.tensor([[0, 1]])
    words, positions, kinds = (
        table.weight
        for table in (layer.word_embeddings, layer.position_embeddings, layer.token_type_embeddings)
    )
    expected = layer.LayerNorm(words[[7, 7]] + positions[[0, 1]] + kinds[[0, 1]])
    torch.testing.assert_close(layer(torch.tensor([[7, 7]]), types)[0], expected)


def test_each_head_attends_by_itself():
    layer = BertModel(CONFIG).encoder.layer[0].attention.self
    hidden = torch.randn(1, 5, 32, generator=torch.Generator().manual_seed(0))
    query, key, value = (part(hidden)[0, :, 8:16] for part in (layer.query, layer.key, layer.value))
    expected = (query @ key.T / 8**0.5).softmax(-1) @ value  # the second of 4 heads of size 8
    torch.testing.assert_close(layer.eval()(hidden, None)[0, :, 8:16], expected)


@pytest.mark.parametrize("name", ["hidden_dropout_prob", "attention_probs_dropout_prob"])
def test_each_dropout_acts_in_training(name):
    rates = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, name: 0.5}
    model = BertModel(BertConfig.from_dict(dict(tiny_config().backbone_config) | rates)).train()
    assert not torch.equal(model(IDS).last_hidden_state, model(IDS).last_hidden_state)


def test_types_default_to_zero():
    model = BertModel(CONFIG).eval()
    expected = model(IDS, None, torch.zeros_like(IDS)).last_hidden_state
    assert torch.equal(model(IDS).last_hidden_state, expected)
    assert not torch.equal(model(IDS, None, torch.ones_like(IDS)).last_hidden_state, expected)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden_act": "swish2"}, "`hidden_act` must be one of gelu, .*'swish2'"),
        ({"position_embedding_type": "relative_key"}, "`position_embedding_type` must be absolute"),
        ({"hidden_size": 30}, r"`hidden_size` \(30\) must be a multiple"),
    ],
)
def test_configs_it_cannot_compute(changes, message):
    with pytest.raises(ValueError, match=message):
        BertConfig.from_dict(dict(tiny_config().backbone_config) | changes)


def test_too_many_tokens():
    with pytest.raises(ValueError, match="`input_ids` must have at most 64 tokens a row, not 65"):
        BertModel(CONFIG)(torch.ones(1, 65, dtype=torch.long))
