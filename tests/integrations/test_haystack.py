import asyncio
import copy
import json

import pytest
from haystack import Document, Pipeline
from haystack.components.builders import PromptBuilder
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
from haystack.core.errors import DeserializationError
from haystack.dataclasses import ByteStream
from haystack.document_stores.in_memory import InMemoryDocumentStore

from example_texts import DOCUMENTS, QUERY
from frameworks_page import check_what_comes_back
from integrations_counting import count_words
from pruning_core import Pruner
from pruning_core.integrations.haystack import PruningRanker

MODULE = "pruning_core.integrations.haystack"


@pytest.fixture
def documents():
    return [
        Document(id=f"id-{n}", content=text, meta={"page": n}, score=0.1 * n, embedding=[1.0, 2.0])
        for n, text in enumerate(DOCUMENTS)
    ]


@pytest.fixture
def ranker(checkpoint):
    return PruningRanker(model=str(checkpoint), threshold=0.5)


def contents(documents):
    return [(row.id, row.content) for row in documents]


def test_documents_are_copied_and_keep_what_they_have(pruner, ranker, documents):
    given = copy.deepcopy(documents)
    found = ranker.run(QUERY, documents)["documents"]
    assert documents == given
    ranked = pruner.rank(QUERY, DOCUMENTS, threshold=0.5)
    assert contents(found) == [(f"id-{row.index}", row.text) for row in ranked]
    for document, row in zip(found, ranked, strict=True):
        assert document.score == row.score
        assert document.embedding == [1.0, 2.0]
        assert document.meta == {
            "page": row.index,
            "relevance_score": row.score,
            "compression": row.pruned.compression,
            "kept_spans": [[s.start, s.end, s.probability] for s in row.pruned.sentences if s.kept],
        }
        assert json.loads(json.dumps(document.meta)) == document.meta


def test_what_comes_back_is_what_the_page_says(pruner, ranker, documents):
    found = ranker.run(QUERY, documents)["documents"]
    ranked = pruner.rank(QUERY, DOCUMENTS, threshold=0.5)
    check_what_comes_back("Haystack", documents, found, ranked)


def test_the_async_way_gives_the_same(ranker, documents):
    expected = ranker.run(QUERY, documents, top_k=2)["documents"]
    found = asyncio.run(ranker.run_async(QUERY, documents, top_k=2))["documents"]
    assert contents(found) == contents(expected)
    scores = [row.score for row in expected]
    assert [row.score for row in found] == pytest.approx(scores, abs=1e-6)


def test_top_k_of_a_run_comes_before_that_of_the_component(checkpoint, documents):
    ranker = PruningRanker(model=str(checkpoint), top_k=1)
    assert len(ranker.run(QUERY, documents)["documents"]) == 1
    assert len(ranker.run(QUERY, documents, top_k=2)["documents"]) == 2
    with pytest.raises(ValueError, match="`top_n` must be at least 1, not 0"):
        ranker.run(QUERY, documents, top_k=0)


def test_of_documents_with_one_id_the_best_is_taken_where_the_first_stands(ranker, documents):
    doubled = [*documents, Document(id="id-0", content="Cats purr.", score=0.9)]
    found = {row.id: row for row in ranker.run(QUERY, doubled)["documents"]}
    assert found["id-0"].content == "Cats purr."
    assert len(found) == 3


def test_the_model_is_loaded_once_and_not_before(checkpoint, monkeypatch):
    loaded = []
    load = Pruner.from_pretrained
    monkeypatch.setattr(
        Pruner, "from_pretrained", lambda *a, **k: loaded.append((a, k)) or load(*a, **k)
    )
    ranker = PruningRanker(model=str(checkpoint), device="cpu")
    assert loaded == []
    ranker.warm_up()
    ranker.warm_up()
    ranker.run(QUERY, [])
    assert loaded == [((str(checkpoint),), {"device": "cpu"})]


def pipeline(documents, ranker):
    store = InMemoryDocumentStore()
    store.write_documents(documents)
    made = Pipeline()
    made.add_component("retriever", InMemoryBM25Retriever(store, top_k=3))
    made.add_component("ranker", ranker)
    template = "{% for row in documents %}[{{ row.id }}] {{ row.content }}{% endfor %} {{ query }}"
    made.add_component("prompt", PromptBuilder(template, required_variables=["documents", "query"]))
    made.connect("retriever", "ranker")
    made.connect("ranker", "prompt.documents")
    return made


@pytest.mark.parametrize("is_async", [False, True])
def test_it_works_in_a_pipeline(pruner, documents, ranker, is_async):
    made = pipeline(documents, ranker)
    data = {name: {"query": QUERY} for name in ("ranker", "prompt")}
    data["retriever"] = {"query": "paris cats purr"}  # which finds all
    found = asyncio.run(made.run_async(data)) if is_async else made.run(data)
    ranked = pruner.rank(QUERY, DOCUMENTS, threshold=0.5)
    texts = "".join(f"[id-{row.index}] {row.text}" for row in ranked)
    assert found["prompt"]["prompt"] == f"{texts} {QUERY}"


def test_a_pipeline_is_saved_and_loaded_where_its_module_is_allowed(documents, checkpoint):
    ranker = PruningRanker(
        model=str(checkpoint), top_k=2, max_tokens=6, count_tokens=count_words, keep_headings=True
    )
    made = pipeline(documents, ranker)
    text = made.dumps()
    with pytest.raises(DeserializationError, match=MODULE):
        Pipeline.loads(text)
    again = Pipeline.loads(text, allowed_modules=[MODULE, "integrations_counting"])
    assert again.to_dict()["components"] == made.to_dict()["components"]
    data = {name: {"query": QUERY} for name in ("ranker", "prompt")}
    data["ranker"]["documents"] = documents
    for one in (made, again):
        one.remove_component("retriever")
    assert again.run(data) == made.run(data)


def test_arguments_go_both_ways():
    arguments = {
        "model": "a-model",
        "device": "cpu",
        "top_k": 2,
        "threshold": 0.25,
        "max_tokens": 9,
        "count_tokens": "integrations_counting.count_words",
        "keep_headings": True,
        "prune": True,
        "keep_empty": True,
    }
    data = {"type": f"{MODULE}.PruningRanker", "init_parameters": arguments}
    given = copy.deepcopy(data)
    with pytest.raises(DeserializationError, match="integrations_counting"):
        PruningRanker.from_dict(data)
    arguments["count_tokens"] = None
    assert PruningRanker.from_dict(data).to_dict() == data
    assert given["init_parameters"]["count_tokens"]
    defaults = PruningRanker.from_dict({"type": f"{MODULE}.PruningRanker"}).to_dict()
    assert set(defaults["init_parameters"]) == set(arguments)


def test_what_is_wrong_is_said(ranker, documents):
    image = Document(id="image", blob=ByteStream(b"..."))
    with pytest.raises(ValueError, match=r"these documents have none: \['image'\]"):
        ranker.run(QUERY, [*documents, image])
    with pytest.raises(ValueError, match="`threshold` must be from 0 to 1, not 2"):
        PruningRanker(threshold=2)
    with pytest.raises(FileNotFoundError):
        PruningRanker(model="/no/such/folder").warm_up()
