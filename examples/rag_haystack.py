"""Haystack: a pipeline whose documents are pruned.

pip install 'pruning-core[haystack]'
python examples/rag_haystack.py ["QUESTION"]
"""

import sys

from haystack import Document, Pipeline
from haystack.components.builders import PromptBuilder
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from pages import report, sections

from pruning_core.integrations.haystack import PruningRanker

TEMPLATE = """Answer from this:
{% for document in documents %}
{{ document.content }}
{% endfor %}
{{ query }}"""

question = sys.argv[1] if len(sys.argv) > 1 else "When did the Øresund Bridge open?"
store = InMemoryDocumentStore()
store.write_documents([Document(id=name, content=text) for name, text in sections().items()])

pipeline = Pipeline()
pipeline.add_component("retriever", InMemoryBM25Retriever(store, top_k=5))
pipeline.add_component("ranker", PruningRanker(max_tokens=100))
pipeline.add_component("prompt", PromptBuilder(TEMPLATE, required_variables="*"))
pipeline.connect("retriever.documents", "ranker.documents")
pipeline.connect("ranker.documents", "prompt.documents")

inputs = {name: {"query": question} for name in ("retriever", "ranker", "prompt")}
result = pipeline.run(inputs, include_outputs_from={"retriever"})

found = [document.content for document in result["retriever"]["documents"]]
report(found, result["prompt"]["prompt"])
