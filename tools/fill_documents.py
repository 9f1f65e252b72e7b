"""Put the output of commands into documents.

`[DATA=FOLDER] python tools/fill_documents.py FILES... [--only NAMES...]`: what stands from
`<!-- begin NAME: COMMAND -->` to `<!-- end NAME -->` is replaced by what COMMAND prints, as it is
where it is a table, fenced where it is not. As COMMAND `example NAME` is the page's own block of
Python or shell with `title="NAME"`; Python goes on from the blocks above. Commands that read
`$DATA` are left alone where it is unset.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

BLOCK = re.compile(r"<!-- begin ([\w-]+): (.+?) -->\n(.*?)<!-- end \1 -->", re.DOTALL)
EXAMPLE = re.compile(
    r"^```(python|console) title=\"([\w-]+)\"\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
TABLE = "\n| ---"
QUIET = "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()): "


def filled(text: str, names: Collection[str] = ()) -> str:
    """A document with the output of its commands, or of those called `names`."""
    examples = EXAMPLE.findall(text)

    def replaced(match: re.Match[str]) -> str:
        name, command, _ = match.groups()
        is_asked = name in names if names else "$DATA" not in command or "DATA" in os.environ
        if not is_asked:
            return match.group()
        output = printed(command, examples)
        body = output if TABLE in f"\n{output}" else f"```\n{output}\n```"
        return f"<!-- begin {name}: {command} -->\n\n{body}\n\n<!-- end {name} -->"

    return BLOCK.sub(replaced, text)


def printed(command: str, examples: Sequence[tuple[str, str, str]]) -> str:
    """What a command prints, or one of the examples, which are kinds, names and texts of blocks."""
    run = ["bash", "-ec", command]
    if command.startswith("example "):
        place = [name for _, name, _ in examples].index(command.removeprefix("example "))
        kind, _, code = examples[place]
        run = ["sh", "-ec", code]
        if kind == "python":
            above = "".join(text for kind, _, text in examples[:place] if kind == "python")
            run = [sys.executable, "-c", f"{QUIET}exec({above!r})\n{code}"]
    done = subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip("\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="blocks to fill")
    options = parser.parse_args()
    for path in options.files:
        text = path.read_text(encoding="utf-8")
        path.write_text(filled(text, options.only), encoding="utf-8")


if __name__ == "__main__":
    main()
