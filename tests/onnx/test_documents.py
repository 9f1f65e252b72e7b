"""The blocks of the page that need ONNX Runtime."""

import shutil
from pathlib import Path

import pytest
import torch

from documents import CORE, run_document

ROOT = Path(__file__).parents[2]


@pytest.fixture
def _one_setting_of_threads():
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("_one_setting_of_threads")
def test_every_block_runs(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs" / "speed.md"
    run_document(page, commands=(*CORE, "export-onnx"), skip=("onnx-calibrate",))
