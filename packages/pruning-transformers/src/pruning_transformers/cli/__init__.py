"""The commands that this package adds to `pruning`."""

from pruning_transformers.cli.commands import register

__all__ = ["register"]
