from pathlib import Path

from documents import run_document
from published_layouts import open_provence

ROOT = Path(__file__).parents[2]


def test_every_block_of_the_readme():
    run_document(ROOT / "packages" / "pruning-transformers" / "README.md")


def test_every_block_of_the_page_on_other_projects(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("theirs").mkdir()
    open_provence("theirs")
    run_document(
        ROOT / "docs" / "checkpoints.md",
        places={"hotchpotch/open-provence-reranker-xsmall-v1": "./theirs"},
    )
