"""`pruning autoload`: opens pruning encoders without an import, in this environment."""

import argparse
import os
import sysconfig
from pathlib import Path

SWITCH = "PRUNING_AUTOLOAD"
# A line for every Python up to 3.17; from 3.15 on the .start file counts (PEP 829).
# It stays silent where pruning-transformers was uninstalled without `disable`.
CODE = "try:\n import pruning_autoload\n pruning_autoload.start()\nexcept ImportError: pass"
PTH = f"import sys; exec({CODE!r})\n"
START = "pruning_autoload:start\n"


def files() -> dict[Path, str]:
    """The two files in site-packages, and what they hold."""
    folder = Path(sysconfig.get_path("purelib"))
    return {folder / "pruning_autoload.pth": PTH, folder / "pruning_autoload.start": START}


def run(options: argparse.Namespace) -> int:
    """Write the files, remove them, or say whether they are there."""
    expected = files()
    if options.action == "enable":
        for path, text in expected.items():
            path.write_text(text, encoding="utf-8")
    elif options.action == "disable":
        for path in expected:
            path.unlink(missing_ok=True)
    found = [str(path) for path in expected if path.is_file()]
    print(f"autoload is {'enabled' if found else 'disabled'}", *found, sep="\n")
    if found and os.environ.get(SWITCH) == "0":
        print(f"switched off in this process by {SWITCH}=0")
    return 0
