import math

import pytest
import torch

from pruning_core.scoring import logistic


@pytest.mark.parametrize(
    "logit", [0.0, 1.5, -3.25, 40.0, -700.5, 800.0, -800.0, math.inf, -math.inf]
)
def test_the_sigmoid_is_that_of_torch_to_the_last_bit(logit):
    assert logistic(logit) == torch.sigmoid(torch.tensor(logit, dtype=torch.float64)).item()
