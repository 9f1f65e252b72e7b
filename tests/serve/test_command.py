"""`pruning serve` in a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import httpx2
import pytest

from pruning_core import Pruner
from pruning_core.cli import main

BODY = {"query": "What do cats do?", "documents": ["Paris is a city. Cats purr.", "Dogs bark."]}


@contextmanager
def running(*arguments, **environment):
    """A server, its address, and the lines of its standard error as they come."""
    command = [sys.executable, "-m", "pruning_core.cli", "serve", "--port", "0", *arguments]
    process = subprocess.Popen(
        command, env=os.environ | environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    lines = []
    try:
        for line in process.stderr:
            lines.append(line.decode())
            if found := re.search(r"listening on (http://\S+)", lines[-1]):
                break
        else:
            raise AssertionError("".join(lines))
        reader = threading.Thread(target=lambda: lines.extend(map(bytes.decode, process.stderr)))
        reader.start()
        yield process, found.group(1), lines
        process.wait(60)
        reader.join()
    finally:
        process.kill()
        process.stderr.close()


def post(address, path, body, key):
    headers = {"Authorization": f"Bearer {key}"}
    answer = httpx2.post(address + path, json=body, headers=headers, timeout=120)
    return answer.raise_for_status().json()


def test_the_built_in_model_answers_and_leaves_when_it_is_told_to():
    with running(PRUNING_API_KEY="the-key") as (process, address, lines):
        answer = post(address, "/v1/rerank", BODY, "the-key")
        expected = Pruner.from_pretrained().rank(BODY["query"], BODY["documents"])
        for row, one in zip(answer["results"], expected, strict=True):
            assert row["index"] == one.index
            assert row["relevance_score"] == pytest.approx(one.score, abs=1e-6)
        answers = []
        large = BODY | {"documents": ["Cats purr. " * 20] * 100}
        client = threading.Thread(
            target=lambda: answers.append(post(address, "/v1/rerank", large, "the-key"))
        )
        client.start()
        headers = {"Authorization": "Bearer the-key"}
        while "pruning_queue_size 0.0" in httpx2.get(f"{address}/metrics", headers=headers).text:
            assert client.is_alive()
        process.send_signal(signal.SIGTERM)  # finishes what runs
        client.join()
    assert len(answers[0]["results"]) == 100
    assert process.returncode in (0, -signal.SIGTERM)
    assert "the-key" not in "".join(lines)
    assert "Traceback" not in "".join(lines)


def test_a_folder_is_named_without_its_path(checkpoint):
    key = checkpoint.parent / "key"
    key.write_text("from-a-file\n")
    arguments = ("--model", str(checkpoint), "--api-key-file", str(key), "--max-documents", "1")
    with running(*arguments) as (process, address, _):
        body = BODY | {"documents": ["cats"]}
        assert post(address, "/v1/rerank", body, "from-a-file")["model"] == "checkpoint"
        with pytest.raises(httpx2.HTTPStatusError, match="422"):
            post(address, "/v1/rerank", BODY, "from-a-file")
        process.send_signal(signal.SIGINT)
    assert process.returncode == 130


@pytest.fixture
def checkpoint(pruner, tmp_path):
    pruner.save_pretrained(tmp_path / "checkpoint")
    return tmp_path / "checkpoint"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "/nowhere"], "/nowhere"),
        (["--port", "70000"], "`--port` must be from 0 to 65535, not 70000"),
        (["--device", "nothing"], "`device` 'nothing' cannot be used here"),
        (["--max-documents", "0"], "`max_documents` must be at least 1, not 0"),
        (["--window", "-1"], "`window` must be a finite number of at least 0"),
        (["--token-budget", "0"], "`token_budget` must be at least 1"),
        (["--api-key-file", "/nowhere"], "/nowhere"),
        (["--api-key-file", os.devnull], "is empty"),
        (["--api-key", "secret"], "unrecognized arguments"),
    ],
)
def test_wrong_usage_is_one_line(capsys, arguments, message):
    assert main(["serve", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("pruning")
    assert error.count("\n") == 1
    assert message in error


def test_what_is_not_installed_is_named(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert main(["serve"]) == 2
    assert "`pip install 'pruning-core[serve]'`" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said_before_the_model_is_loaded(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port), "--model", "/nowhere"]) == 2
    text = f"pruning serve: cannot listen on 127.0.0.1, port {port}: Address already in use\n"
    assert capsys.readouterr().err == text


def test_a_server_for_all_without_a_key_says_so(capsys, monkeypatch, checkpoint):
    uvicorn = pytest.importorskip("uvicorn")

    class Started(uvicorn.Server):
        started = True

        def run(self, sockets):
            assert sockets[0].getsockname()[0] == "0.0.0.0"  # noqa: S104

    monkeypatch.setattr(uvicorn, "Server", Started)
    monkeypatch.delenv("PRUNING_API_KEY", raising=False)
    arguments = ["--host", "0.0.0.0", "--port", "0", "--model", str(checkpoint)]  # noqa: S104
    assert main(["serve", *arguments]) == 0
    warning, address = capsys.readouterr().err.splitlines()
    assert warning == "no key: whoever reaches 0.0.0.0 can use it"
    assert address.startswith("listening on http://0.0.0.0:")
