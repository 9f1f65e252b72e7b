"""TokenBatches: examples in batches of like length, by their tokens and not by their number."""

import random
from collections.abc import Sequence

from torch.utils.data import Dataset

from pruning_core.batching import batches
from pruning_core.validation import check_int
from pruning_transformers.training.examples import Example, PruningDataset

POOL = 64
"""Batches that are sorted by length together: many for little padding, few to stay random."""


class TokenBatches(Dataset[list[Example]]):
    """Batches of at most so many tokens, padding included.

    Short examples fill a batch with many, long ones with few, so that steps take like time and
    little is padded. Each item is a batch: train with `per_device_train_batch_size=1`, and
    `PruningDataCollator` makes tensors of it.

    Args:
        examples: such as a `PruningDataset`.
        tokens: of a batch; an example above it is a batch of its own.
        seed: of the order of the examples, and of the batches.

    Example:
        >>> batches = TokenBatches(dataset, 4096)  # a `train_dataset` for PruningTrainer
        >>> len(batches), len(batches[0])
        (1, 1)
    """

    def __init__(
        self, examples: Sequence[Example] | PruningDataset, tokens: int, *, seed: int = 42
    ) -> None:
        check_int("tokens", tokens, minimum=1)
        rng = random.Random(seed)
        lengths = [len(examples[index]["input_ids"]) for index in range(len(examples))]
        order = list(range(len(examples)))
        rng.shuffle(order)
        # Examples that fill a pool of batches on the average.
        pool = max(1, POOL * tokens * len(lengths) // max(sum(lengths), 1))
        self._examples = examples
        self._batches: list[list[int]] = []
        for start in range(0, len(order), pool):
            part = order[start : start + pool]
            groups = batches([lengths[index] for index in part], tokens)
            self._batches += [[part[place] for place in group] for group in groups]
        rng.shuffle(self._batches)

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> list[Example]:
        return [self._examples[place] for place in self._batches[index]]
