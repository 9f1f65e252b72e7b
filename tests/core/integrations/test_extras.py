import importlib
import sys

import pytest

from pruning_core.cli import main


@pytest.fixture
def without(monkeypatch):
    """A library that is not installed, and an adapter that is not yet imported."""

    def remove(library, adapter):
        for name in [name for name in sys.modules if name.split(".")[0] == library]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, library, None)
        monkeypatch.delitem(sys.modules, f"pruning_core.integrations.{adapter}", raising=False)

    return remove


@pytest.mark.parametrize(
    ("adapter", "library", "extra"),
    [
        ("langchain", "langchain_core", "langchain"),
        ("llama_index", "llama_index", "llama-index"),
        ("haystack", "haystack", "haystack"),
        ("mcp", "mcp", "mcp"),
        ("ray", "ray", "ray"),
    ],
)
def test_an_adapter_without_its_library_says_what_to_install(without, adapter, library, extra):
    without(library, adapter)
    with pytest.raises(ImportError, match=rf"needs `pip install 'pruning-core\[{extra}\]'`"):
        importlib.import_module(f"pruning_core.integrations.{adapter}")


def test_the_command_says_it_too(without, capsys):
    without("mcp", "mcp")
    assert main(["mcp"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("pruning mcp: this adapter needs `pip install 'pruning-core[mcp]'`: ")
    assert error.count("\n") == 1
