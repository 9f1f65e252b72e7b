import json
import socket
import threading
import time
from contextlib import closing

import pytest

from gated_encoder import gated

BODY = {"query": "cats", "documents": ["Cats purr."]}
JSON = {"Content-Type": "application/json"}
OPEN = ("/", "/page.css", "/page.js", "/health", "/ready", "/docs", "/openapi.json")


def error(answer, code):
    assert answer.status_code == code
    assert answer.json()["error"]["code"] == code
    return answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer ",
        "Bearer wrong",
        "the-key",
        "Basic the-key",
        "Bearer the-key2",
        "Bearer ÿ",
    ],
)
def test_a_wrong_or_missing_key_is_refused_before_the_body_is_read(serve, header):
    client = serve(api_key="the-key")
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    for path in ("/rerank", "/v1/prune", "/v1/pack", "/nothing"):
        answer = client.post(path, content=b"{", headers=headers | JSON)
        assert error(answer, 401) == "the key is missing or wrong"
        assert answer.headers["www-authenticate"] == "Bearer"
    for path in ("/info", "/metrics"):
        error(client.get(path, headers=headers), 401)


def test_the_key_opens_and_some_pages_need_none(serve):
    client = serve(api_key="the-key")
    for value in ("Bearer the-key", "bearer the-key"):
        assert client.post("/rerank", json=BODY, headers={"Authorization": value}).is_success
    for path in (*OPEN, "/static-offline-docs/swagger-ui.css"):
        assert client.get(path).is_success
    assert "HTTPBearer" in client.get("/openapi.json").text


def test_without_a_key_an_empty_one_is_taken(client):
    for value in ("", "Bearer", "Bearer "):
        assert client.post("/rerank", json=BODY, headers={"Authorization": value}).is_success


def test_a_body_over_the_limit_is_refused_declared_or_not(serve):
    client = serve(max_body_bytes=100)
    small = json.dumps(BODY).encode()
    assert client.post("/rerank", content=small, headers=JSON).is_success
    large = json.dumps(BODY | {"more": "x" * 100}).encode()
    assert error(client.post("/rerank", content=large, headers=JSON), 413) == (
        "the body has more than 100 bytes"
    )
    parts = iter([large[:60], large[60:]])  # sent in chunks, without a length
    error(client.post("/rerank", content=parts, headers=JSON), 413)


def test_what_takes_too_long_is_an_error_and_its_work_is_dropped(serve, pruner):
    slow, gate, batches = gated(pruner, budget=1)
    gate.set()
    client = serve(slow, time_limit=0.3)
    gate.clear()
    answer = client.post("/rerank", json=BODY | {"documents": ["Cats purr."] * 50})
    assert error(answer, 504) == "no answer within 0.3 seconds"
    answer = client.post("/v1/prune", json=BODY, headers={"Accept": "application/x-ndjson"})
    assert answer.status_code == 200  # had begun
    assert json.loads(answer.text.splitlines()[-1])["error"]["code"] == 504
    gate.set()
    wait_until(lambda: client.get("/metrics").text.count("pruning_queue_size 0.0"))
    assert len(batches) <= 3  # that of the start, and one that the encoder had


def wait_until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("path", ["/rerank", "/v1/prune"])
@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
def test_the_work_of_a_client_that_is_gone_is_dropped(listen, pruner, path, accept):
    slow, gate, batches = gated(pruner, budget=1)
    gate.set()
    address = listen(slow)
    gate.clear()
    host, port = address.removeprefix("http://").split(":")
    body = json.dumps(BODY | {"documents": ["Cats purr."] * 50}).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with closing(socket.create_connection((host, int(port)))) as connection:
        connection.sendall(head.encode() + body)
        wait_until(lambda: len(batches) == 2)
    threading.Timer(0.2, gate.set).start()
    wait_until(lambda: "pruning_queue_size 0.0" in fetched(host, port, "/metrics"))
    assert len(batches) <= 4


def fetched(host, port, path):
    with closing(socket.create_connection((host, int(port)))) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
        return b"".join(parts).decode()


def test_a_full_queue_says_when_to_come_back(serve, pruner):
    slow, gate, batches = gated(pruner)
    gate.set()
    client = serve(slow, max_waiting=2)
    gate.clear()
    waiting = threading.Thread(target=client.post, args=("/rerank",), kwargs={"json": BODY})
    waiting.start()
    wait_until(lambda: len(batches) == 2)
    for path, more in (("/rerank", {}), ("/v1/prune", {}), ("/v1/pack", {"max_tokens": 3})):
        answer = client.post(path, json=BODY | more | {"documents": ["a", "b"]})
        assert "`max_waiting` is 2" in error(answer, 429)
        assert answer.headers["retry-after"] == "1"
    lines = {"Accept": "application/x-ndjson"}
    error(client.post("/v1/prune", json=BODY | {"documents": ["a", "b"]}, headers=lines), 429)
    assert client.get("/ready").is_success  # there is room for one
    more = threading.Thread(target=client.post, args=("/rerank",), kwargs={"json": BODY})
    more.start()
    wait_until(lambda: client.get("/ready").status_code == 503)
    gate.set()
    waiting.join()
    more.join()
    assert client.post("/rerank", json=BODY).is_success
