import pytest
import torch

from pruning_core.backbones.disentangled import DebertaV2Config, DisentangledSelfAttention

SMALL = {"hidden_size": 16, "num_attention_heads": 2, "relative_attention": True}


def test_rows_of_plain_distances_are_clamped():
    config = DebertaV2Config(max_relative_positions=4)
    assert config.rows(3).tolist() == [2, 3, 4, 5, 6]
    assert config.rows(6).tolist() == [0, 0, 1, 2, 3, 4, 5, 6, 7, 7, 7]


def test_rows_of_buckets_are_logarithmic_beyond_their_middle():
    config = DebertaV2Config(position_buckets=8, max_relative_positions=32)
    rows = config.rows(25)
    behind = [0, 1, 2, 3, 4, *[5] * 3, *[6] * 8, *[7] * 9]  # distances 0 to 24
    assert (rows[24:] - 8).tolist() == behind
    assert (8 - rows[: 24 + 1]).flip(0).tolist() == behind


def test_the_reach_defaults_to_the_positions():
    config = DebertaV2Config(max_position_embeddings=40)
    assert (config.reach, config.span) == (40, 40)
    config = DebertaV2Config(max_position_embeddings=40, position_buckets=6)
    assert (config.reach, config.span) == (40, 6)


@pytest.mark.parametrize("shares", [True, False])
@pytest.mark.parametrize("kinds", ["c2p", "p2c", "c2p|p2c"])
def test_scores_pair_by_pair(kinds, shares):
    data = {**SMALL, "pos_att_type": kinds, "share_att_key": shares, "max_relative_positions": 3}
    config = DebertaV2Config.from_dict(data)
    layer = DisentangledSelfAttention(config).eval()
    hidden, relative = (torch.randn(n, 16) for n in (5, 6))
    row = config.rows(5)  # of query - key, from -4
    context = layer(hidden[None], None, relative, row)[0, :, 8:]  # the second head
    query, key, value = (
        part(hidden)[:, 8:] for part in (layer.query_proj, layer.key_proj, layer.value_proj)
    )
    pos_key = getattr(layer, "pos_key_proj", layer.key_proj)(relative)[:, 8:]
    pos_query = getattr(layer, "pos_query_proj", layer.query_proj)(relative)[:, 8:]
    scores = torch.empty(5, 5)
    for i in range(5):
        for j in range(5):
            place = row[i - j + 4]  # by query - key in both terms, as in transformers
            c2p = query[i] @ pos_key[place] if "c2p" in kinds else 0
            p2c = key[j] @ pos_query[place] if "p2c" in kinds else 0
            scores[i, j] = query[i] @ key[j] + c2p + p2c
    scale = (8 * (2 + kinds.count("|"))) ** -0.5
    torch.testing.assert_close(context, (scores * scale).softmax(-1) @ value)


def test_masked_tokens_are_not_read():
    config = DebertaV2Config.from_dict({**SMALL, "pos_att_type": ["c2p", "p2c"]})
    layer = DisentangledSelfAttention(config).eval()
    hidden, relative = torch.randn(1, 5, 16), torch.randn(2 * config.span, 16)
    mask = torch.tensor([[True, True, True, False, False]])
    padded = layer(hidden, mask, relative, config.rows(5))
    alone = layer(hidden[:, :3], None, relative, config.rows(3))
    torch.testing.assert_close(padded[:, :3], alone)


def test_what_it_cannot_compute():
    with pytest.raises(ValueError, match="`conv_kernel_size` must be 0, not 3; `pip install"):
        DebertaV2Config(conv_kernel_size=3)
    with pytest.raises(ValueError, match="`pooler_hidden_act` must be one of gelu, .*'mish'"):
        DebertaV2Config(pooler_hidden_act="mish")
