"""LlamaIndex: `PruningPostprocessor`, a node postprocessor."""

from collections.abc import Sequence

from pruning_core.integrations import needs

with needs("llama-index"):
    from llama_index.core.instrumentation import get_dispatcher
    from llama_index.core.instrumentation.events.rerank import ReRankEndEvent, ReRankStartEvent
    from llama_index.core.postprocessor.types import BaseNodePostprocessor
    from llama_index.core.schema import NodeWithScore, QueryBundle

    from pruning_core.integrations.fields import PassageFields

from pruning_core.integrations.passages import Passage

_dispatcher = get_dispatcher(__name__)


class PruningPostprocessor(BaseNodePostprocessor, PassageFields):
    """Prunes and ranks nodes, in a query engine or by itself.

    Its fields are `model` (a folder or hub id) or `pruner` (a ready `Pruner`), and those of
    `PassageOptions`. What comes back are copies, best first, with the ranking score and the ids,
    relationships and metadata of their nodes; metadata gains what `Passage.metadata` says, kept out
    of what is embedded and what the LLM reads. A node without text, such as an image, stays as it
    is, behind the others, and `top_n` does not count it.

    Raises:
        TypeError: a field has the wrong type.
        ValueError: a field has the wrong value.

    Example:
        >>> node = TextNode(text="The dam is 221 metres high. It opened in 1936.")
        >>> nodes, query = [NodeWithScore(node=node)], "When did the dam open?"
        >>> PruningPostprocessor(threshold=0.5).postprocess_nodes(nodes, query_str=query)[0].text
        'It opened in 1936.'
    """

    @classmethod
    def class_name(cls) -> str:
        return "PruningPostprocessor"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        query, texts = self._start(nodes, query_bundle)
        return _end(nodes, self._choose(query, texts))

    async def _apostprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        query, texts = self._start(nodes, query_bundle)
        return _end(nodes, await self._achoose(query, texts))

    def _start(
        self, nodes: Sequence[NodeWithScore], query_bundle: QueryBundle | None
    ) -> tuple[str, list[str]]:
        if query_bundle is None:
            raise ValueError("`query_bundle` or `query_str` is needed")
        _dispatcher.event(
            ReRankStartEvent(
                query=query_bundle,
                nodes=list(nodes),
                top_n=self.top_n or len(nodes),
                model_name=str(self.model or self._pruner.pruner),
            )
        )
        return query_bundle.query_str, [row.get_content() for row in _with_text(nodes)]


def _with_text(nodes: Sequence[NodeWithScore]) -> list[NodeWithScore]:
    return [row for row in nodes if row.get_content()]


def _end(nodes: Sequence[NodeWithScore], passages: Sequence[Passage]) -> list[NodeWithScore]:
    given = _with_text(nodes)
    found = [_copy(given[passage.index], passage) for passage in passages]
    found += [row for row in nodes if not row.get_content()]
    _dispatcher.event(ReRankEndEvent(nodes=found))
    return found


def _copy(old: NodeWithScore, passage: Passage) -> NodeWithScore:
    def with_keys(excluded: list[str]) -> list[str]:
        return [*excluded, *(key for key in passage.metadata if key not in excluded)]

    node = old.node.model_copy(
        update={
            "metadata": {**old.node.metadata, **passage.metadata},
            "excluded_embed_metadata_keys": with_keys(old.node.excluded_embed_metadata_keys),
            "excluded_llm_metadata_keys": with_keys(old.node.excluded_llm_metadata_keys),
        }
    )
    node.set_content(passage.text)
    return NodeWithScore(node=node, score=old.score if passage.score is None else passage.score)
