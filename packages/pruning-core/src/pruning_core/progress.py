"""Progress on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(total: int, show: bool | None) -> Iterator[Callable[[int], object]]:
    """A tqdm bar over `total` steps; gives the function that advances it.

    Args:
        total: number of steps.
        show: None shows it when standard error is a terminal and tqdm is there.

    Raises:
        ImportError: `show` is True and tqdm is missing.
    """
    if show is None:
        show = sys.stderr is not None and sys.stderr.isatty() and total > 1
        is_asked = False
    else:
        is_asked = show
    if not show:
        yield lambda steps: None
        return
    try:
        from tqdm import tqdm
    except ImportError as error:
        if is_asked:
            raise ImportError("`show_progress` needs tqdm: `pip install tqdm`") from error
        yield lambda steps: None
        return
    with tqdm(total=total, unit="window", leave=False) as bar:
        yield bar.update
