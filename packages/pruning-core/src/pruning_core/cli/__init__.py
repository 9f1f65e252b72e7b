"""The command `pruning`."""

import sys
from collections.abc import Sequence

INTERRUPTED = 130
"""The exit code of a shell for a process that Ctrl-C ended."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; see `command_line.main`."""
    try:
        from pruning_core.cli import command_line  # takes seconds, which Ctrl-C may end

        return command_line.main(arguments)
    except KeyboardInterrupt:
        print("pruning: interrupted", file=sys.stderr)
        return INTERRUPTED
