import re

import pytest

from pruning_core.serving.settings import ServerSettings

ORIGIN = "https://example.org"
ASK = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}


def test_other_pages_may_call_only_where_they_are_listed(serve):
    closed, opened = serve(), serve(cors_allow_origins=(ORIGIN,), api_key="the-key")
    answer = closed.get("/health", headers={"Origin": ORIGIN})
    assert "access-control-allow-origin" not in answer.headers
    assert closed.options("/v1/rerank", headers=ASK).status_code == 405
    answer = opened.options("/v1/rerank", headers=ASK)  # asked without the key
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    refused = opened.post("/v1/rerank", json={}, headers={"Origin": ORIGIN})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == ORIGIN
    other = ASK | {"Origin": "https://example.com"}
    assert "access-control-allow-origin" not in opened.options("/v1/rerank", headers=other).headers


def test_the_documentation_loads_nothing_from_elsewhere(client):
    page = client.get("/docs").text
    for address in re.findall(r"""(?:src|href|url)\s*[=:]\s*['"]([^'"]+)""", page):
        assert address.startswith("/")
        assert client.get(address).is_success
    assert "http" not in page.replace("http://www.w3.org", "")


def test_the_documentation_names_what_there_is(client):
    schema = client.get("/openapi.json").json()
    assert sorted(schema["paths"]) == [
        "/health",
        "/info",
        "/metrics",
        "/ready",
        "/v1/pack",
        "/v1/prune",
        "/v1/rerank",
    ]
    fields = schema["components"]["schemas"]["RerankRequest"]["properties"]
    assert {"query", "documents", "texts", "top_n", "return_documents", "prune"} <= set(fields)


def test_no_request_names_a_file(client):
    page = client.get("/").text
    assert "<title>Prune documents for a query</title>" in page
    for query in ("name=../app.py", "file=/etc/passwd", "path=page.js", "media_type=text/plain"):
        answer = client.get(f"/?{query}")
        assert answer.text == page
        assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"max_documents": 0}, ValueError, "`max_documents` must be at least 1"),
        ({"max_body_bytes": "1"}, TypeError, "`max_body_bytes` must be an int"),
        ({"time_limit": -1}, ValueError, "`time_limit` must be a finite number"),
        ({"result_order": "x"}, ValueError, "`result_order` must be one of score, input"),
        ({"api_key": ""}, ValueError, "`api_key` must be printable ASCII"),
        ({"api_key": "a\nb"}, ValueError, "`api_key` must be printable ASCII"),
    ],
)
def test_wrong_settings_are_an_error(arguments, error, message):
    with pytest.raises(error, match=message):
        ServerSettings(**arguments)


def test_the_key_is_not_shown():
    assert "secret" not in repr(ServerSettings(api_key="secret"))
