"""BatchEncoder: what runs an encoder on one padded batch, in torch or in anything else."""

from abc import ABC, abstractmethod

import numpy as np


class BatchEncoder(ABC):
    """Runs an encoder on arrays.

    Attributes:
        out_of_memory: the error by which it says that a batch is too large; no error by default.
        token_budget: padded tokens of a batch that suit it.
    """

    out_of_memory: type[Exception] | tuple[()] = ()
    token_budget: int

    @abstractmethod
    def encode(
        self, ids: np.ndarray, types: np.ndarray, mask: np.ndarray
    ) -> tuple[np.ndarray | None, np.ndarray]:
        """Token ids, token types and mask with 1 for tokens, each (B, T) of int64 -> first ranking
        logits (B,), None without a ranking head, and keep probabilities (B, T), float32.
        """
