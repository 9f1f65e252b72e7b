"""Turns: windows of many calls that wait for the encoder, taken in turn, a call at a time."""

import time
from bisect import bisect_left, insort
from collections.abc import Hashable, Sequence
from typing import Generic, Protocol, TypeVar


class _HasLength(Protocol):
    @property
    def length(self) -> int:
        """Tokens."""


Item = TypeVar("Item", bound=_HasLength)


class Waiting(Generic[Item]):
    """Windows of one call."""

    def __init__(self) -> None:
        self.tokens = 0
        self._count = 0
        self._by_age: dict[int, Item] = {}
        self._by_length: list[tuple[int, int]] = []  # with the number of each

    def __len__(self) -> int:
        return len(self._by_age)

    def add(self, item: Item) -> None:
        """Put a window behind the others."""
        self._by_age[self._count] = item
        insort(self._by_length, (item.length, self._count))
        self._count += 1
        self.tokens += item.length

    def next_to(self, length: int) -> tuple[int, int]:
        """Length and number of the window whose length is nearest; of the oldest one for 0."""
        if not length:
            number, item = next(iter(self._by_age.items()))
            return item.length, number
        at = bisect_left(self._by_length, (length, 0))
        around = self._by_length[max(at - 1, 0) : at + 1]
        return min(around, key=lambda entry: abs(entry[0] - length))

    def take(self, entry: tuple[int, int]) -> Item:
        """Remove a window that `next_to` found."""
        del self._by_length[bisect_left(self._by_length, entry)]
        self.tokens -= entry[0]
        return self._by_age.pop(entry[1])


class Turns(Generic[Item]):
    """Windows by call. Each call in turn gives one to a batch, so that a call of one window does
    not wait for those of a call of thousands.
    """

    def __init__(self) -> None:
        self._calls: dict[Hashable, Waiting[Item]] = {}  # whose turn it is comes first
        self.since = 0.0
        """When there was last a first window, by `time.monotonic`."""

    def __bool__(self) -> bool:
        return bool(self._calls)

    @property
    def tokens(self) -> int:
        """Of all windows."""
        return sum(waiting.tokens for waiting in self._calls.values())

    def tokens_of(self, call: Hashable) -> int:
        """Of the windows of one call."""
        return self._calls[call].tokens if call in self._calls else 0

    def add(self, call: Hashable, items: Sequence[Item]) -> None:
        """Let windows of a call wait."""
        if not items:
            return
        if not self._calls:
            self.since = time.monotonic()
        waiting = self._calls.setdefault(call, Waiting())
        for item in items:
            waiting.add(item)

    def drop(self, call: Hashable) -> None:
        """Forget the windows of a call."""
        self._calls.pop(call, None)

    def take(self, token_budget: int) -> list[Item]:
        """Remove and return the windows of one batch.

        The first is the oldest window of the call whose turn it is; then each call in turn gives
        the one of the nearest length, as long as the batch, padded to its longest window, has at
        most `token_budget` tokens. A call that has none that fits is the next to begin.
        """
        batch: list[Item] = []
        longest, gave = 0, True
        while gave:
            gave = False
            for call, waiting in list(self._calls.items()):
                if (len(batch) + 1) * longest > token_budget:
                    return batch
                entry = waiting.next_to(longest)
                if batch and (len(batch) + 1) * max(longest, entry[0]) > token_budget:
                    continue
                batch.append(waiting.take(entry))
                longest, gave = max(longest, entry[0]), True
                del self._calls[call]
                if waiting:
                    self._calls[call] = waiting
        return batch
