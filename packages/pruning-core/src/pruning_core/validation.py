"""Checks of arguments: TypeError for a wrong type, ValueError for a wrong value."""

from collections.abc import Collection, Sequence
from typing import Any


def check_bool(name: str, value: Any) -> None:
    """Raise unless `value` is True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"`{name}` must be a bool, not {value!r}")


def check_int(name: str, value: Any, *, minimum: int) -> None:
    """Raise unless `value` is an int of at least `minimum`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"`{name}` must be an int, not {value!r}")
    if value < minimum:
        raise ValueError(f"`{name}` must be at least {minimum}, not {value!r}")


def check_share(name: str, value: Any) -> None:
    """Raise unless `value` is a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"`{name}` must be a number, not {value!r}")
    if not 0 <= value <= 1:
        raise ValueError(f"`{name}` must be from 0 to 1, not {value!r}")


def check_choice(name: str, value: Any, choices: Collection[str]) -> None:
    """Raise unless `value` is one of `choices`."""
    if value not in choices:
        raise ValueError(f"`{name}` must be one of {', '.join(choices)}, not {value!r}")


def check_text(name: str, value: Any) -> None:
    """Raise unless `value` is a string."""
    if not isinstance(value, str):
        raise TypeError(f"`{name}` must be a str, not {type(value).__name__}")


def check_texts(name: str, values: Any) -> None:
    """Raise unless `values` is a list or other sequence of strings."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise TypeError(f"`{name}` must be a list of str, not {type(values).__name__}")
    for index, value in enumerate(values):
        check_text(f"{name}[{index}]", value)


def check_query(value: Any, name: str = "query") -> None:
    """Raise unless `value` is a string with more than white space in it."""
    check_text(name, value)
    if not value.strip():
        raise ValueError(f"`{name}` must not be empty, not {value!r}")


# bundle: off
def check_tiling(spans: Any, length: int) -> None:
    """Raise unless `(start, end)` spans tile a text of `length` characters."""
    at = 0
    for start, end in spans:
        if start != at or end <= start:
            raise ValueError(f"the `splitter` must tile the text: ({start}, {end}) follows {at}")
        at = end
    if at != length:
        raise ValueError(f"the `splitter` must tile the text: it ends at {at} of {length}")


# bundle: on
