import math

import pytest
import torch

from pruning_core.backbones.activations import ACTIVATIONS, check_activation

TANH = -0.5 * (1 + math.tanh(math.sqrt(2 / math.pi) * (-1 - 0.044715)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gelu", -0.5 * (1 + math.erf(-1 / math.sqrt(2)))),
        ("gelu_new", TANH),
        ("gelu_pytorch_tanh", TANH),
        ("relu", 0.0),
        ("silu", -1 / (1 + math.e)),
    ],
)
def test_the_value_at_minus_one(name, expected):
    assert ACTIVATIONS[name]()(torch.tensor(-1.0)).item() == pytest.approx(expected, abs=1e-6)


def test_an_unknown_name():
    check_activation("hidden_act", "gelu")
    with pytest.raises(ValueError, match="`hidden_act` must be one of gelu, .*, not 'mish'"):
        check_activation("hidden_act", "mish")
