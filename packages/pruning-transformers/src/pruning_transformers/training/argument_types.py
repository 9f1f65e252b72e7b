"""The user's `TrainingArguments`, checked by name and type before anything starts."""

import math
from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from numbers import Real
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from transformers import TrainingArguments

ABOVE_ZERO = (
    "eval_steps",
    "gradient_accumulation_steps",
    "num_train_epochs",
    "per_device_eval_batch_size",
    "per_device_train_batch_size",
    "save_steps",
)
NOT_BELOW_ZERO = (
    "adam_beta1",
    "adam_beta2",
    "adam_epsilon",
    "data_seed",
    "dataloader_num_workers",
    "learning_rate",
    "max_grad_norm",
    "seed",
    "weight_decay",
)
NAMES = {
    NoneType: "None",
    bool: "a bool",
    dict: "a mapping",
    float: "a number",
    int: "a whole number",
    list: "a list of str",
    str: "a str",
}


def checked_arguments(given: Mapping[str, object]) -> dict[str, object]:
    """`given` with the types that `TrainingArguments` declares but does not check.

    A whole number that is written as a float, such as 1e3, becomes an int where one is needed;
    `no` for a strategy, which YAML 1.1 reads as False, becomes `no` again.

    Raises:
        TypeError, ValueError: a name is unknown, or a value is of a wrong type or out of range.
    """
    hints = get_type_hints(TrainingArguments)
    names = {field.name for field in fields(TrainingArguments) if field.init}
    if unknown := sorted(str(name) for name in given if name not in names):
        raise ValueError(f"`training` has no {', '.join(unknown)}")
    if "output_dir" in given:
        raise ValueError("give `output` instead of `training.output_dir`")
    return {name: _checked(name, value, _kinds(hints[name])) for name, value in given.items()}


def check_number(label: str, value: object) -> float:
    """`value` as the number that it is; raise unless it is finite."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{label} must be a number, not {value!r}{_remedy(value, (float,))}")
    if not math.isfinite(value):
        raise ValueError(f"{label} must be finite, not {value!r}")
    return value  # type: ignore[return-value]


def _kinds(hint: Any) -> tuple[Any, ...]:
    """The classes of a type, without what they hold; a Literal is True or False."""
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return tuple(bool if get_origin(p) is Literal else get_origin(p) or p for p in parts)


def _checked(name: str, value: object, kinds: tuple[Any, ...]) -> object:
    label = f"`training.{name}`"
    choices = [m.value for k in kinds if isinstance(k, type) and issubclass(k, Enum) for m in k]
    if value is False and "no" in choices:
        return "no"
    known = " or ".join(NAMES.get(kind, kind.__name__) for kind in kinds)
    if choices:
        known = f"one of {', '.join(choices)}"
        if type(value) is str and value not in choices:
            raise ValueError(f"{label} must be {known}, not {value!r}")
    if isinstance(value, Real) and not isinstance(value, bool) and {int, float} & set(kinds):
        return _number(name, label, value, is_whole=float not in kinds)
    if isinstance(value, bool):
        fits = bool in kinds
    elif isinstance(value, (list, tuple)):
        fits = list in kinds and all(isinstance(item, str) for item in value)
    else:
        fits = Any in kinds or any(isinstance(value, kind) for kind in kinds if kind is not Any)
    if not fits:
        raise TypeError(f"{label} must be {known}, not {value!r}{_remedy(value, kinds)}")
    return value


def _number(name: str, label: str, value: object, *, is_whole: bool) -> float:
    number = check_number(label, value)
    if is_whole and number != int(number):
        raise ValueError(f"{label} must be a whole number, not {value!r}")
    if name in ABOVE_ZERO and number <= 0:
        raise ValueError(f"{label} must be above 0, not {value!r}")
    if name in NOT_BELOW_ZERO and number < 0:
        raise ValueError(f"{label} must be 0 or more, not {value!r}")
    if name == "max_steps" and number <= 0 and number != -1:
        raise ValueError(f"{label} must be above 0, or -1 for `num_train_epochs`, not {value!r}")
    return int(number) if is_whole else number


def _remedy(value: object, kinds: tuple[Any, ...]) -> str:
    """What to write instead in YAML."""
    if value is None:
        return "; leave it out for its default"
    if isinstance(value, str) and {int, float} & set(kinds):
        return "; write a number, without quotes"
    if isinstance(value, str) and bool in kinds:
        return "; write true or false, without quotes"
    if str in kinds and isinstance(value, (bool, Real)):
        return "; write it in quotes"
    return ""
