from dataclasses import fields
from typing import get_type_hints

import numpy as np
import pytest
from transformers import TrainingArguments

from pruning_transformers.training.argument_types import checked_arguments

HINTS = get_type_hints(TrainingArguments)
NUMBERS = [
    field.name
    for field in fields(TrainingArguments)
    if field.init and HINTS[field.name] in (int, float, int | None, float | None)
]


def test_every_number_is_one():
    assert {"learning_rate", "max_steps", "neftune_noise_alpha", "save_total_limit"} < {*NUMBERS}
    for name in NUMBERS:
        for value in ("5e-5", "1", "much", True, [1], {}):
            with pytest.raises(TypeError, match=f"`training.{name}` must be a .*number.*, not "):
                checked_arguments({name: value})
        with pytest.raises(ValueError, match=f"`training.{name}` must be finite, not nan"):
            checked_arguments({name: float("nan")})


@pytest.mark.parametrize(
    ("name", "given", "found"),
    [
        ("max_steps", 1e3, 1000),
        ("max_steps", -1, -1),
        ("learning_rate", np.float32(0.5), 0.5),
        ("save_strategy", False, "no"),
        ("eval_strategy", False, "no"),
        ("save_total_limit", None, None),
        ("report_to", ["tensorboard"], ["tensorboard"]),
        ("lr_scheduler_kwargs", {"min_lr": 0.1}, {"min_lr": 0.1}),
        ("include_num_input_tokens_seen", True, True),
        ("bf16", False, False),
        ("optim", "adamw_torch", "adamw_torch"),
    ],
)
def test_what_fits(name, given, found):
    assert checked_arguments({name: given}) == {name: found}


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("learning_rate", "5e-5", TypeError, "a number, not '5e-5'; write a number, without"),
        ("learning_rate", -1, ValueError, "0 or more, not -1"),
        ("seed", None, TypeError, "a whole number, not None; leave it out"),
        ("max_steps", 0.5, ValueError, "a whole number, not 0.5"),
        ("max_steps", 0, ValueError, "above 0, or -1 for `num_train_epochs`, not 0"),
        ("gradient_accumulation_steps", 0, ValueError, "above 0, not 0"),
        ("bf16", "true", TypeError, "a bool, not 'true'; write true or false, without quotes"),
        ("bf16", 1, TypeError, "a bool, not 1"),
        ("run_name", 5, TypeError, "a str or None, not 5; write it in quotes"),
        ("save_strategy", True, TypeError, "one of no, steps, epoch, best, not True"),
        ("save_strategy", "never", ValueError, "one of no, steps, epoch, best, not 'never'"),
        ("report_to", [1], TypeError, r"a list of str, not \[1\]"),
        ("lr_scheduler_kwargs", 3, TypeError, "a mapping or a str or None, not 3"),
    ],
)
def test_what_does_not_fit_is_said(name, value, error, message):
    with pytest.raises(error, match=f"`training.{name}` must be .*{message}"):
        checked_arguments({name: value})
