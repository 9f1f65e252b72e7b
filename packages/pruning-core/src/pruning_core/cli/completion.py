"""`pruning completion`: a script with which a shell completes commands, options and files."""

import argparse
from typing import Any

from pruning_core.cli.descriptions import describe
from pruning_core.cli.streams import write

SHELLS = ("bash", "fish", "powershell", "tcsh", "zsh")
FILES = {"FILE", "INPUT", "CONFIG.yaml"}
FOLDERS = {"DIR", "MODEL", "OUTPUT", "SOURCE", "TARGET"}
"""What the metavar of an argument is that a file or a folder completes."""


def register(parser: argparse.ArgumentParser, subparsers: Any) -> None:
    """Add the command to the parser of all commands."""
    completion = subparsers.add_parser(
        "completion", help="print a script with which a shell completes commands and options"
    )
    completion.set_defaults(run=lambda options: run(options.shell, parser, subparsers))
    completion.add_argument("shell", choices=SHELLS, help="the shell that reads the script")
    describe(
        completion,
        "Print a script with which a shell completes the commands that are installed, their"
        " options, files and folders. It needs shtab: pip install 'pruning-core[completion]'.",
        "completion bash > ~/.local/share/bash-completion/completions/pruning",
        "completion zsh > ~/.zfunc/_pruning",
    )


def run(shell: str, parser: argparse.ArgumentParser, subparsers: Any) -> int:
    """Print the script."""
    try:
        import shtab
    except ImportError as error:
        text = "`pruning completion` needs shtab: `pip install 'pruning-core[completion]'`"
        raise ImportError(text) from error
    for command in subparsers.choices.values():
        for action in command._actions:
            if action.metavar in FILES:
                action.complete = shtab.FILE
            elif action.metavar in FOLDERS:
                action.complete = shtab.DIRECTORY
    write(f"{shtab.complete(parser, shell=shell)}\n")
    return 0
