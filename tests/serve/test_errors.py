import json

import pytest

from gated_encoder import gated
from pruning_core.serving.errors import json_bytes

JSON = {"Content-Type": "application/json"}
BODY = {"query": "cats", "documents": ["Cats purr."]}


def error(answer, code, kind):
    assert answer.status_code == code
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()["error"]
    assert (found["code"], found["type"]) == (code, kind)
    return found["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b'{"query": "cats", "documents": ["a"]',
        b"[" * 100_000,
        b'{"query": "cats", "documents": ["a"], "top_n": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_not_json(client, body):
    for path in ("/rerank", "/v1/prune", "/v1/pack"):
        error(client.post(path, content=body, headers=JSON), 400, "malformed_json")


def test_a_body_that_is_no_object_or_no_json_by_its_type(client):
    for content, headers in (
        (b"[]", JSON),
        (b'"a"', JSON),
        (b"", JSON),
        (json.dumps(BODY).encode(), {"Content-Type": "text/plain"}),  # as a page elsewhere could
        (json.dumps(BODY).encode(), {}),
    ):
        answer = client.post("/v1/rerank", content=content, headers=headers)
        assert "JSON object" in error(answer, 422, "invalid_request")


def test_methods_and_paths(client):
    answer = client.get("/v1/rerank")
    error(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"
    error(client.post("/"), 405, "method_not_allowed")
    error(client.delete("/metrics"), 405, "method_not_allowed")
    error(client.get("/v1/models"), 404, "not_found")
    error(client.get("/../../etc/passwd"), 404, "not_found")
    error(client.get("/static-offline-docs/..%2f..%2fcore.py"), 404, "not_found")


def test_documents_and_characters_have_limits(serve):
    client = serve(max_documents=2, max_characters=20)
    for path, more in (("/rerank", {}), ("/v1/prune", {}), ("/v1/pack", {"max_tokens": 3})):
        body = BODY | more
        assert client.post(path, json=body | {"documents": ["a"] * 2}).is_success
        answer = client.post(path, json=body | {"documents": ["a"] * 3})
        assert error(answer, 422, "invalid_request") == "3 documents are more than 2"
        answer = client.post(path, json=body | {"documents": ["a" * 17]})
        assert error(answer, 422, "invalid_request") == "21 characters are more than 20"


def test_what_breaks_inside_is_told_to_the_log_alone(serve, pruner, caplog):
    broken, gate, _ = gated(pruner, fail={2})
    gate.set()
    client = serve(broken)
    message = error(client.post("/rerank", json=BODY), 500, "error")
    assert message == "the server could not answer; its log says why"
    assert client.post("/rerank", json=BODY).is_success


def test_a_lone_surrogate_is_its_escape():
    assert json_bytes(["\ud800 é\\"]) == '["\\ud800 é\\\\"]'.encode()
    assert json.loads(json_bytes(["\ud800"])) == ["\ud800"]
