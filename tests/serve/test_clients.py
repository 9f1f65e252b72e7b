"""Client libraries as they are installed, against a server on a port."""

import os

import pytest

QUERY = "What do cats do?"
TEXTS = ["Paris is a city. Cats purr.", "Dogs bark. " * 20, "The cat is in Paris."]
KEY = "the-key"


@pytest.fixture(scope="module")
def expected(pruner):
    return {row.index: row.score for row in pruner.rank(QUERY, TEXTS)}


def scores(rows):
    return {row.index: row.relevance_score for row in rows}


def test_cohere_v1(address, expected):
    cohere = pytest.importorskip("cohere")
    client = cohere.Client(KEY, base_url=address)
    objects = [{"text": text} for text in TEXTS]
    answer = client.rerank(
        model="any", query=QUERY, documents=objects, top_n=3, return_documents=True
    )
    assert scores(answer.results) == pytest.approx(expected, abs=1e-6)
    assert [row.document.text for row in answer.results] == [
        TEXTS[row.index] for row in answer.results
    ]
    assert answer.meta.billed_units.search_units == 1
    assert answer.meta.api_version.version == "1"


def test_cohere_v2_and_its_spans(address, expected, pruner):
    cohere = pytest.importorskip("cohere")
    client = cohere.ClientV2(KEY, base_url=address)
    answer = client.rerank(model="any", query=QUERY, documents=TEXTS, top_n=2)
    best = dict(list(expected.items())[:2])
    assert scores(answer.results) == pytest.approx(best, abs=1e-6)
    options = {"additional_body_parameters": {"prune": True}}
    spans = {"mode": "enabled", "threshold": 0.0}
    answer = client.rerank(
        model="any",
        query=QUERY,
        documents=TEXTS,
        relevant_spans=spans,
        request_options=options,
    )
    for row in answer.results:
        result = pruner.prune(QUERY, TEXTS[row.index])
        assert row.pruned_text == result.text
        found = sorted((span.start, span.end) for span in row.relevant_spans)
        assert found == [(s.start, s.end) for s in result.sentences]
    with pytest.raises(cohere.core.ApiError) as raised:
        cohere.ClientV2("wrong", base_url=address).rerank(model="m", query=QUERY, documents=TEXTS)
    assert raised.value.status_code == 401


def test_voyage(address, expected):
    voyageai = pytest.importorskip("voyageai")
    client = voyageai.Client(api_key=KEY, base_url=f"{address}/v1")
    answer = client.rerank(QUERY, TEXTS, model="any")
    assert scores(answer.results) == pytest.approx(expected, abs=1e-6)
    assert answer.total_tokens > 0
    assert len(client.rerank(QUERY, TEXTS, model="any", top_k=1).results) == 1


def test_llama_index_tei(address, expected):
    tei = pytest.importorskip("llama_index.postprocessor.tei_rerank")
    schema = pytest.importorskip("llama_index.core.schema")
    reranker = tei.TextEmbeddingInference(base_url=address, top_n=3, auth_token=f"Bearer {KEY}")
    nodes = [
        schema.NodeWithScore(node=schema.TextNode(text=text, id_=str(number)))
        for number, text in enumerate(TEXTS)
    ]
    found = reranker.postprocess_nodes(nodes, query_str=QUERY)
    ranked = {int(node.node.node_id): node.score for node in found}
    assert ranked == pytest.approx(expected, abs=1e-6)
    assert list(ranked) == list(expected)


@pytest.mark.parametrize(
    ("provider", "base"),
    [
        ("cohere", "{}/v1/rerank"),
        ("cohere", "{}/v2/rerank"),
        ("hosted_vllm", "{}"),
        ("infinity", "{}"),
        ("jina_ai", "{}"),
        ("huggingface", "{}"),
        ("voyage", "{}/v1/rerank"),
    ],
)
def test_litellm(address, expected, provider, base):
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it asks the network
    litellm = pytest.importorskip("litellm")
    answer = litellm.rerank(
        model=f"{provider}/any",
        query=QUERY,
        documents=TEXTS,
        top_n=3,
        return_documents=True,
        api_base=base.format(address),
        api_key=KEY,
    )
    found = {row["index"]: row["relevance_score"] for row in answer.results}
    assert found == pytest.approx(expected, abs=1e-6)
