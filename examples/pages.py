"""What the examples search: the pages beside them in sections, by BM25."""

import re
from functools import partial
from pathlib import Path

FOLDER = Path(__file__).parent


def sections() -> dict[str, str]:
    """Name -> text of each section of the pages."""
    found = {}
    for page in sorted(FOLDER.glob("*.md")):
        parts = re.split(r"^(?=## )", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found |= {f"{page.name}, section {n}": text for n, text in enumerate(parts) if text.strip()}
    return found


class Search:
    """BM25 over texts, by bm25s."""

    def __init__(self, texts: list[str]) -> None:
        import bm25s

        self.tokenize = partial(bm25s.tokenize, show_progress=False)
        self.index = bm25s.BM25()
        self.index.index(self.tokenize(texts), show_progress=False)

    def __call__(self, question: str, k: int = 5) -> list[int]:
        """The indices of the `k` texts that fit best, the best one first."""
        found, _ = self.index.retrieve(self.tokenize([question]), k=k, show_progress=False)
        return [int(index) for index in found[0]]


def report(found: list[str], context: str) -> None:
    """Print a context, and what it spares."""
    before, after = sum(map(len, found)), len(context)
    print(f"{context}\n")
    print(f"Of {before:,} characters in {len(found)} sections, {after:,} go to the language model:")
    print(f"{1 - after / before:.0%} are spared.")
