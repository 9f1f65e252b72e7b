"""Errors of transformers that say nothing of the file they come from."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from pruning_core.validation import shown_text

UNDERSTOOD = (ImportError, OSError, TypeError, ValueError, torch.OutOfMemoryError)
"""What a caller understands, or can do something about."""


@contextmanager
def named_errors(source: object) -> Iterator[None]:
    """Within a `with` block, what transformers raises over a file names it, and is short.

    It checks some values by errors of its own, trips over others, and shows values of any length.
    What a caller understands keeps its type; everything else becomes a ValueError.
    """
    try:
        yield
    except UNDERSTOOD as error:
        text, kind = str(error), TypeError if isinstance(error, TypeError) else ValueError
        is_named = "`" in text and shown_text(text) == text
        if is_named or isinstance(error, ImportError | OSError | torch.OutOfMemoryError):
            raise
        raise kind(f"`{source}` is wrong: {shown_text(text)}") from error
    except Exception as error:  # KeyError, AttributeError, RuntimeError, RecursionError and more
        text = f"`{source}` is wrong: {type(error).__name__}: {shown_text(str(error))}"
        raise ValueError(text) from error
