"""What every command's `--help` says."""

import argparse

import pytest

from command_help import parsers_of, problems
from pruning_core.cli import commands, completion, serve
from pruning_core.cli.descriptions import describe


def register(subparsers):
    commands.register(subparsers)
    serve.register(subparsers)
    completion.register(argparse.ArgumentParser(), subparsers)


OURS = parsers_of(register)


@pytest.mark.parametrize("name", OURS)
def test_every_help_is_complete(name):
    assert list(problems(OURS[name])) == []
    assert "--quiet" in OURS[name].format_help()


def test_what_is_missing_is_found():
    parser = argparse.ArgumentParser(prog="pruning x")
    parser.add_argument("--limit", help="due")
    assert len(list(problems(parser))) == 4
    describe(parser, "A word.", "x --limit 3")
    assert len(list(problems(parser))) == 3


def test_a_description_is_wrapped_and_an_example_is_not():
    parser = argparse.ArgumentParser(prog="pruning x")
    describe(parser, "word " * 40, "x " + "y" * 99, "x")
    assert max(map(len, parser.description.splitlines())) <= 88
    assert parser.epilog == f"examples:\n  pruning x {'y' * 99}\n  pruning x"
