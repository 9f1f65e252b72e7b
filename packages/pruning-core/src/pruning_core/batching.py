"""Windows -> batches of similar length within a token budget."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

TOKEN_BUDGET = 1024
"""Padded tokens of a batch on a CPU; 512 to 1,024 are fastest (`tools.benchmarks.speed
--budgets`)."""
ACCELERATOR_TOKEN_BUDGET = 16_384
"""The same on an accelerator, where small batches leave it idle; not measured, for want of one."""


def token_budget_of(device: "torch.device") -> int:
    """Padded tokens of a batch on a device of this kind."""
    return TOKEN_BUDGET if device.type == "cpu" else ACCELERATOR_TOKEN_BUDGET


def batches(lengths: Sequence[int], token_budget: int) -> list[list[int]]:
    """Group windows so that a batch, padded to its longest, has at most `token_budget` tokens.

    Returns indices into `lengths`, the longest first, so that the first batch needs the most
    memory; a window above the budget is a batch of its own.
    """
    if token_budget < 1:
        raise ValueError(f"`token_budget` must be at least 1, not {token_budget!r}")
    groups: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if groups and (len(groups[-1]) + 1) * lengths[groups[-1][0]] <= token_budget:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups
