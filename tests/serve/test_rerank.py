import math

import pytest

from tiny_checkpoint import tiny_pruner

QUERY = "capital of france"
TEXTS = ["Paris is the capital of France. Cats purr.", "The cat is in Paris.", "😀 cats. Purr!"]


def post(client, body, path="/v1/rerank"):
    answer = client.post(path, json={"query": QUERY, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_answer_of_cohere_jina_and_vllm_and_nothing_else(client, pruner):
    answer = post(client, {"documents": TEXTS})
    assert list(answer) == ["id", "model", "results", "usage", "tokens", "meta"]
    assert answer["model"] == "default"
    expected = pruner.rank(QUERY, TEXTS)
    for row, one in zip(answer["results"], expected, strict=True):
        assert row == {"index": one.index, "relevance_score": pytest.approx(one.score, abs=1e-6)}
    windows = pruner._prepare([(QUERY, text) for text in TEXTS])
    tokens = sum(pair.length(window) for pair in windows for window in pair.windows)
    assert answer["usage"] == {"prompt_tokens": tokens, "total_tokens": tokens}
    assert answer["tokens"] == {"input_tokens": tokens, "output_tokens": 0}
    assert answer["meta"] == {
        "api_version": {"version": "1"},
        "billed_units": {"search_units": 1, "total_tokens": tokens},
        "tokens": answer["tokens"],
    }
    second = post(client, {"documents": TEXTS}, "/v2/rerank")
    assert second["meta"]["api_version"] == {"version": "2"}
    assert second["id"] != answer["id"]


def test_documents_come_back_where_they_are_asked_for(client):
    given = [TEXTS[0], {"text": TEXTS[1], "page": 3}, {"content": TEXTS[2]}]
    rows = post(client, {"documents": given, "return_documents": True})["results"]
    found = {row["index"]: row["document"] for row in rows}
    assert found == {
        0: {"text": TEXTS[0]},
        1: {"text": TEXTS[1], "page": 3},
        2: {"content": TEXTS[2], "text": TEXTS[2]},
    }
    for asked in (False, "false", None):
        rows = post(client, {"documents": given, "return_documents": asked})["results"]
        assert not any("document" in row for row in rows)


def test_fields_of_objects_are_ranked_by(client, pruner):
    given = [{"title": "Cats", "body": TEXTS[0], "text": "else"}, {"title": 3, "text": TEXTS[1]}]
    answer = post(client, {"documents": given, "rank_fields": ["title", "body"]})
    scores = {row["index"]: row["relevance_score"] for row in answer["results"]}
    expected = {row.index: row.score for row in pruner.rank(QUERY, [f"Cats\n{TEXTS[0]}", TEXTS[1]])}
    assert scores == pytest.approx(expected, abs=1e-6)


def test_the_answer_of_text_embeddings_inference(client, pruner):
    rows = post(client, {"texts": TEXTS}, "/rerank")
    assert [sorted(row) for row in rows] == [["index", "score"]] * 3
    rows = post(client, {"texts": TEXTS, "return_text": True, "prune": True}, "/rerank")
    assert [row["text"] for row in rows] == [TEXTS[row["index"]] for row in rows]
    for row in rows:
        assert row["pruned_text"] == pruner.prune(QUERY, TEXTS[row["index"]]).text


@pytest.mark.parametrize("activation", ["sigmoid", "identity"])
def test_raw_scores_are_logits(serve, activation):
    pruner = tiny_pruner(score_activation=activation)
    logits = {
        row.index: row.score for row in tiny_pruner(score_activation="identity").rank(QUERY, TEXTS)
    }
    client = serve(pruner)
    raw = post(client, {"texts": [*TEXTS, ""], "raw_scores": True}, "/rerank")
    found = {row["index"]: row["score"] for row in raw}
    assert found.pop(3) < -600  # without text; JSON has no infinity
    assert found == pytest.approx(logits, abs=1e-5)
    plain = post(client, {"texts": [*TEXTS, ""]}, "/rerank")
    shares = {index: 1 / (1 + math.exp(-logit)) for index, logit in logits.items()} | {3: 0.0}
    assert {row["index"]: row["score"] for row in plain} == pytest.approx(shares, abs=1e-6)


@pytest.mark.parametrize("shape", ["texts", "documents"])
@pytest.mark.parametrize(
    ("prune", "options"),
    [
        (True, {}),
        ("true", {}),
        ({}, {}),
        ({"threshold": 0.4, "max_characters": 12}, {"threshold": 0.4, "max_characters": 12}),
        ({"max_tokens": 3}, {"max_tokens": 3}),
        (
            {"keep_headings": True, "threshold": 0.4},
            {"always_keep": ["headings"], "threshold": 0.4},
        ),
    ],
)
def test_pruning_adds_text_spans_compression_and_warnings(client, pruner, shape, prune, options):
    answer = post(client, {shape: TEXTS, "prune": prune})
    rows = answer if shape == "texts" else answer["results"]
    plain = post(client, {shape: TEXTS})
    for row, bare in zip(rows, plain if shape == "texts" else plain["results"], strict=True):
        expected = pruner.prune(QUERY, TEXTS[row["index"]], **options)
        assert row.pop("pruned_text") == expected.text
        assert row.pop("compression") == expected.compression
        assert row.pop("warnings") == list(expected.warnings)
        kept = [(s.start, s.end, s.probability) for s in expected.sentences if s.kept]
        for (start, end, probability), one in zip(row.pop("spans"), kept, strict=True):
            assert (start, end) == one[:2]
            assert probability == pytest.approx(one[2], abs=1e-6)
        assert row == {name: pytest.approx(value, abs=1e-6) for name, value in bare.items()}


@pytest.mark.parametrize("prune", [False, "false", None])
def test_without_pruning_nothing_is_added(client, prune):
    rows = post(client, {"documents": TEXTS, "prune": prune})["results"]
    assert [sorted(row) for row in rows] == [["index", "relevance_score"]] * 3


def test_spans_count_code_points(client):
    body = {"documents": [TEXTS[2]], "prune": {"threshold": 0}}
    (row,) = post(client, body)["results"]
    assert "".join(TEXTS[2][start:end] for start, end, _ in row["spans"]) == TEXTS[2]


def test_a_lone_surrogate_comes_back(client):
    text = "Paris \ud800. Cats purr."
    body = (
        b'{"query": "cats", "documents": ["Paris \\ud800. Cats purr."], "prune": {"threshold": 0},'
    )
    body += b' "return_documents": true}'
    answer = client.post("/rerank", content=body, headers={"Content-Type": "application/json"})
    (row,) = answer.json()["results"]
    assert row["pruned_text"] == row["document"]["text"] == text


def test_the_spans_of_cohere(client, pruner):
    spans = {"mode": "enabled", "threshold": 0.3, "max_spans": 1}
    rows = post(client, {"documents": TEXTS, "relevant_spans": spans}, "/v2/rerank")["results"]
    for row in rows:
        sentences = pruner.prune(QUERY, TEXTS[row["index"]]).sentences
        best = max(sentences, key=lambda s: s.probability)
        expected = {"start": best.start, "end": best.end, "score": best.probability}
        assert ("relevant_spans" in row) is (best.probability >= 0.3)
        for span in row.get("relevant_spans", []):
            assert span == pytest.approx(expected, abs=1e-6)
    assert any("relevant_spans" in row for row in rows)
    spans = {"mode": "disabled"}
    rows = post(client, {"documents": TEXTS, "relevant_spans": spans}, "/v2/rerank")["results"]
    assert not any("relevant_spans" in row for row in rows)


def test_a_checkpoint_that_cannot_rank_says_so(serve):
    answer = serve(tiny_pruner(mode="pruning_only")).post(
        "/rerank", json={"query": QUERY, "documents": TEXTS}
    )
    assert answer.status_code == 501
    assert "cannot rank" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"documents": TEXTS, "query": " "}, "`query` must not be empty"),
        ({"documents": TEXTS, "query": 3}, "`query`: Input should be a valid string"),
        ({"query": "a"}, "`documents` or `texts` is needed"),
        ({"documents": "a"}, "`documents`: Input should be a valid list"),
        ({"documents": [None]}, "`documents[0]` must be a string or an object with `text`"),
        ({"documents": [{"content": [{"type": "image"}]}]}, "`documents[0]` has no text under"),
        ({"documents": TEXTS, "top_n": -1}, "`top_n`: Input should be greater than or equal to 0"),
        ({"documents": TEXTS, "prune": {"treshold": 0.1}}, "`prune.treshold`: Extra inputs"),
        (
            {"documents": TEXTS, "prune": {"threshold": 2}},
            "`prune.threshold`: Input should be less",
        ),
        ({"documents": TEXTS, "prune": 3}, "`prune`: Input should be"),
    ],
)
def test_a_wrong_request_is_an_error(client, body, message):
    answer = client.post("/v1/rerank", json={"query": QUERY, **body})
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].startswith(message)
