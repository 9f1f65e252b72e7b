"""The command `pruning`."""

from pruning_core.cli.command_line import main

__all__ = ["main"]
