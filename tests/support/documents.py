"""Runs the blocks of a document, and holds what it shows against what they print."""

import contextlib
import io
import re
import shlex
import subprocess
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from fill_documents import BLOCK

from pruning_core.cli import main

FENCE = re.compile(r'^```(\w+)(?: title="([\w-]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
CORE = ("prune", "rank", "pack", "convert")
"""Commands of `pruning-core`."""


def run_document(
    path: Path,
    *,
    places: Mapping[str, object] | None = None,
    commands: Collection[str] = CORE,
    skip: Collection[str] = (),
) -> None:
    """Run the Python of a document in order, as one program, and the commands of its consoles.

    Args:
        path: the document.
        places: what a text of it stands for, such as a hub id for a folder.
        commands: of `pruning`, which are run; all others of its commands are not.
        skip: titles of blocks that are not run.
    """
    page = path.read_text(encoding="utf-8")
    for name, place in (places or {}).items():
        page = page.replace(name, str(place))
    shown = {command: body for _, command, body in BLOCK.findall(page)}
    printed: dict[str, str] = {}
    namespace: dict[str, object] = {"__name__": "__main__"}
    for kind, title, code in FENCE.findall(BLOCK.sub("", page)):
        if title in skip:
            continue
        if kind == "python":
            printed[f"example {title}"] = captured(lambda code=code: exec(code, namespace))
        elif kind == "console":
            for line in code.splitlines():
                if not line.startswith("pruning "):
                    if not line.startswith("pip "):
                        subprocess.run(line, shell=True, check=True)
                elif line.split()[1] in commands:
                    both = f"{line} 2>&1"
                    text = captured(lambda line=line: run_command(line), errors=both in shown)
                    printed[both if both in shown else line] = text
    for command, body in shown.items():
        found = printed.get(command)
        assert found is None or body.strip("\n`") == found.strip("\n"), f"{path}: {command}"


def run_command(line: str) -> None:
    """Run a command of `pruning` in this process."""
    code = main(shlex.split(line)[1:])
    assert code == 0, f"{line}: exit code {code}"


def captured(run: Callable[[], object], errors: bool = False) -> str:
    """What a function prints, with `errors` on standard error too."""
    output = io.StringIO()
    other = output if errors else io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(other):
        run()
    return output.getvalue()
