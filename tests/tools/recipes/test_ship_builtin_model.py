import pytest

pytest.importorskip("pruning_transformers")

import torch

from pruning_core.weights import dequantized
from tools.recipes.ship_builtin_model import in_blocks


def test_four_bits_in_blocks_are_found_again():
    torch.manual_seed(0)
    numbers = torch.randint(-8, 8, (50, 96), dtype=torch.int8)
    numbers[0, :32] = 0
    numbers[1, :32] = 6  # 2 and 6 times a scale would both do
    table = dequantized(numbers, (torch.rand(50, 3) / 50).half())
    found, scale = in_blocks(table)
    assert (found.dtype, scale.dtype) == (torch.int8, torch.float16)
    assert (found.shape, scale.shape) == ((50, 96), (50, 3))
    assert found.abs().max() <= 8
    assert torch.equal(dequantized(found, scale), table)


def test_another_number_is_refused():
    table = torch.ones(2, 32)
    table[1, 3] = 0.123
    with pytest.raises(ValueError, match="not made of 4-bit numbers"):
        in_blocks(table)
