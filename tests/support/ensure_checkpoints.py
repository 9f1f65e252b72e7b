"""Make the checkpoints of several tox environments, where missing or older than the sources.

`python tests/support/ensure_checkpoints.py WORK_DIR` runs `tox -e checkpoints`, so that
any environment runs alone.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> None:
    work = Path(sys.argv[1])
    stamp = work / "made" / "checkpoints" / "paths.json"
    sources = [
        path
        for folder in ("packages", "tests/support")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".toml"}
    ]
    if stamp.is_file() and stamp.stat().st_mtime > max(path.stat().st_mtime for path in sources):
        return
    provisioned = work / ".tox" / "bin" / "tox"
    tox = str(provisioned) if provisioned.is_file() else shutil.which("tox")
    if tox is None:
        raise SystemExit("run `tox -e checkpoints` first")
    subprocess.run([tox, "run", "-e", "checkpoints"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
