"""ONNX Runtime in place of torch: checkpoints are exported once, and then run without torch."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs_onnx(what: str) -> Iterator[None]:
    """Around imports: where one fails the error says what to install."""
    try:
        yield
    except ImportError as error:
        text = f"{what} needs {error.name}: `pip install 'pruning-core[onnx]'`"
        raise ImportError(text) from error
