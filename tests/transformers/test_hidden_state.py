import pickle
from threading import Thread

import pytest
import torch
from torch import nn

from pruning_transformers.hidden_state import HiddenStateTap, tap_hidden_state


class Base(nn.Module):
    """Doubles its input; with a norm that adds one behind it."""

    def __init__(self, normed):
        super().__init__()
        if normed:
            self.final_norm = nn.Identity()
            self.final_norm.register_forward_hook(lambda module, inputs, output: output + 1)

    def forward(self, hidden):
        return (getattr(self, "final_norm", nn.Identity())(hidden * 2),)


@pytest.mark.parametrize(
    ("name", "normed", "expected"),
    [
        ("last", True, 3.0),
        ("pre_final_norm", True, 2.0),
        ("last", False, 2.0),
        ("pre_final_norm", False, 2.0),
    ],
)
def test_which_state_is_taken(name, normed, expected):
    base = Base(normed)
    tap = tap_hidden_state(base, name)
    base(torch.ones(1, 2, 3))
    assert torch.equal(tap.take(), torch.full((1, 2, 3), expected))


def test_a_state_is_taken_once():
    base = Base(normed=False)
    tap = tap_hidden_state(base, "last")
    base(torch.ones(1))
    assert tap.take() is not None
    with pytest.raises(RuntimeError, match="did not reach its hidden state"):
        tap.take()


def test_threads_do_not_see_each_other():
    base, seen = Base(normed=False), []
    tap = tap_hidden_state(base, "last")
    base(torch.ones(1))
    thread = Thread(target=lambda: (base(torch.zeros(1)), seen.append(tap.take())))
    thread.start()
    thread.join()
    assert seen == [torch.zeros(1)]
    assert tap.take() == torch.full((1,), 2.0)


def test_a_pickle_holds_no_state():
    tap = HiddenStateTap()
    tap(None, (torch.ones(1),), (torch.ones(1),))
    again = pickle.loads(pickle.dumps(tap))
    with pytest.raises(RuntimeError, match="did not reach its hidden state"):
        again.take()
