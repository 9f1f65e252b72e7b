import asyncio
import copy

import pytest
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import (
    ImageNode,
    MediaResource,
    MetadataMode,
    Node,
    NodeRelationship,
    NodeWithScore,
    RelatedNodeInfo,
    TextNode,
)

from example_texts import DOCUMENTS, QUERY
from frameworks_page import check_what_comes_back
from pruning_core.integrations.llama_index import PruningPostprocessor
from tiny_checkpoint import tiny_pruner

NEW = ["relevance_score", "compression", "kept_spans"]


@pytest.fixture
def nodes():
    related = {NodeRelationship.SOURCE: RelatedNodeInfo(node_id="the-source")}
    return [
        NodeWithScore(
            node=TextNode(
                id_=f"id-{number}",
                text=text,
                metadata={"page": number, "secret": "s"},
                excluded_llm_metadata_keys=["secret"],
                relationships=related,
                embedding=[1.0, 2.0],
                start_char_idx=5,
            ),
            score=0.1 * number,
        )
        for number, text in enumerate(DOCUMENTS)
    ]


class Fixed(BaseRetriever):
    def __init__(self, nodes):
        super().__init__()
        self.nodes = nodes

    def _retrieve(self, query_bundle):
        return self.nodes


def contents(nodes):
    return [(row.node_id, row.get_content(), row.score) for row in nodes]


def test_nodes_are_copied_and_keep_what_they_have(pruner, nodes):
    given = copy.deepcopy(nodes)
    postprocessor = PruningPostprocessor(pruner=pruner, threshold=0.5)
    found = postprocessor.postprocess_nodes(nodes, query_str=QUERY)
    assert nodes == given
    ranked = pruner.rank(QUERY, DOCUMENTS, threshold=0.5)
    assert contents(found) == [(f"id-{row.index}", row.text, row.score) for row in ranked]
    for row, expected in zip(found, ranked, strict=True):
        old = nodes[expected.index].node
        assert type(row.node) is TextNode
        assert row.node.relationships == old.relationships
        assert row.node.embedding == old.embedding
        assert row.node.start_char_idx == 5
        assert row.node.metadata == {
            **old.metadata,
            "relevance_score": expected.score,
            "compression": expected.pruned.compression,
            "kept_spans": [
                [s.start, s.end, s.probability] for s in expected.pruned.sentences if s.kept
            ],
        }


def test_what_comes_back_is_what_the_page_says(pruner, nodes):
    postprocessor = PruningPostprocessor(pruner=pruner, threshold=0.5)
    found = postprocessor.postprocess_nodes(nodes, query_str=QUERY)
    ranked = pruner.rank(QUERY, DOCUMENTS, threshold=0.5)
    check_what_comes_back("LlamaIndex", nodes, found, ranked)


def test_new_metadata_reaches_neither_the_llm_nor_an_embedding(pruner, nodes):
    (first, *_) = PruningPostprocessor(pruner=pruner).postprocess_nodes(nodes, query_str=QUERY)
    assert first.node.excluded_llm_metadata_keys == ["secret", *NEW]
    assert first.node.excluded_embed_metadata_keys == NEW
    for mode, known in ((MetadataMode.LLM, "page: "), (MetadataMode.EMBED, "secret: s")):
        text = first.get_content(metadata_mode=mode)
        assert known in text
        assert not any(key in text for key in NEW)
    (again, *_) = PruningPostprocessor(pruner=pruner).postprocess_nodes([first], query_str=QUERY)
    assert again.node.excluded_llm_metadata_keys == ["secret", *NEW]


def test_the_async_way_gives_the_same(pruner, nodes):
    postprocessor = PruningPostprocessor(pruner=pruner, max_tokens=11)
    expected = postprocessor.postprocess_nodes(nodes, query_str=QUERY)
    found = asyncio.run(postprocessor.apostprocess_nodes(nodes, query_str=QUERY))
    assert [row[:2] for row in contents(found)] == [row[:2] for row in contents(expected)]
    assert [row.score for row in found] == pytest.approx([row.score for row in expected], abs=1e-6)


@pytest.mark.parametrize("is_async", [False, True])
def test_it_works_in_a_query_engine(pruner, nodes, is_async):
    engine = RetrieverQueryEngine.from_args(
        Fixed(nodes),
        llm=MockLLM(),
        node_postprocessors=[PruningPostprocessor(pruner=pruner, threshold=0.5, top_n=2)],
    )
    answer = asyncio.run(engine.aquery(QUERY)) if is_async else engine.query(QUERY)
    ranked = pruner.rank(QUERY, DOCUMENTS, threshold=0.5, top_k=2)
    assert [row.get_content() for row in answer.source_nodes] == [row.text for row in ranked]
    prompt = answer.response  # the mocked model repeats it
    assert all(row.text.strip() in prompt for row in ranked)
    assert "kept_spans" not in prompt


def test_a_node_without_text_stays_behind_the_others(pruner, nodes):
    image = NodeWithScore(node=ImageNode(image_url="file:///a.png"), score=0.9)
    mixed = [image, *nodes]
    for options in ({"top_n": 1}, {"prune": False}, {"threshold": 1.0}):
        postprocessor = PruningPostprocessor(pruner=pruner, **options)
        *texts, last = postprocessor.postprocess_nodes(mixed, query_str=QUERY)
        assert last is image
        assert texts == postprocessor.postprocess_nodes(nodes, query_str=QUERY)


def test_other_kinds_of_nodes_stay_what_they_are(pruner):
    node = Node(id_="a", text_resource=MediaResource(text=DOCUMENTS[0]), metadata={"page": 1})
    captioned = ImageNode(id_="b", text=DOCUMENTS[1], image_url="file:///a.png")
    rows = [NodeWithScore(node=row) for row in (node, captioned)]
    found = PruningPostprocessor(pruner=pruner, threshold=0.0).postprocess_nodes(
        rows, query_str=QUERY
    )
    by_id = {row.node_id: row.node for row in found}
    assert type(by_id["a"]) is Node
    assert by_id["a"].get_content() == DOCUMENTS[0]
    assert by_id["b"].image_url == "file:///a.png"


class Events(BaseEventHandler):
    seen: list = []  # noqa: RUF012 - a field of a pydantic model

    @classmethod
    def class_name(cls):
        return "Events"

    def handle(self, event, **kwargs):
        self.seen.append(event)


def test_reranking_is_told_to_observers(pruner, nodes):
    events = Events()
    root = get_dispatcher()
    root.add_event_handler(events)
    try:
        PruningPostprocessor(pruner=pruner, top_n=1).postprocess_nodes(nodes, query_str=QUERY)
    finally:
        root.event_handlers.remove(events)
    start, end = events.seen
    assert (start.class_name(), start.top_n, len(start.nodes)) == ("ReRankStartEvent", 1, 3)
    assert (end.class_name(), len(end.nodes)) == ("ReRankEndEvent", 1)


def test_a_checkpoint_without_scores_leaves_those_of_the_retriever(nodes):
    pruner = tiny_pruner(mode="pruning_only")
    postprocessor = PruningPostprocessor(pruner=pruner, threshold=0.0)
    found = postprocessor.postprocess_nodes(nodes, query_str=QUERY)
    assert [row.score for row in found] == [row.score for row in nodes]


def test_what_is_wrong_is_said(pruner, nodes):
    with pytest.raises(ValueError, match="`query_bundle` or `query_str` is needed"):
        PruningPostprocessor(pruner=pruner).postprocess_nodes(nodes)
    with pytest.raises(ValueError, match="`top_n` must be at least 1, not 0"):
        PruningPostprocessor(pruner=pruner, top_n=0)
    assert PruningPostprocessor.class_name() == "PruningPostprocessor"


def test_it_is_written_without_what_is_no_data(pruner, checkpoint):
    postprocessor = PruningPostprocessor(model=str(checkpoint), max_tokens=5, count_tokens=len)
    data = postprocessor.to_dict()
    assert data["max_tokens"] == 5
    assert not {"pruner", "count_tokens"} & set(data)
