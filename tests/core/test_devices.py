from pathlib import Path

import pytest
import torch

from pruning_core import Pruner
from pruning_core.devices import check_device, check_device_option, check_dtype

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


def test_auto_is_the_accelerator_else_the_cpu(monkeypatch):
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    assert check_device("auto").type == "cpu"
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("cpu:0"))
    assert check_device("auto") == torch.device("cpu:0")


@pytest.mark.parametrize(
    ("dtype", "device", "is_able", "expected"),
    [
        ("auto", "cpu", True, torch.float32),
        ("auto", "cuda", True, torch.bfloat16),
        ("auto", "cuda", False, torch.float16),
        ("auto", "mps", True, torch.float16),
        (torch.bfloat16, "cpu", False, torch.bfloat16),
    ],
)
def test_the_dtype_is_that_of_the_device(dtype, device, is_able, expected, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: is_able)
    assert check_dtype(dtype, torch.device(device)) == expected


@pytest.mark.parametrize(
    ("dtype", "error"), [("float32", TypeError), (None, TypeError), (torch.int8, ValueError)]
)
def test_a_wrong_dtype(dtype, error):
    with pytest.raises(error, match="`dtype` must be"):
        check_dtype(dtype, torch.device("cpu"))


def test_bfloat16_decides_as_float32_does():
    text = Path(__file__).parents[2].joinpath("examples", "oresund-bridge.md").read_text()
    query = "When did the bridge open?"
    half = Pruner.from_pretrained(device="cpu", dtype=torch.bfloat16)
    assert {parameter.dtype for parameter in half.encoder.parameters()} == {torch.bfloat16}
    expected = Pruner.from_pretrained(device="cpu").prune(query, text)
    found = half.prune(query, text)
    threshold = half.config.default_threshold
    for one, other in zip(found.sentences, expected.sentences, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=1e-2)
        assert one.kept == other.kept or abs(other.probability - threshold) < 1e-2
    assert found.score == pytest.approx(expected.score, abs=1e-2)


def test_devices_of_a_command(monkeypatch):
    with pytest.raises(ValueError, match="`device` 'nonsense' cannot be used here"):
        check_device_option("nonsense")
    monkeypatch.setattr("pruning_core.devices.check_device", lambda device: 1 / 0)
    check_device_option("auto")
    check_device_option("cpu")
