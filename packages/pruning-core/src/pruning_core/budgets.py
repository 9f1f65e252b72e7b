"""Budget: how much text may stay, in tokens, in characters, or in both."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from pruning_core.validation import check_int, shown


class Size(NamedTuple):
    """Of a text."""

    tokens: int
    characters: int

    def plus(self, other: "Size") -> "Size":
        return Size(self.tokens + other.tokens, self.characters + other.characters)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What may stay at most.

    Args:
        max_tokens: tokens; None is no limit.
        max_characters: characters; None is no limit.
        count_tokens: text -> its tokens, such as
            `lambda text: len(tokenizer.encode(text))` of a language model; None counts those of
            the checkpoint.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: a limit is negative, or `count_tokens` has no limit to count for.
    """

    max_tokens: int | None = None
    max_characters: int | None = None
    count_tokens: Callable[[str], int] | None = None

    def __post_init__(self) -> None:
        for name in ("max_tokens", "max_characters"):
            if (limit := getattr(self, name)) is not None:
                check_int(name, limit, minimum=0)
        if self.count_tokens is None:
            return
        if not callable(self.count_tokens):
            text = f"`count_tokens` must be a function, not {shown(self.count_tokens)}"
            raise TypeError(text)
        if self.max_tokens is None:
            raise ValueError("`count_tokens` counts for `max_tokens`, which is missing")

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit."""
        return self.max_tokens is not None or self.max_characters is not None

    def size(self, text: str, tokens: int) -> Size:
        """The size of a text that has so many of the checkpoint's tokens."""
        if self.count_tokens is not None:
            tokens = check_int("count_tokens(text)", self.count_tokens(text), minimum=0)
        return Size(tokens, len(text))

    def holds(self, size: Size) -> bool:
        """Whether a text of this size may stay."""
        return not self.exceeded(size)

    def exceeded(self, size: Size) -> str:
        """The limits that a text of this size goes over, as words; empty where it may stay."""
        limits = {
            "max_tokens": (size.tokens, "tokens", self.max_tokens),
            "max_characters": (size.characters, "characters", self.max_characters),
        }
        return " and ".join(
            f"{value} {unit}, `{name}` is {limit}"
            for name, (value, unit, limit) in limits.items()
            if limit is not None and value > limit
        )
