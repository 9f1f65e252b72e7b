"""The layouts are in `published.py` beside this file."""

import sys
from pathlib import Path

import pytest

from make_tiny_checkpoint import tiny_pruner

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def checkpoint(tmp_path):
    tiny_pruner().save_pretrained(tmp_path / "checkpoint")
    return tmp_path / "checkpoint"
