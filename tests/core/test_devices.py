import pytest
import torch

from pruning_core import Pruner
from pruning_core.devices import check_device

WRONG = ["foo", "", "meta", "cuda:99", "cpu:x", "\ud800", torch.device("meta")]


@pytest.mark.parametrize("device", ["cpu", "cpu:0", torch.device("cpu")])
def test_devices_that_are_there(device):
    assert check_device(device).type == "cpu"


@pytest.mark.parametrize("device", WRONG)
def test_devices_that_are_not_are_named(device):
    with pytest.raises(ValueError, match="`device` .* cannot be used here: ") as caught:
        check_device(device)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is one")
def test_an_accelerator_that_is_not_there():
    with pytest.raises(ValueError, match="`device` 'cuda' cannot be used here: "):
        check_device("cuda")


@pytest.mark.parametrize("device", [None, 0, b"cpu", ["cpu"]])
def test_a_wrong_type(device):
    with pytest.raises(TypeError, match="`device` must be a str or a torch.device, not "):
        check_device(device)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"device": "foo"}, ValueError),
        ({"device": 0}, TypeError),
        ({"token_budget": 0}, ValueError),
        ({"token_budget": "1"}, TypeError),
    ],
)
def test_a_pruner_looks_before_it_opens_anything(options, error):
    with pytest.raises(error, match=f"`{next(iter(options))}`"):
        Pruner.from_pretrained("./none", **options)
