"""Servers of a tiny pruner: in this process, and on a port."""

import threading
import time
from contextlib import ExitStack, contextmanager

import pytest
import uvicorn
from starlette.testclient import TestClient

from pruning_core.serving.app import create_app
from pruning_core.serving.settings import ServerSettings
from tiny_checkpoint import tiny_pruner

PRUNER = tiny_pruner()


@pytest.fixture(scope="session")
def pruner():
    return PRUNER


@pytest.fixture
def serve():
    """Settings, and perhaps another pruner -> a client of a server of its own."""
    with ExitStack() as stack:

        def start(pruner=PRUNER, **settings):
            app = create_app(pruner, ServerSettings(**settings))
            return stack.enter_context(TestClient(app, raise_server_exceptions=False))

        yield start


@pytest.fixture
def client(serve):
    return serve()


@contextmanager
def listening(pruner=PRUNER, **settings):
    """The address of a server on a free port."""
    config = uvicorn.Config(create_app(pruner, ServerSettings(**settings)), port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def address():
    with listening(api_key="the-key") as found:
        yield found


@pytest.fixture
def listen():
    """The same, with settings."""
    with ExitStack() as stack:
        yield lambda *arguments, **settings: stack.enter_context(listening(*arguments, **settings))
