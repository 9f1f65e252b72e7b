"""Tiny checkpoints, exported once for all tests: an export takes seconds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core_backbones import PAIRS, new_pruner
from pruning_core import Pruner

Exported = Callable[..., tuple[Pruner, Path]]


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Backbone, mode, int8 -> a pruner in torch and the folder of its export."""
    from pruning_core.onnx.export import export_onnx

    made: dict[tuple[str, str, bool], tuple[Pruner, Path]] = {}

    def export(
        backbone: str = "bert", mode: str = "reranking_pruning", *, int8: bool = False
    ) -> tuple[Pruner, Path]:
        key = (backbone, mode, int8)
        if key not in made:
            place = tmp_path_factory.mktemp("exported")
            pruner = new_pruner(backbone, mode)
            pruner.save_pretrained(place / "torch")
            export_onnx(place / "torch", place / "onnx", int8=int8, pairs=PAIRS, force=int8)
            made[key] = pruner, place / "onnx"
        return made[key]

    return export
