"""Where a server listens, and how it runs."""

import os
import socket
import sys
from typing import Any

_LOCAL = {"127.0.0.1", "::1", "localhost"}
_NOT_STARTED = 2


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, before a model is loaded for it; port 0 is any free one.

    Raises:
        OSError: it cannot be had.
        ValueError: there is no such port.
    """
    if not 0 <= port <= 65_535:
        raise ValueError(f"`--port` must be from 0 to 65535, not {port}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error
        raise OSError(f"cannot listen on {host}, port {port}: {reason}") from error


def announce(host: str, listening: socket.socket, path: str = "", *, has_key: bool = False) -> None:
    """Say on standard error where clients go, and whether anyone may."""
    if not has_key and host not in _LOCAL:
        print(f"no key: whoever reaches {host} can use it", file=sys.stderr)
    name = f"[{host}]" if ":" in host else host
    print(f"listening on http://{name}:{listening.getsockname()[1]}{path}", file=sys.stderr)


def answer(app: Any, listening: socket.socket, **options: Any) -> int:
    """Run an ASGI application until a signal ends it; gives the exit code."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, server_header=False, **options))
    server.run(sockets=[listening])
    return 0 if server.started else _NOT_STARTED  # its log says why
