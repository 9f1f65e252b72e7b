import asyncio
import copy
import json

import pytest
from langchain_classic.retrievers import ContextualCompressionRetriever
from langchain_classic.retrievers.document_compressors import DocumentCompressorPipeline
from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.runnables import RunnablePassthrough
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_text_splitters import CharacterTextSplitter

from example_texts import DOCUMENTS, QUERY
from frameworks_page import check_what_comes_back
from pruning_core.async_pruner import AsyncPruner
from pruning_core.integrations.langchain import PruningCompressor
from tiny_checkpoint import tiny_pruner


@pytest.fixture
def documents():
    return [
        Document(text, id=f"id-{number}", metadata={"source": number, "tags": ["a"]})
        for number, text in enumerate(DOCUMENTS)
    ]


@pytest.fixture
def retriever(documents):
    store = InMemoryVectorStore(DeterministicFakeEmbedding(size=8))
    store.add_documents(documents)
    return store.as_retriever(search_kwargs={"k": 3})


def contents(documents):
    return [(row.id, row.page_content) for row in documents]


def test_documents_are_copied_and_keep_what_they_have(pruner, documents):
    given = copy.deepcopy(documents)
    found = PruningCompressor(pruner=pruner, threshold=0.5).compress_documents(documents, QUERY)
    assert documents == given
    ranked = pruner.rank(QUERY, DOCUMENTS, threshold=0.5)
    assert contents(found) == [(f"id-{row.index}", row.text) for row in ranked]
    for document, row in zip(found, ranked, strict=True):
        assert document.metadata == {
            "source": row.index,
            "tags": ["a"],
            "relevance_score": row.score,
            "compression": row.pruned.compression,
            "kept_spans": [[s.start, s.end, s.probability] for s in row.pruned.sentences if s.kept],
        }
        assert json.loads(json.dumps(document.metadata)) == document.metadata


def test_what_comes_back_is_what_the_page_says(pruner, documents):
    found = PruningCompressor(pruner=pruner, threshold=0.5).compress_documents(documents, QUERY)
    ranked = pruner.rank(QUERY, DOCUMENTS, threshold=0.5)
    check_what_comes_back("LangChain", documents, found, ranked)


def test_the_async_way_gives_the_same(pruner, documents):
    compressor = PruningCompressor(pruner=pruner, max_tokens=11, keep_headings=True)
    expected = compressor.compress_documents(documents, QUERY)

    async def twice():
        calls = [compressor.acompress_documents(documents, QUERY) for _ in range(2)]
        return await asyncio.gather(*calls)

    assert [contents(found) for found in asyncio.run(twice())] == [contents(expected)] * 2
    found = asyncio.run(compressor.acompress_documents(documents, QUERY))  # another event loop
    assert contents(found) == contents(expected)


@pytest.mark.parametrize("is_async", [False, True])
def test_it_works_in_a_compression_retriever(pruner, retriever, is_async):
    compressor = PruningCompressor(pruner=pruner, threshold=0.5, top_n=2)
    compressing = ContextualCompressionRetriever(
        base_compressor=compressor, base_retriever=retriever
    )
    found = asyncio.run(compressing.ainvoke(QUERY)) if is_async else compressing.invoke(QUERY)
    ranked = pruner.rank(QUERY, DOCUMENTS, threshold=0.5, top_k=2)
    assert contents(found) == [(f"id-{row.index}", row.text) for row in ranked]


@pytest.mark.parametrize("is_async", [False, True])
def test_it_works_in_a_compressor_pipeline(pruner, documents, is_async):
    splitter = CharacterTextSplitter(separator=". ", chunk_size=22, chunk_overlap=0)
    compressor = PruningCompressor(pruner=pruner, prune=False)
    pipeline = DocumentCompressorPipeline(transformers=[splitter, compressor])
    found = (
        asyncio.run(pipeline.acompress_documents(documents, QUERY))
        if is_async
        else pipeline.compress_documents(documents, QUERY)
    )
    pieces = [row.page_content for row in splitter.split_documents(documents)]
    assert len(pieces) > len(documents)
    ranked = pruner.rank(QUERY, pieces, prune=False)
    assert [row.page_content for row in found] == [row.text for row in ranked]


def test_it_is_a_step_of_a_chain(pruner, retriever):
    compressor = PruningCompressor(pruner=pruner, threshold=0.5)
    chain = {"query": RunnablePassthrough(), "documents": retriever} | compressor
    expected = [row.text for row in pruner.rank(QUERY, DOCUMENTS, threshold=0.5)]
    assert [row.page_content for row in chain.invoke(QUERY)] == expected
    assert [row.page_content for row in asyncio.run(chain.ainvoke(QUERY))] == expected
    found = chain.batch([QUERY, "what purrs"])
    assert [row.page_content for row in found[0]] == expected
    fields = compressor.get_input_jsonschema()["$defs"]["CompressorInput"]["properties"]
    assert set(fields) == {"query", "documents"}


class Recorder(BaseCallbackHandler):
    def __init__(self):
        self.runs = []

    def on_chain_start(self, serialized, inputs, *, run_id, parent_run_id=None, **kwargs):
        self.runs.append((kwargs["name"], inputs["query"], parent_run_id))

    def on_chain_end(self, outputs, *, run_id, parent_run_id=None, **kwargs):
        self.runs.append(len(outputs))

    def on_retriever_start(self, serialized, query, *, run_id, parent_run_id=None, **kwargs):
        self.parent = getattr(self, "parent", run_id)


class AsyncRecorder(AsyncCallbackHandler):
    def __init__(self):
        self.runs = []

    async def on_chain_end(self, outputs, *, run_id, parent_run_id=None, **kwargs):
        self.runs.append(len(outputs))


def test_callbacks_see_the_compression_as_a_run_of_the_retriever(pruner, retriever):
    compressing = ContextualCompressionRetriever(
        base_compressor=PruningCompressor(pruner=pruner, top_n=1, threshold=0.5),
        base_retriever=retriever,
    )
    recorder = Recorder()
    compressing.invoke(QUERY, {"callbacks": [recorder]})
    assert recorder.runs == [("PruningCompressor", QUERY, recorder.parent), 1]
    recorder = AsyncRecorder()
    asyncio.run(compressing.ainvoke(QUERY, {"callbacks": [recorder]}))
    assert recorder.runs == [1]


def test_what_nothing_stays_of_is_dropped_unless_asked(pruner, documents):
    assert (
        PruningCompressor(pruner=pruner, threshold=1.0).compress_documents(documents, QUERY) == []
    )
    compressor = PruningCompressor(pruner=pruner, threshold=1.0, keep_empty=True)
    found = compressor.compress_documents(documents, QUERY)
    assert [row.page_content for row in found] == ["", "", ""]


def test_the_pruner_comes_from_a_folder_or_is_shared(pruner, checkpoint, documents):
    expected = PruningCompressor(pruner=pruner, top_n=1).compress_documents(documents, QUERY)
    for given in ({"model": str(checkpoint)}, {"model": checkpoint}):
        found = PruningCompressor(**given, top_n=1).compress_documents(documents, QUERY)
        assert contents(found) == contents(expected)
    shared = AsyncPruner(pruner)
    one, other = (PruningCompressor(pruner=shared, top_n=top_n) for top_n in (1, 2))

    async def both():
        rows = [row.acompress_documents(documents, QUERY) for row in (one, other)]
        found = await asyncio.gather(*rows)
        await shared.aclose()
        return found

    found = asyncio.run(both())
    assert contents(found[0]) == contents(expected)
    assert len(found[1]) == 2


def test_fields_may_change_and_are_checked_when_used(pruner, documents):
    compressor = PruningCompressor(pruner=pruner, threshold=0.0)
    assert len(compressor.compress_documents(documents, QUERY)) == 3
    compressor.top_n = 1
    assert len(compressor.compress_documents(documents, QUERY)) == 1
    compressor.top_n = 0
    with pytest.raises(ValueError, match="`top_n` must be at least 1, not 0"):
        compressor.compress_documents(documents, QUERY)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"threshold": 2}, "`threshold` must be from 0 to 1, not 2.0"),
        ({"model": "x"}, "`model` and `pruner` are two ways to say the same"),
        ({"prune": False, "max_tokens": 5}, "with `prune=False` nothing is cut"),
        ({"top_k": 5}, "top_k"),
        ({"pruner": tiny_pruner(mode="pruning_only"), "prune": False}, "cannot rank"),
    ],
)
def test_wrong_fields_are_said(pruner, fields, message):
    with pytest.raises(ValueError, match=message):
        PruningCompressor(**{"pruner": pruner, **fields})
