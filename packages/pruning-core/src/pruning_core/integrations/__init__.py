"""Adapters to frameworks, one a module, imported when used: `pip install 'pruning-core[EXTRA]'`."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Around imports: where one fails the error says what to install."""
    try:
        yield
    except ImportError as error:
        text = f"this adapter needs `pip install 'pruning-core[{extra}]'`: {error}"
        raise ImportError(text) from error
