"""What `--help` of a command says: what it does, an example, and the options that all have."""

import argparse
from textwrap import fill

WIDTH = 88


def describe(parser: argparse.ArgumentParser, description: str, *examples: str) -> None:
    """Give a command a description and examples.

    Args:
        parser: of the command.
        description: sentences, which are wrapped here.
        examples: command lines, without `pruning`.
    """
    lines = "\n".join(f"  pruning {example}" for example in examples)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = fill(description, WIDTH, break_on_hyphens=False, break_long_words=False)
    parser.epilog = f"example{'s' if len(examples) > 1 else ''}:\n{lines}"


def add_quiet(parser: argparse.ArgumentParser) -> None:
    """Add `--quiet`, unless the command has one."""
    if parser.get_default("quiet") is None:
        parser.add_argument(
            "--quiet", action="store_true", help="print only results and errors, no progress bars"
        )
