"""What every command's `--help` must say."""

import argparse
import re
from collections.abc import Callable, Iterator
from typing import Any

from pruning_core.cli.descriptions import add_quiet


def parsers_of(register: Callable[[Any], object]) -> dict[str, argparse.ArgumentParser]:
    """Name -> parser of the commands that `register` adds."""
    subparsers = argparse.ArgumentParser(prog="pruning").add_subparsers()
    register(subparsers)
    for parser in subparsers.choices.values():
        add_quiet(parser)
    return subparsers.choices


def problems(parser: argparse.ArgumentParser) -> Iterator[str]:
    """What a help text lacks."""
    text = parser.format_help()
    if not parser.description or not re.match(r"examples?:\n  pruning \w", parser.epilog or ""):
        yield "no description, or no example"
    if found := re.search(r"\b(behind|beside|due)\b", text):
        yield f"{found[0]!r} is not plain"
    for action in parser._actions:
        says = action.help or ""
        if len(says.split()) < 3 and "--help" not in action.option_strings:
            yield f"{action.dest}: {says!r} says too little"
        takes_value = action.option_strings and action.nargs != 0
        if takes_value and "(default: " not in says:
            yield f"{action.dest}: {says!r} has no default"
