"""Any number of pairs -> stretches, of which the next is prepared while the encoder works."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LOOK_AHEAD_PAIRS = 256
LOOK_AHEAD_CHARACTERS = 262_144
"""The most of a stretch: in a longer one windows are of more equal length, but it takes memory and
its results come later. To be measured by `python -m tools.benchmarks.around_encoder FILE
--look-ahead`."""


def stretches(
    pairs: Iterable[tuple[str, str]], most_pairs: int, most_characters: int
) -> Iterator[list[tuple[str, str]]]:
    """Cut (query, document) pairs into stretches; a longer document is a stretch of its own.

    Where `pairs` raises, what came before it is a stretch too.
    """
    stretch: list[tuple[str, str]] = []
    size = 0
    try:
        for pair in pairs:
            size += len(pair[1])
            if stretch and (len(stretch) == most_pairs or size > most_characters):
                yield stretch
                stretch, size = [], len(pair[1])
            stretch.append(pair)
    except Exception:  # of the caller's, raised again once what came before it is done
        if stretch:
            yield stretch
        raise
    if stretch:
        yield stretch


def resumed(parts: Iterator[list[Item]], done: int) -> tuple[Iterator[list[Item]], int]:
    """The stretches that are not wholly among the first `done` items; and how many items at their
    beginning are.
    """
    for part in parts:
        if len(part) > done:
            return chain([part], parts), done
        done -= len(part)
    return iter(()), 0


def read_ahead(items: Iterable[Item], work: Callable[[Item], Result]) -> Iterator[Result]:
    """`work(item)` of each item, in order; a thread does that of the next one meanwhile.

    `items` are read where the caller is. An error, in `items` or in `work`, comes after the
    results before it; it ends the thread, as does a caller that stops.
    """
    rows, failure = iter(items), None
    ahead: deque[Callable[[], Result]] = deque()
    with ThreadPoolExecutor(1, "pruning") as pool:  # starts its thread with the second item
        while failure is None:
            try:
                item = next(rows)
            except Exception as error:  # StopIteration is the end
                failure = error
            else:
                ahead.append(pool.submit(work, item).result if ahead else partial(work, item))
            if ahead and (failure or len(ahead) == 2):
                yield ahead.popleft()()
    if not isinstance(failure, StopIteration):
        raise failure
