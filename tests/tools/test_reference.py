"""The reference of the site names everything that is public, and nothing else."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PUBLIC = {
    "pruning_core": "pruning-core/src/pruning_core/__init__.py",
    "pruning_transformers": "pruning-transformers/src/pruning_transformers/__init__.py",
    "pruning_transformers.training": (
        "pruning-transformers/src/pruning_transformers/training/__init__.py"
    ),
    "pruning_transformers.evaluation": (
        "pruning-transformers/src/pruning_transformers/evaluation/__init__.py"
    ),
    "pruning_transformers.questions": "pruning-transformers/src/pruning_transformers/questions.py",
    "pruning_crossencoder": "pruning-crossencoder/src/pruning_crossencoder/__init__.py",
}


def exported(file):
    """The names in a module's `__all__`."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    raise AssertionError(f"{file} has no __all__")


IN_MODULES = {
    "pruning_core.integrations.ray.BulkResult",
    "pruning_core.integrations.ray.prune_files",
    "pruning_crossencoder.losses.PruningDistillationLoss",
}
"""What is public in a module of its own."""


def test_what_is_exported_is_in_the_reference():
    pages = (ROOT / "docs" / "reference").glob("*.md")
    named = [
        name
        for page in pages
        for name in re.findall(r"^::: (\S+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    public = {
        f"{module}.{name}"
        for module, file in PUBLIC.items()
        for name in exported(ROOT / "packages" / file)
    }
    assert len(named) == len(set(named))
    assert set(named) == public | IN_MODULES
