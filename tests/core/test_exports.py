import subprocess
import sys

import pytest

import pruning_core


def test_all_is_sorted_and_complete():
    assert sorted(pruning_core.__all__) == pruning_core.__all__
    assert all(hasattr(pruning_core, name) for name in pruning_core.__all__)


def test_what_is_exported_is_imported_when_it_is_used():
    code = """
import sys
import pruning_core
assert "Pruner" in dir(pruning_core)
assert "torch" not in sys.modules
from pruning_core import split
assert split("a") == [(0, 1)]
assert "torch" not in sys.modules
pruning_core.Pruner
assert "torch" not in sys.modules
pruning_core.PruningEncoder
assert "torch" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        pruning_core.Nothing()


def test_importing_changes_nothing():
    code = """
import logging, os, sys, threading, warnings, torch
def state():
    handlers = list(logging.root.handlers), logging.root.level
    return dict(os.environ), list(warnings.filters), threading.active_count(), handlers
before = state()
import pruning_core
assert state() == before
heavy = {"transformers", "sentence_transformers", "huggingface_hub"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True)
