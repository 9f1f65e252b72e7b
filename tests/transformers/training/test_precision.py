import logging

import pytest
import torch

from pruning_transformers.training.arguments import training_arguments
from pruning_transformers.training.precision import bfloat16_unit, choose_precision
from pruning_transformers.training.settings import DataSettings, TrainSettings

UNITS = {"AVX512-BF16": "_is_avx512_bf16_supported", "AMX": "_is_amx_tile_supported"}


@pytest.fixture
def cpu(monkeypatch):
    """Pretends that the CPU has these units alone."""

    def has(*units):
        for unit, name in UNITS.items():
            monkeypatch.setattr(torch.cpu, name, lambda unit=unit: unit in units)

    return has


@pytest.mark.parametrize(
    ("units", "name", "reason"),
    [
        ((), "float32", "the CPU has no AVX512-BF16 and no AMX"),
        (("AVX512-BF16",), "bfloat16", "the CPU has AVX512-BF16"),
        (("AMX",), "bfloat16", "the CPU has AMX"),
    ],
)
def test_a_cpu_computes_in_what_it_has(units, name, reason, cpu):
    cpu(*units)
    found = choose_precision("auto", {}, "cpu")
    assert (found.name, found.reason) == (name, reason)


def test_an_older_torch_knows_no_units(monkeypatch):
    for name in UNITS.values():
        monkeypatch.delattr(torch.cpu, name)
    assert bfloat16_unit() is None


@pytest.mark.parametrize("has", [True, False])
def test_a_gpu(has, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: has)
    assert choose_precision("auto", {}, "cuda").name == ("bfloat16" if has else "float32")


@pytest.mark.parametrize(
    ("precision", "training", "name", "arguments"),
    [
        ("bfloat16", {}, "bfloat16", {"bf16": True}),
        ("float32", {}, "float32", {}),
        ("auto", {"bf16": True}, "bfloat16", {"bf16": True}),
        ("auto", {"fp16": True}, "float16", {"fp16": True}),
        ("auto", {"bf16": False}, "float32", {}),
    ],
)
def test_what_is_asked_for_goes_first(precision, training, name, arguments, cpu):
    cpu("AMX" if name == "float32" else None)
    found = choose_precision(precision, training, "cpu")
    assert (found.name, found.arguments) == (name, arguments)


def test_float16_needs_an_accelerator():
    with pytest.raises(ValueError, match="`precision` 'float16' needs an accelerator"):
        choose_precision("float16", {}, "cpu")


@pytest.mark.parametrize("units", [(), ("AMX",)])
def test_a_run_says_what_it_computes_in(units, cpu, tmp_path, caplog):
    cpu(*units)
    settings = TrainSettings(
        model="m",
        output=tmp_path,
        data=DataSettings(train=("x.jsonl",)),
        training={"use_cpu": True},
    )
    with caplog.at_level(logging.INFO):
        arguments = training_arguments(settings)
    assert arguments.bf16 == bool(units)
    assert f"computing in {'bfloat16' if units else 'float32'}: the CPU has" in caplog.text
