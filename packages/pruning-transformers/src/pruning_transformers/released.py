"""Which modeling files are ours: sha256 of what each version of this package emits."""

import hashlib
import json
from pathlib import Path

from pruning_transformers.configuration import MODELING_FILE

EMITTED = Path(__file__).parent / "standalone" / MODELING_FILE
MOST_BYTES = 4 * 2**20
"""No release emits a file that comes near."""
_TABLE = Path(__file__).parent / "standalone" / "sha256.json"


def emitted_by(folder: Path) -> str | None:
    """The version of this package that emits the modeling file in `folder`, byte for byte.

    None when no version does: the file must be read before it is trusted. Runs no code.

    Raises:
        FileNotFoundError: there is no modeling file.
    """
    path = folder / MODELING_FILE
    if not path.is_file():
        raise FileNotFoundError(f"{folder} has no {MODELING_FILE}; `pruning emit` adds it")
    if path.stat().st_size > MOST_BYTES:
        return None
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    versions: dict[str, str] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return next((version for version, digest in versions.items() if digest == found), None)
