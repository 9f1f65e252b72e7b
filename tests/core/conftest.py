"""A seed for every test; a tiny pruner and its checkpoint; hypothesis without its clock."""

from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings

from pruning_core import Pruner
from tiny_checkpoint import tiny_pruner

settings.register_profile(
    "offline", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("offline")


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def pruner() -> Pruner:
    return tiny_pruner()


@pytest.fixture
def checkpoint(pruner: Pruner, tmp_path: Path) -> Path:
    pruner.save_pretrained(tmp_path / "checkpoint")
    return tmp_path / "checkpoint"
