"""Windows -> batches of similar length within a token budget."""

from collections.abc import Sequence


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
