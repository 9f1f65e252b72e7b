import importlib
import sys

import pytest


@pytest.mark.parametrize(
    ("adapter", "library", "extra"),
    [
        ("langchain", "langchain_core", "langchain"),
        ("llama_index", "llama_index", "llama-index"),
        ("haystack", "haystack", "haystack"),
        ("mcp", "mcp", "mcp"),
    ],
)
def test_an_adapter_without_its_library_says_what_to_install(monkeypatch, adapter, library, extra):
    for name in [name for name in sys.modules if name.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, f"pruning_core.integrations.{adapter}", raising=False)
    with pytest.raises(ImportError, match=rf"needs `pip install 'pruning-core\[{extra}\]'`"):
        importlib.import_module(f"pruning_core.integrations.{adapter}")
