import re

from pruning_core import __version__

BODY = {"query": "cats", "documents": ["Cats purr.", "A cat is in Paris. " * 9], "prune": True}


def test_health_ready_and_info(serve):
    client = serve(model_name="ours", revision="abc", max_documents=7)
    for path in ("/health", "/ready"):
        assert client.get(path).is_success
        assert client.head(path).is_success
    info = client.get("/info").json()
    assert info == {
        "version": __version__,
        "model": "ours",
        "revision": "abc",
        "mode": "reranking_pruning",
        "max_length": 64,
        "default_threshold": 0.5,
        "sentence_rule": "mean_probability",
        "limits": {
            "max_body_bytes": 16_777_216,
            "max_documents": 7,
            "max_characters": 4_000_000,
            "max_waiting": 4096,
            "time_limit": 120.0,
        },
    }


def values(client):
    text = client.get("/metrics").text
    return {name: float(value) for name, value in re.findall(r"^([^#\s]\S*) (\S+)$", text, re.M)}


def test_metrics_count_what_happens(client, pruner):
    before = values(client)
    for _ in range(3):
        client.post("/v1/rerank", json=BODY)
    client.post("/v1/rerank", json={})
    client.get("/made/up")
    after = values(client)

    def grown(name):
        return after.get(name, 0) - before.get(name, 0)

    assert grown('pruning_request_total{path="/v1/rerank",status="200"}') == 3
    assert grown('pruning_request_total{path="/v1/rerank",status="422"}') == 1
    assert grown('pruning_request_total{path="other",status="404"}') == 1
    assert grown('pruning_request_failure_total{path="/v1/rerank"}') == 1
    assert "made" not in str(after)
    assert grown("pruning_request_duration_seconds_count") == 6  # and /metrics itself
    assert grown("pruning_queue_duration_seconds_count") == 6
    assert grown("pruning_compression_count") == 6
    results = pruner.prune_batch([BODY["query"]] * 2, BODY["documents"])
    removed = sum(result.compression for result in results)
    assert abs(grown("pruning_compression_sum") - 3 * removed) < 1e-9
    for name in ("tokenization_duration_seconds", "inference_duration_seconds", "batch_tokens"):
        assert grown(f"pruning_{name}_count") >= 3
    assert after["pruning_queue_size"] == 0
    assert after["process_resident_memory_bytes"] > 0


def test_two_servers_count_apart(serve):
    first, second = serve(), serve()
    first.post("/v1/rerank", json=BODY)
    assert not [name for name in values(second) if "/v1/rerank" in name]
