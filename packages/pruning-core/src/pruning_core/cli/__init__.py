"""The command `pruning`."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; see `command_line.main`."""
    try:
        from pruning_core.cli import command_line  # takes seconds, which Ctrl-C may end

        return command_line.main(arguments)
    except KeyboardInterrupt:
        print("pruning: interrupted", file=sys.stderr)
        return 130
