"""Progress on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(total: int, show: bool | None) -> Iterator[Callable[[int], object]]:
    """A tqdm bar over `total` steps; gives the function that advances it.

    With `show` None there is one if standard error is a terminal and tqdm can be imported.
    """
    is_wanted = sys.stderr is not None and sys.stderr.isatty() and total > 1
    if is_wanted if show is None else show:
        try:
            from tqdm import tqdm
        except ImportError as error:
            if show:
                raise ImportError("`show_progress` needs tqdm: `pip install tqdm`") from error
        else:
            with tqdm(total=total, unit="window", leave=False) as bar:
                yield bar.update
            return
    yield lambda steps: None
