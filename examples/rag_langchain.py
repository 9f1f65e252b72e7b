"""LangChain: a retriever whose documents are pruned.

pip install 'pruning-core[langchain]' langchain-classic bm25s
python examples/rag_langchain.py ["QUESTION"]
"""

import sys

from langchain_classic.retrievers import ContextualCompressionRetriever
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from pages import Search, report, sections

from pruning_core.integrations.langchain import PruningCompressor


class Bm25Retriever(BaseRetriever):
    documents: list[Document]
    search: Search

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [self.documents[i] for i in self.search(query)]


question = sys.argv[1] if len(sys.argv) > 1 else "When did the Øresund Bridge open?"
documents = [Document(text, id=name) for name, text in sections().items()]
search = Search([document.page_content for document in documents])
retriever = Bm25Retriever(documents=documents, search=search)
pruned = ContextualCompressionRetriever(
    base_compressor=PruningCompressor(max_tokens=100), base_retriever=retriever
)

context = "\n\n".join(document.page_content for document in pruned.invoke(question))
prompt = ChatPromptTemplate.from_template("Answer from this:\n\n{context}\n\n{question}")
message = prompt.invoke({"context": context, "question": question}).to_messages()[0]

found = retriever.invoke(question)
report([document.page_content for document in found], str(message.content))
