import asyncio
import json

import pytest

from gated_encoder import gated
from pruning_core.serving.pruning import _lines

QUERY = "capital of france"
TEXTS = ["Paris is the capital of France. Cats purr.", "", "The cat is in Paris. " * 30]
OPTIONS = {"threshold": 0.4, "max_characters": 300, "min_sentences": 1, "always_keep": ["titles"]}
LINES = {"Accept": "application/x-ndjson"}


def close(found, expected):
    for row, one in zip(found["sentences"], expected["sentences"], strict=True):
        assert row == {**one, "probability": pytest.approx(one["probability"], abs=1e-6)}
    scored = {**expected, "score": pytest.approx(expected["score"], abs=1e-6)}
    assert {**found, "sentences": None} == {**scored, "sentences": None}


def test_full_results_as_the_pruner_gives_them(client, pruner):
    for options in ({}, OPTIONS):
        body = {"query": QUERY, "documents": TEXTS, **options}
        answer = client.post("/v1/prune", json=body).json()
        assert list(answer) == ["model", "results", "usage"]
        for index, (row, text) in enumerate(zip(answer["results"], TEXTS, strict=True)):
            assert row.pop("index") == index
            close(row, pruner.prune(QUERY, text, **options).to_dict())


def test_sentences_have_their_tokens_where_they_are_asked_for(client, pruner):
    body = {"query": QUERY, "documents": TEXTS, "count_tokens": True}
    for row in client.post("/v1/prune", json=body).json()["results"]:
        for sentence in row["sentences"]:
            text = row["original"][sentence["start"] : sentence["end"]]
            assert sentence["tokens"] == pruner.count_tokens(text)


def test_a_stream_has_a_line_for_each_document(client, pruner):
    body = {"query": QUERY, "documents": TEXTS, **OPTIONS}
    answer = client.post("/v1/prune", json=body, headers=LINES)
    assert answer.headers["content-type"] == "application/x-ndjson"
    rows = [json.loads(line) for line in answer.text.splitlines()]
    for index, (row, text) in enumerate(zip(rows, TEXTS, strict=True)):
        assert row.pop("index") == index
        close(row, pruner.prune(QUERY, text, **OPTIONS).to_dict())


def test_a_line_comes_before_the_next_document_is_done():
    async def rows():
        yield {"index": 0}
        await asyncio.Event().wait()

    async def run():
        lines = _lines(rows(), 0.05)
        return [json.loads(line) async for line in lines]

    first, last = asyncio.run(run())
    assert first == {"index": 0}
    assert last["error"]["code"] == 504


def test_an_error_in_a_stream_is_its_last_line(serve, pruner, caplog):
    broken, gate, _ = gated(pruner, budget=1, fail={3})  # the first is that of the start
    gate.set()
    body = {"query": QUERY, "documents": ["cats", "cats", "cats"]}
    lines = serve(broken).post("/v1/prune", json=body, headers=LINES).text.splitlines()
    assert [json.loads(line).get("index") for line in lines] == [0, None]
    assert json.loads(lines[-1])["error"]["code"] == 500
    assert "the encoder broke" in caplog.text
    assert "the encoder broke" not in lines[-1]


def test_a_pack_is_that_of_the_pruner(client, pruner):
    options = {"max_tokens": 30, "max_characters": 200, "separator": " | ", "threshold": 0.1}
    body = {"query": QUERY, "documents": TEXTS, **options}
    answer = client.post("/v1/pack", json=body | {"keep_headings": True}).json()
    expected = pruner.pack(QUERY, TEXTS, **options, always_keep=["headings"]).to_dict()
    assert answer.pop("model") == "default"
    assert (answer["text"], answer["tokens"]) == (expected["text"], expected["tokens"])
    for name in ("sentences", "omitted"):
        for row, one in zip(answer[name], expected[name], strict=True):
            assert row == {**one, "probability": pytest.approx(one["probability"], abs=1e-6)}


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/v1/prune", {"model": "a/b"}, "`model`: Extra inputs are not permitted"),
        ("/v1/prune", {"threshold": -1}, "`threshold`: Input should be greater than"),
        ("/v1/prune", {"always_keep": ["x"]}, "`always_keep.0`: Input should be"),
        ("/v1/prune", {"documents": ["a", 3]}, "`documents.1`: Input should be a valid string"),
        ("/v1/prune", {"query": "\n"}, "`query` must not be empty"),
        ("/v1/pack", {}, "`max_tokens` or `max_characters` is needed"),
        ("/v1/pack", {"max_tokens": 3, "revision": "x"}, "`revision`: Extra inputs"),
    ],
)
def test_a_wrong_request_is_an_error(client, path, body, message):
    answer = client.post(path, json={"query": QUERY, "documents": ["a"], **body})
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].startswith(message)
