"""Standard streams that lose no run: what a text holds can always be written."""

import sys


def prepare() -> None:
    """Make standard output UTF-8 with newlines as they are, whatever the locale; neither it nor
    standard error raises for a lone surrogate, which becomes its escape.

    A stream that cannot be changed, such as a notebook's, stays as it is.
    """
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
    if hasattr(sys.stderr, "reconfigure"):
        sys.stderr.reconfigure(errors="backslashreplace")


def write(text: str) -> None:
    """Write results to standard output.

    Raises:
        OSError: it is closed, or cannot be written.
    """
    if sys.stdout is None:
        raise OSError("standard output is closed")
    sys.stdout.write(text)


def finish() -> None:
    """Write what is still held back; raises OSError as on a full disk or into a closed pipe."""
    if sys.stdout is not None:
        sys.stdout.flush()


def give_up() -> None:
    """Let go of a standard output that fails, else the interpreter tries again at its end."""
    try:
        finish()
    except (OSError, ValueError):
        sys.stdout = None
