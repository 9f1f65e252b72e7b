"""`pruning autoload`: opens pruning encoders without an import, in this environment."""

import argparse
import os
import sysconfig
from pathlib import Path

from pruning_core.staging import staged

SWITCH = "PRUNING_AUTOLOAD"
# A line for every Python up to 3.17; from 3.15 on the .start file counts (PEP 829).
# It stays silent where pruning-transformers was uninstalled without `disable`, and says in one line
# what is wrong with another version of it; site would print a traceback at every start.
CODE = """try:
 import pruning_autoload
 pruning_autoload.start()
except ImportError: pass
except Exception as error:
 print(f"pruning autoload: {error!r}; `pruning autoload disable` switches it off", file=sys.stderr)
"""
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
        with staged(next(iter(expected)).parent) as folder:
            for path, text in expected.items():
                (folder / path.name).write_text(text, encoding="utf-8")
    elif options.action == "disable":
        for path in expected:
            path.unlink(missing_ok=True)
    found = [path for path in expected if path.is_file()]
    print(f"autoload is {'enabled' if found else 'disabled'}", *found, sep="\n")
    if any(path.read_bytes() != expected[path].encode() for path in found):
        print("by another version: `pruning autoload enable` renews it")
    if found and os.environ.get(SWITCH) == "0":
        print(f"switched off in this process by {SWITCH}=0")
    return 0
