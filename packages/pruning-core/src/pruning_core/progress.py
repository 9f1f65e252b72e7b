"""Progress on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

DELAY = 0.5
"""Seconds after which a bar shows."""


@contextmanager
def progress(
    total: int | None, show: bool | None, unit: str = "char"
) -> Iterator[Callable[[int], object]]:
    """A tqdm bar over `total` units, None where nobody knows; gives what advances it.

    With `show` None there is one if standard error is a terminal and tqdm can be imported.
    """
    is_wanted = sys.stderr is not None and sys.stderr.isatty()
    if is_wanted if show is None else show:
        try:
            from tqdm import tqdm
        except ImportError as error:
            if show:
                raise ImportError("`show_progress` needs tqdm: `pip install tqdm`") from error
        else:
            delay = 0 if show else DELAY
            with tqdm(total=total, unit=unit, unit_scale=True, leave=False, delay=delay) as bar:
                yield bar.update
            return
    yield lambda steps: None
