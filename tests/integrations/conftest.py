"""A tiny pruner, its checkpoint, and documents of one, two and nine sentences."""

from pathlib import Path

import pytest

from pruning_core import Pruner
from tiny_checkpoint import tiny_pruner


@pytest.fixture(scope="session")
def pruner() -> Pruner:
    return tiny_pruner()


@pytest.fixture(scope="session")
def checkpoint(pruner: Pruner, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "checkpoint"
    pruner.save_pretrained(folder)
    return folder
