from pathlib import Path

from documents import run_document

README = Path(__file__).parents[2] / "packages" / "pruning-crossencoder" / "README.md"


def test_every_block_of_the_readme():
    run_document(README)
