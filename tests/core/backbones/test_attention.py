import math

import pytest
import torch
from torch.nn import functional as F

from pruning_core.backbones import attention
from pruning_core.backbones.attention import by_distance, local_attention, rotary, rotate


def draw(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_rotary_angles_by_hand():
    cosines, sines = rotary(3, 4, 100.0, torch.ones(()))
    angles = [2.0, 0.2, 2.0, 0.2]  # position 2, with steps 100 ** 0 and 100 ** -0.5
    assert cosines[2].tolist() == pytest.approx([math.cos(a) for a in angles])
    assert sines[2].tolist() == pytest.approx([math.sin(a) for a in angles])


def test_rotated_products_depend_on_the_distance_alone():
    query, key = draw(1, 1, 1, 8), draw(1, 1, 1, 8, seed=1)
    cosines, sines = rotary(9, 8, 10_000.0, query)
    turned = [rotate(states.expand(-1, -1, 9, -1), cosines, sines) for states in (query, key)]
    products = turned[0][0, 0] @ turned[1][0, 0].T
    torch.testing.assert_close(products.diagonal(2), products[0, 2].expand(7))
    assert not torch.isclose(products[0, 2], products[0, 3])


@pytest.mark.parametrize("length", [3, 7, 9])
@pytest.mark.parametrize("padding", [0, 2])
@pytest.mark.parametrize("exports", [False, True])
def test_local_attention_is_attention_under_a_band(length, padding, exports, monkeypatch):
    monkeypatch.setattr(attention, "is_exporting", lambda: exports)
    query, key, value = (draw(2, 3, length, 4, seed=seed) for seed in range(3))
    tokens = torch.ones(2, length, dtype=torch.bool)
    tokens[1, length - padding :] = False
    places = torch.arange(length)
    band = (places[:, None] - places).abs() <= 3
    allowed = band & tokens[:, None, None] | torch.eye(length, dtype=torch.bool)
    expected = F.scaled_dot_product_attention(query, key, value, attn_mask=allowed)
    output = local_attention(query, key, value, tokens if padding else None, 3, 0.0)
    real = tokens[:, None, :, None].expand_as(output)
    torch.testing.assert_close(output[real], expected[real])
    assert output.isfinite().all()


@pytest.mark.parametrize("block", [1, 3, 128])
def test_products_by_distance(block, monkeypatch):
    monkeypatch.setattr(attention, "BLOCK", block)
    states, table = draw(2, 3, 7, 4), draw(1, 3, 13, 4, seed=1)
    seen = []
    for rows, products in by_distance(states, table):
        seen += range(rows.start, rows.stop)
        for row, values in zip(range(rows.start, rows.stop), products.unbind(2), strict=True):
            for column in range(7):
                expected = (states[:, :, row] * table[:, :, column - row + 6]).sum(-1)
                torch.testing.assert_close(values[..., column], expected)
    assert seen == list(range(7))


def test_products_by_distance_for_an_export(monkeypatch):
    states, table = draw(2, 3, 7, 4), draw(1, 3, 13, 4, seed=1)
    due = torch.cat([products for _, products in by_distance(states, table)], 2)
    monkeypatch.setattr(attention, "is_exporting", lambda: True)
    [(rows, products)] = by_distance(states, table)
    assert rows == slice(None)
    torch.testing.assert_close(products, due)
