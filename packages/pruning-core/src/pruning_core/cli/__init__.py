"""The command `pruning`."""

from pruning_core.cli.main import main

__all__ = ["main"]
