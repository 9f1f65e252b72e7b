"""Training and fine-tuning: needs `pip install pruning-transformers[train]`."""

from pruning_transformers.training.averaging import WeightAverage
from pruning_transformers.training.batches import TokenBatches
from pruning_transformers.training.collator import PruningDataCollator
from pruning_transformers.training.examples import PruningDataset
from pruning_transformers.training.trainer import PruningTrainer

__all__ = [
    "PruningDataCollator",
    "PruningDataset",
    "PruningTrainer",
    "TokenBatches",
    "WeightAverage",
]
