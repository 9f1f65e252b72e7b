"""The parser of `pruning`; other distributions add commands through entry points."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points, version

from safetensors import SafetensorError

from pruning_core.cli import commands
from pruning_core.rendering import clean_line

COMMANDS = "pruning.commands"
"""Entry-point group; an entry is a function that takes the subparsers action and adds to it a
parser with a `run` default: parsed arguments -> exit code."""

ELSEWHERE = dict.fromkeys(
    ("check", "verify", "emit", "export-ranking", "train", "evaluate", "autoload"),
    "pruning-transformers",
)
"""Commands of other distributions, for an error that says what to install."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns 0, 1 (a document failed) or 2 (usage)."""
    parser = argparse.ArgumentParser(
        prog="pruning", description="Prune and rank documents for a query."
    )
    parser.add_argument(
        "--version", action="version", version=f"pruning-core {version('pruning-core')}"
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.register(subparsers)
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] not in subparsers.choices:  # else spare their imports
        for entry in entry_points(group=COMMANDS):
            entry.load()(subparsers)
    if given and given[0] in ELSEWHERE and given[0] not in subparsers.choices:
        print(f"pruning {given[0]}: `pip install {ELSEWHERE[given[0]]}` adds it", file=sys.stderr)
        return 2
    try:
        options = parser.parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    try:
        code: int = options.run(options)
    except (OSError, ImportError, TypeError, ValueError, SafetensorError) as error:
        print(f"pruning {options.command}: {clean_line(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code
