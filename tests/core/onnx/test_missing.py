"""Where ONNX Runtime is not installed, or is not asked for."""

import sys

import pytest

from pruning_core import Pruner
from pruning_core.cli import main

MESSAGE = r"an ONNX checkpoint needs onnxruntime: `pip install 'pruning-core\[onnx\]'`"


@pytest.fixture
def folder(checkpoint):
    """A folder with an ONNX file, which nothing opens here."""
    (checkpoint / "model.safetensors").rename(checkpoint / "model.onnx")
    (checkpoint / "model.onnx").write_bytes(b"\x08\x0a")
    return checkpoint


def test_the_extra_is_missing(folder, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ImportError, match=MESSAGE):
        Pruner.from_pretrained(folder)
    assert main(["prune", "--query", "q", "--model", str(folder)]) == 2
    assert capsys.readouterr().err == (
        "pruning prune: an ONNX checkpoint needs onnxruntime: `pip install 'pruning-core[onnx]'`\n"
    )


def test_the_extra_is_missing_for_an_export(checkpoint, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert main(["export-onnx", str(checkpoint), str(tmp_path / "new")]) == 2
    assert capsys.readouterr().err == (
        "pruning export-onnx: the export needs onnx: `pip install 'pruning-core[onnx]'`\n"
    )
    assert not (tmp_path / "new").exists()


def test_weights_of_the_other_kind(folder, pruner, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"has no model\.safetensors"):
        Pruner.from_pretrained(folder, backend="torch")
    pruner.save_pretrained(tmp_path / "torch")
    with pytest.raises(FileNotFoundError, match=r"has no model\.onnx"):
        Pruner.from_pretrained(tmp_path / "torch", backend="onnx")


def test_options_of_the_other_kind(folder, pruner, tmp_path):
    pruner.save_pretrained(tmp_path / "torch")
    with pytest.raises(ValueError, match=r"`threads` is for `onnx`; `torch\.set_num_threads`"):
        Pruner.from_pretrained(tmp_path / "torch", threads=2)
    with pytest.raises(ValueError, match="`device` of an ONNX checkpoint is cpu, not 'cpu:0'"):
        Pruner.from_pretrained(folder, device="cpu:0")
    with pytest.raises(ValueError, match="`dtype` of an ONNX checkpoint is that of its file"):
        Pruner.from_pretrained(
            folder, dtype=pruner.encoder.backbone.classifier.weight.double().dtype
        )
    with pytest.raises(ValueError, match="`threads` must be at least 1, not 0"):
        Pruner.from_pretrained(folder, threads=0)
    with pytest.raises(ValueError, match="`backend` must be one of auto, torch, onnx, not 'tf'"):
        Pruner.from_pretrained(folder, backend="tf")
