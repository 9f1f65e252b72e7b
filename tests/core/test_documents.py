"""The blocks of README and of the pages that need this distribution alone."""

import shutil
from pathlib import Path

import pytest
import torch

from documents import run_document

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "packages/pruning-core/README.md",
    "docs/index.md",
    "docs/budgets.md",
    "docs/languages.md",
    "docs/speed.md",
)
OTHERS = (
    *("readme-cross-encoder", "readme-transformers"),
    *("onnx-export", "onnx", "onnx-calibrate"),
)
"""Examples that need other distributions; `tests/paths` and `tests/onnx` run them."""


@pytest.fixture
def _one_setting_of_threads():
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("_one_setting_of_threads")
@pytest.mark.parametrize("page", PAGES)
def test_every_block_runs_and_prints_what_is_shown(page, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    run_document(ROOT / page, skip=OTHERS)


def test_a_page_that_shows_something_else_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        '```python title="sum"\nprint(1 + 1)\n```\n<!-- begin a: example sum -->\n\n```\n3\n```\n'
        "\n<!-- end a -->\n"
    )
    with pytest.raises(AssertionError, match="example sum"):
        run_document(page)
