import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pruning_core.batching import batches, token_budget_of


@given(st.lists(st.integers(1, 600), max_size=80), st.integers(1, 2_000))
def test_every_window_once_and_within_the_budget(lengths, budget):
    groups = batches(lengths, budget)
    assert sorted(i for group in groups for i in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[i] for i in group) <= budget


def test_longest_first_and_full():
    assert batches([1, 3, 2, 3], 6) == [[1, 3], [2, 0]]


def test_the_budget_is_positive():
    with pytest.raises(ValueError, match="`token_budget` must be at least 1, not 0"):
        batches([1], 0)


def test_the_budget_is_of_the_device():
    assert token_budget_of(torch.device("cpu")) == 1_024
    assert token_budget_of(torch.device("cuda")) == token_budget_of(torch.device("mps")) == 16_384
