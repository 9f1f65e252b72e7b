"""LlamaIndex: a query engine whose nodes are pruned.

pip install 'pruning-core[llama-index]' bm25s
python examples/rag_llama_index.py ["QUESTION"]
"""

import sys

from llama_index.core import QueryBundle
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, TextNode
from pages import Search, report, sections

from pruning_core.integrations.llama_index import PruningPostprocessor


class Bm25Retriever(BaseRetriever):
    def __init__(self, nodes: list[TextNode]) -> None:
        super().__init__()
        self.nodes = nodes
        self.search = Search([node.text for node in nodes])

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [NodeWithScore(node=self.nodes[i]) for i in self.search(query_bundle.query_str)]


question = sys.argv[1] if len(sys.argv) > 1 else "When did the Øresund Bridge open?"
nodes = [TextNode(id_=name, text=text) for name, text in sections().items()]
retriever = Bm25Retriever(nodes)
engine = RetrieverQueryEngine.from_args(
    retriever,
    llm=MockLLM(),  # yours; this one repeats its prompt
    node_postprocessors=[PruningPostprocessor(max_tokens=100)],
)

answer = engine.query(question)
found = retriever.retrieve(question)
report([row.get_content() for row in found], str(answer))
