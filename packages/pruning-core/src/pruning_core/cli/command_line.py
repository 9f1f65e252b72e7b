"""The parser of `pruning`; other distributions add commands through entry points."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from importlib.metadata import entry_points, version
from typing import NoReturn

from safetensors import SafetensorError

from pruning_core.cli import bulk, commands, completion, export, mcp, serve, streams
from pruning_core.cli.bars import no_bars
from pruning_core.cli.descriptions import add_quiet, describe
from pruning_core.rendering import clean_line

COMMANDS = "pruning.commands"
"""Entry-point group; an entry is a function that takes the subparsers action and adds to it a
parser with a `run` default: parsed arguments -> exit code."""

ELSEWHERE = dict.fromkeys(
    ("check", "verify", "emit", "export-ranking", "train", "evaluate", "autoload"),
    "pruning-transformers",
)
"""Commands of other distributions, for an error that says what to install."""

USAGE, CLOSED_PIPE = 2, 141
"""Exit codes; the second is that of a shell for a process that the signal ended."""

LONGEST = 2_000
"""Characters of an error; torch may add its own stack to one."""

_SPEAKING = (OSError, ImportError, TypeError, ValueError, RuntimeError, SafetensorError)
"""Errors whose text says it all; of others the type is said too."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and how to learn more; exit code 2."""
        self.exit(USAGE, f"{self.prog}: {clean_line(message)}; see `{self.prog} --help`\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns 0, 1 (a document failed) or 2 (usage).

    Whatever goes wrong is one line on standard error; with Python's development mode (`python -X
    dev -m pruning_core.cli`) it is raised. Standard output is UTF-8 from here on.
    """
    streams.prepare()
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        code = _run(given)
        streams.finish()
    except KeyboardInterrupt:  # `cli.main` says so
        streams.give_up()
        raise
    except BrokenPipeError:  # the reader, such as `head`, has enough
        streams.give_up()
        return CLOSED_PIPE
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        command = " ".join(["pruning", *given[:1]])
        print(clean_line(f"{command}: {_reason(error)}"), file=sys.stderr)
        streams.give_up()
        return USAGE
    return code


def _reason(error: Exception) -> str:
    text = clean_line(str(error)[:LONGEST])
    if text and isinstance(error, _SPEAKING):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _run(given: list[str]) -> int:
    parser = Parser(prog="pruning")
    describe(
        parser,
        "Cut documents down to the sentences that matter to a query, and rank them. A model is"
        " built in; `pruning COMMAND --help` says more of each command.",
        'prune --query "When did the bridge open?" article.txt',
    )
    parser.add_argument(
        "--version", action="version", version=f"pruning-core {version('pruning-core')}"
    )
    subparsers = parser.add_subparsers(
        title="commands", dest="command", required=True, metavar="COMMAND"
    )
    commands.register(subparsers)
    bulk.register(subparsers)
    export.register(subparsers)
    serve.register(subparsers)
    mcp.register(subparsers)
    is_ours = bool(given) and given[0] in subparsers.choices
    completion.register(parser, subparsers)
    if not is_ours:  # else spare their imports
        for entry in entry_points(group=COMMANDS):
            entry.load()(subparsers)
    if given and given[0] in ELSEWHERE and given[0] not in subparsers.choices:
        text = f"`pip install {ELSEWHERE[given[0]]}` adds it"
        print(f"pruning {given[0]}: {text}", file=sys.stderr)
        return USAGE
    for command in subparsers.choices.values():
        add_quiet(command)
    try:
        options = parser.parse_args(given)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    with no_bars() if options.quiet else nullcontext():
        code: int = options.run(options)
    return code
