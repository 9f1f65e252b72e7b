"""Errors of transformers that say nothing of the file they come from."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from pruning_core.validation import shown

UNDERSTOOD = (ImportError, OSError, TypeError, ValueError, torch.OutOfMemoryError)
"""What a caller understands, or can do something about."""


@contextmanager
def named_errors(source: object) -> Iterator[None]:
    """Within a `with` block, what else transformers raises over a file is a ValueError that names
    it: it checks some values by errors of its own, and trips over others.
    """
    try:
        yield
    except UNDERSTOOD:
        raise
    except Exception as error:  # KeyError, AttributeError, RuntimeError, RecursionError and more
        kind = type(error).__name__
        raise ValueError(f"`{source}` is wrong: {kind}: {shown(str(error), 1_000)}") from error
