import pytest
import torch

from pruning_core.backbones.bert import BertConfig
from pruning_core.backbones.xlm_roberta import (
    XlmRobertaEmbeddings,
    XlmRobertaModel,
    XlmRobertaRanker,
)

CONFIG = BertConfig(
    vocab_size=40,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=24,
    max_position_embeddings=10,
    pad_token_id=1,
)
IDS = torch.tensor([[5, 6, 7, 8, 9], [5, 6, 7, 1, 1]])


def test_positions_count_from_the_padding_id_and_skip_padding():
    layer = XlmRobertaEmbeddings(CONFIG)
    rows = layer.position_embeddings.weight
    positions = layer.positions(torch.tensor([[5, 6, 7, 1, 1], [1, 5, 1, 6, 7]]))
    assert torch.equal(positions[0], rows[[2, 3, 4, 1, 1]])
    assert torch.equal(positions[1], rows[[1, 2, 1, 3, 4]])


def test_padding_does_not_matter():
    ranker = XlmRobertaRanker(CONFIG, 2).eval()
    padded, alone = ranker(IDS, (IDS != 1).long()), ranker(IDS[1:, :3])
    torch.testing.assert_close(padded.logits[1:], alone.logits)
    torch.testing.assert_close(padded.last_hidden_state[1:, :3], alone.last_hidden_state)


def test_the_ranking_head_by_hand():
    ranker = XlmRobertaRanker(CONFIG, 2).eval()
    output, head = ranker(IDS), ranker.classifier
    first = output.last_hidden_state[:, 0]
    expected = head.out_proj(torch.tanh(first @ head.dense.weight.T + head.dense.bias))
    torch.testing.assert_close(output.logits, expected)
    assert not [name for name in ranker.state_dict() if "pooler" in name]


def test_the_first_positions_are_not_for_tokens():
    model = XlmRobertaModel(CONFIG).eval()
    assert model(torch.full((1, 8), 5)).last_hidden_state.shape == (1, 8, 16)
    with pytest.raises(ValueError, match="`input_ids` must have at most 8 tokens a row, not 9"):
        model(torch.full((1, 9), 5))
