"""Put the output of commands into a document.

`DATA=FOLDER python tools/fill_documents.py FILE [NAMES...]`: in FILE, what stands from
`<!-- begin NAME: COMMAND -->` to `<!-- end NAME -->` is replaced by what COMMAND prints,
as it is where it is a table, fenced where it is not. Without NAMES every command is run.
"""

import argparse
import re
import subprocess
from pathlib import Path

BLOCK = re.compile(r"<!-- begin (\w+): (.+?) -->\n.*?<!-- end \1 -->", re.DOTALL)


def filled(match: re.Match[str], names: list[str]) -> str:
    name, command = match.groups()
    if names and name not in names:
        return match.group()
    done = subprocess.run(command, shell=True, check=True, stdout=subprocess.PIPE, text=True)
    output = done.stdout.strip("\n")
    body = output if "\n| --- |" in output else f"```\n{output}\n```"
    return f"<!-- begin {name}: {command} -->\n\n{body}\n\n<!-- end {name} -->"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    text = options.file.read_text(encoding="utf-8")
    text = BLOCK.sub(lambda match: filled(match, options.names), text)
    options.file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
