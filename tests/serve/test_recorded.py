"""What applications send, as their sources have it, and how they read the answer."""

import pytest

from tiny_checkpoint import tiny_pruner

QUERY = "What do cats do?"
TEXTS = ["Paris is a city. Cats purr.", "", "Dogs bark. " * 20, "The cat is in Paris.", "cats"]


def by_index(rows, name="relevance_score"):
    """Open WebUI, Cohere, Jina and most others."""
    return [row[name] for row in sorted(rows, key=lambda row: row["index"])]


def results(answer):
    return by_index(answer["results"])


def voyage(answer):
    return by_index(answer["data"]) if answer["usage"]["total_tokens"] else None


def aliyun(answer):
    return by_index(answer["output"]["results"])


def tei(answer):
    assert answer == sorted(answer, key=lambda row: -row["score"])
    return by_index(answer, "score")


def in_order(answer):
    """RAGFlow, which ignores `index`, and needs one of the counts."""
    assert answer["usage"]["total_tokens"]
    assert answer["tokens"]["input_tokens"]
    return [row["relevance_score"] for row in answer["results"]]


N = len(TEXTS)
PARTS = [{"content": [{"type": "text", "text": text}]} for text in TEXTS]
LITELLM = {
    "rank_fields": ["text"],
    "return_documents": True,
    "max_chunks_per_doc": 10,
    "max_tokens_per_doc": 4096,
    "instruction": None,
    "truncate_prompt_tokens": -1,
    "truncation_side": "right",
    "max_tokens_per_query": 100,
}
OBJECTS = [{"text": text, "id": number} for number, text in enumerate(TEXTS)]
RECORDED = {
    "Open WebUI": ("/v1/rerank", {"model": "", "documents": TEXTS, "top_n": N}, results),
    "Dify": ("/rerank", {"model": "m", "documents": TEXTS, "top_n": N}, results),
    "Dify, texts": ("/rerank", {"model": "m", "texts": TEXTS, "top_n": N}, results),
    "Dify, multimodal": ("/v1/rerank", {"model": "m", "documents": PARTS, "top_n": N}, results),
    "LightRAG": ("/rerank", {"model": "m", "documents": TEXTS, "return_documents": False}, results),
    "LightRAG, Aliyun": (
        "/v1/rerank",
        {"model": "m", "input": {"query": QUERY, "documents": TEXTS}, "parameters": {"top_n": N}},
        aliyun,
    ),
    "LiteLLM": ("/v2/rerank", {"model": "m", "documents": OBJECTS, "top_n": N, **LITELLM}, results),
    "LiteLLM, Hugging Face": (
        "/rerank",
        {"texts": TEXTS, "top_n": N, "raw_scores": False, "truncation_direction": "Right"},
        tei,
    ),
    "RAGFlow, Jina": ("/v1/rerank", {"model": "m", "documents": TEXTS, "top_n": N}, results),
    "RAGFlow, Xinference": (
        "/v1/rerank",
        {"model": "m", "documents": TEXTS, "return_documents": "true", "return_len": "true"},
        results,
    ),
    "Haystack VLLMRanker": ("/v1/rerank", {"model": "m", "documents": TEXTS, "top_n": N}, results),
    "LocalAI": ("/v1/reranking", {"documents": TEXTS}, results),
    "llama.cpp": ("/reranking", {"texts": TEXTS}, tei),
    "Voyage": (
        "/v1/rerank",
        {"model": "m", "documents": TEXTS, "top_k": None, "truncation": True},
        voyage,
    ),
    "TEI": (
        "/rerank",
        {
            "texts": TEXTS,
            "truncate": True,
            "truncation_direction": "right",
            "raw_scores": False,
            "return_text": False,
        },
        tei,
    ),
    "llama-index TEI": ("/rerank", {"texts": TEXTS}, tei),
    "Cohere v1": ("/v1/rerank", {"model": "m", "documents": OBJECTS, "top_n": N}, results),
    "Cohere v2": ("/v2/rerank", {"model": "m", "documents": TEXTS, "top_n": N}, results),
    "Jina": ("/v1/rerank", {"model": "m", "documents": OBJECTS, "return_documents": True}, results),
    "vLLM": ("/rerank", {"model": "m", "documents": TEXTS, "top_n": 0}, results),
    "TensorRT-LLM": ("/v2/rerank", {"model": "m", "documents": TEXTS, "top_n": N}, results),
}


@pytest.fixture(scope="module")
def scores(pruner):
    return [row.score for row in sorted(pruner.rank(QUERY, TEXTS), key=lambda row: row.index)]


@pytest.mark.parametrize("name", RECORDED)
def test_every_application_reads_the_scores_of_the_pruner(client, scores, name):
    path, body, read = RECORDED[name]
    headers = {"Authorization": "Bearer " if name.startswith("Dify") else "Bearer any"}
    answer = client.post(path, json={"query": QUERY, **body}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert read(answer.json()) == pytest.approx(scores, abs=1e-6)


def test_rows_in_the_order_of_the_input_for_those_who_ignore_the_index(serve, scores):
    client = serve(result_order="input")
    body = {"model": "m", "query": QUERY, "documents": TEXTS, "top_n": N}
    answer = client.post("/v1/rerank", json=body).json()
    assert in_order(answer) == pytest.approx(scores, abs=1e-6)
    assert in_order(client.post("/v1/rerank", json=body | {"return_documents": "true"}).json())


def test_rows_come_sorted_and_as_many_as_asked_for(client, scores):
    best = sorted(range(N), key=lambda number: -scores[number])
    for path in ("/rerank", "/v1/rerank", "/v2/rerank", "/reranking", "/v1/reranking"):
        body = {"query": QUERY, "documents": TEXTS, "top_n": 2}
        rows = client.post(path, json=body).json()["results"]
        assert [row["index"] for row in rows] == best[:2]
    for top_n in (0, None, N, 10 * N):  # a missing row would shift every score of Open WebUI
        body = {"query": QUERY, "documents": TEXTS * 3, "top_n": top_n and 3 * top_n}
        rows = client.post("/v1/rerank", json=body).json()["results"]
        assert sorted(row["index"] for row in rows) == list(range(3 * N))


def test_scores_are_from_0_to_1_whatever_the_checkpoint(serve):
    client = serve(tiny_pruner(score_activation="identity"))
    body = {"model": "m", "query": QUERY, "documents": TEXTS, "top_n": 3}  # Dify's validation
    found = results(client.post("/rerank", json=body).json())
    assert len(found) == 3
    assert all(0 <= score <= 1 for score in found)


def test_an_error_is_never_an_answer_of_200(client):
    for body in ({}, {"query": QUERY}, {"query": QUERY, "documents": [1]}, {"documents": TEXTS}):
        answer = client.post("/rerank", json=body)
        assert answer.status_code == 422
        assert answer.json()["error"]["message"]


def test_fields_that_are_not_known_change_nothing(client, scores):
    more = {"stream": True, "user": {"id": 1}, "priority": None, "embedding_types": ["x"]}
    body = {"query": QUERY, "documents": TEXTS, **LITELLM, **more}
    for name, value in {"instruction": ["a"], "truncate": 3, "model": {"a": 1}}.items():
        answer = client.post("/v1/rerank", json=body | {name: value})
        assert results(answer.json()) == pytest.approx(scores, abs=1e-6)
