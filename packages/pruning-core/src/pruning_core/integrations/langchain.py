"""LangChain: `PruningCompressor`, a document compressor, which is also a Runnable."""

from collections.abc import Sequence
from typing import Any

from pruning_core.integrations import needs

with needs("langchain"):
    from langchain_core.callbacks import Callbacks
    from langchain_core.documents import BaseDocumentCompressor, Document
    from langchain_core.runnables import RunnableConfig, RunnableSerializable
    from typing_extensions import TypedDict

    from pruning_core.integrations.fields import PassageFields

from pruning_core.integrations.passages import Passage


class CompressorInput(TypedDict):
    """What the compressor takes as a step of a chain."""

    query: str
    documents: Sequence[Document]


class PruningCompressor(
    BaseDocumentCompressor,
    RunnableSerializable[CompressorInput, list[Document]],
    PassageFields,
):
    """Prunes and ranks documents: in a ContextualCompressionRetriever, a DocumentCompressorPipeline
    or as a step of a chain, from `{"query": ..., "documents": ...}` to documents.

    Its fields are `model` (a folder or hub id) or `pruner` (a ready `Pruner`), and those of
    `PassageOptions`. Callbacks see each call as a run. What comes back are copies, best first, with
    the `id` and the metadata of their documents, which gains what `Passage.metadata` says.

    Raises:
        TypeError: a field has the wrong type.
        ValueError: a field has the wrong value.

    Example:
        >>> documents = [Document("The dam is 221 metres high. It opened in 1936.")]
        >>> compressor = PruningCompressor(threshold=0.5)
        >>> compressor.compress_documents(documents, "When did the dam open?")[0].page_content
        'It opened in 1936.'
    """

    def invoke(
        self,
        input: CompressorInput,  # noqa: A002
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> list[Document]:
        """Prune `input["documents"]` for `input["query"]`."""
        return self._call_with_config(self._compress, input, config, **kwargs)

    async def ainvoke(
        self,
        input: CompressorInput,  # noqa: A002
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> list[Document]:
        """The same, in batches with other calls."""
        return await self._acall_with_config(self._acompress, input, config, **kwargs)

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> list[Document]:
        """Prune `documents` for `query`."""
        return self.invoke({"query": query, "documents": documents}, {"callbacks": callbacks})

    async def acompress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> list[Document]:
        """The same, in batches with other calls."""
        given: CompressorInput = {"query": query, "documents": documents}
        return await self.ainvoke(given, {"callbacks": callbacks})

    def _compress(self, given: CompressorInput) -> list[Document]:
        documents = given["documents"]
        return _copies(documents, self._choose(given["query"], _texts(documents)))

    async def _acompress(self, given: CompressorInput) -> list[Document]:
        documents = given["documents"]
        return _copies(documents, await self._achoose(given["query"], _texts(documents)))


def _texts(documents: Sequence[Document]) -> list[str]:
    return [document.page_content for document in documents]


def _copies(documents: Sequence[Document], passages: Sequence[Passage]) -> list[Document]:
    found = []
    for new in passages:
        old = documents[new.index]
        metadata = {**old.metadata, **new.metadata}
        found.append(old.model_copy(update={"page_content": new.text, "metadata": metadata}))
    return found
