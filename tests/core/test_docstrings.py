"""Every public class, function and method has an example, and it does what it says."""

import asyncio
import json
from pathlib import Path

import pytest
import torch

import pruning_core
from docstring_examples import described, has_example, run_example
from pruning_core import Pruner, checkpoint

INTERNAL = "pruning_core.AsyncPruner.run"  # what the server calls
PUBLIC = {name: value for name, value in described(pruning_core) if name != INTERNAL}


@pytest.fixture(scope="module")
def names():
    exported = {name: getattr(pruning_core, name) for name in pruning_core.__all__}
    further = {"asyncio": asyncio, "checkpoint": checkpoint, "json": json, "torch": torch}
    return {**exported, **further, "Path": Path, "pruner": Pruner.from_pretrained()}


@pytest.mark.parametrize("name", PUBLIC)
def test_the_example_of(name, names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert has_example(PUBLIC[name])
    run_example(name, PUBLIC[name], names)


def test_a_wrong_example_is_found():
    def one():
        """One.

        Example:
            >>> 1 + 1
            3
        """

    with pytest.raises(AssertionError, match="Got"):
        run_example("one", one, {})
    assert has_example(one)
    assert not has_example(has_example)
