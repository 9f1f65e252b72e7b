"""Checks of arguments: TypeError for a wrong type, ValueError for a wrong value.

Numbers and texts come from many libraries: numpy's numbers are numbers, and any iterable of strings
(a list, an array, a column of a table, a generator) is a list of texts.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from numbers import Integral, Real
from typing import Any

LARGEST = 3.4e38
"""Of float32, which everything is computed in."""


def shown(value: object, most: int = 200) -> str:
    """A value as messages show it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}..."


def shown_text(text: object, most: int = 1_000) -> str:
    """The text of an error as messages show it, cut where it is long."""
    text = str(text)
    return text if len(text) <= most else f"{text[:most]}..."


def check_bool(name: str, value: Any) -> None:
    """Raise unless `value` is True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"`{name}` must be a bool, not {shown(value)}")


def check_int(name: str, value: Any, *, minimum: int) -> int:
    """`value` as an int; raise unless it is a whole number of at least `minimum`."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"`{name}` must be an int, not {shown(value)}")
    if value < minimum:
        raise ValueError(f"`{name}` must be at least {minimum}, not {shown(value)}")
    if int(value) >= 2**63:
        raise ValueError(f"`{name}` must be less than 2**63, not {shown(value)}")
    return int(value)


def check_share(name: str, value: Any) -> float:
    """`value` as a float; raise unless it is a number from 0 to 1."""
    _check_real(name, value)
    if not 0 <= value <= 1:
        raise ValueError(f"`{name}` must be from 0 to 1, not {shown(value)}")
    return float(value)


def check_number(name: str, value: Any) -> float:
    """`value` as a float; raise unless it is a number of at least 0 that float32 has."""
    _check_real(name, value)
    if not 0 <= value <= LARGEST:
        raise ValueError(f"`{name}` must be a finite number of at least 0, not {shown(value)}")
    return float(value)


def _check_real(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"`{name}` must be a number, not {shown(value)}")


def check_choice(name: str, value: Any, choices: Collection[str]) -> None:
    """Raise unless `value` is one of `choices`."""
    if not isinstance(value, str):
        raise TypeError(f"`{name}` must be a str, not {shown(value)}")
    if value not in choices:
        raise ValueError(f"`{name}` must be one of {', '.join(choices)}, not {shown(value)}")


def check_text(name: str, value: Any) -> None:
    """Raise unless `value` is a string."""
    if not isinstance(value, str):
        raise TypeError(f"`{name}` must be a str, not {type(value).__name__}")


def as_mapping(name: str, value: Any) -> Mapping[str, Any]:
    """`value`, or an empty mapping for None; raise unless it is one."""
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(f"`{name}` must be an object, not {shown(value)}")
    return {} if value is None else value


def as_texts(name: str, values: Any) -> list[str]:
    """`values` as a list; raise unless they are strings in an order."""
    unordered = isinstance(values, (str, bytes, Mapping, Set))
    if unordered or not isinstance(values, Iterable):
        raise TypeError(f"`{name}` must be a list of str, not {type(values).__name__}")
    texts = list(values)
    for index, value in enumerate(texts):
        check_text(f"{name}[{index}]", value)
    return texts


def check_pairs(name: str, values: Any) -> Iterator[tuple[str, str]]:
    """The (query, document) pairs of `values`; raises at once where it is no iterable, and at a
    pair that is none when it is reached.
    """
    if isinstance(values, (str, bytes, Mapping, Set)) or not isinstance(values, Iterable):
        raise TypeError(f"`{name}` must be an iterable of pairs, not {type(values).__name__}")

    def checked() -> Iterator[tuple[str, str]]:
        for index, pair in enumerate(values):
            if not isinstance(pair, (tuple, list)) or len(pair) != 2:
                text = f"`{name}[{index}]` must be a (query, document) pair, not {shown(pair)}"
                raise TypeError(text)
            check_query(pair[0], f"{name}[{index}][0]")
            check_text(f"{name}[{index}][1]", pair[1])
            yield pair[0], pair[1]

    return checked()


def check_query(value: Any, name: str = "query") -> None:
    """Raise unless `value` is a string with more than white space in it."""
    check_text(name, value)
    if not value.strip():
        raise ValueError(f"`{name}` must not be empty, not {shown(value)}")


def check_tiling(spans: Iterable[tuple[int, int]], length: int) -> None:
    """Raise unless `(start, end)` spans tile a text of `length` characters."""
    at = 0
    for start, end in spans:
        if start != at or end <= start:
            raise ValueError(f"the `splitter` must tile the text: ({start}, {end}) follows {at}")
        at = end
    if at != length:
        raise ValueError(f"the `splitter` must tile the text: it ends at {at} of {length}")
