"""A cache of downloads as huggingface-hub writes it, so that hub ids open offline."""

import hashlib
from pathlib import Path

FIRST, SECOND = "1" * 40, "2" * 40
"""Two commits."""


def add_revision(cache: Path, repo: str, commit: str, folder: Path, *refs: str) -> None:
    """Put the files of `folder`, and of the folders in it, into the cache as one commit.

    `refs` are the branches and tags that then point to it.
    """
    root = cache / f"models--{repo.replace('/', '--')}"
    for file in (path for path in folder.rglob("*") if path.is_file()):
        blob = root / "blobs" / hashlib.sha256(file.read_bytes()).hexdigest()
        blob.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(file.read_bytes())
        link = root / "snapshots" / commit / file.relative_to(folder)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(blob)
    (root / "refs").mkdir(exist_ok=True)
    for ref in refs:
        (root / "refs" / ref).write_text(commit, encoding="utf-8")
