import socket

import pytest

from pruning_core.cli.listening import announce, listen


def test_a_free_port_is_said_with_its_path(capsys):
    with listen("127.0.0.1", 0) as listening:
        announce("127.0.0.1", listening, "/mcp")
        port = listening.getsockname()[1]
        assert capsys.readouterr().err == f"listening on http://127.0.0.1:{port}/mcp\n"
        announce("::1", listening)
        assert capsys.readouterr().err == f"listening on http://[::1]:{port}\n"


def test_who_may_come_is_said_where_it_is_everyone(capsys):
    with listen("127.0.0.1", 0) as listening:
        announce("0.0.0.0", listening)  # noqa: S104
        assert capsys.readouterr().err.startswith("no key: whoever reaches 0.0.0.0 can use it\n")
        announce("0.0.0.0", listening, has_key=True)  # noqa: S104
        assert "no key" not in capsys.readouterr().err


def test_what_cannot_be_listened_on_is_said():
    with pytest.raises(ValueError, match="`--port` must be from 0 to 65535, not 65536"):
        listen("127.0.0.1", 65_536)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1, port {port}: "):
            listen("127.0.0.1", port)
