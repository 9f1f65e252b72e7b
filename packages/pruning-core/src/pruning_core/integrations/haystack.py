"""Haystack: `PruningRanker`, a component."""

from collections.abc import Callable
from typing import Any, Self

from pruning_core.async_pruner import AsyncPruner
from pruning_core.integrations import needs
from pruning_core.integrations.passages import PassageOptions, achoose, choose
from pruning_core.pruner import Pruner

with needs("haystack"):
    from haystack import Document, component, default_from_dict, default_to_dict
    from haystack.utils import deserialize_callable, serialize_callable

    from pruning_core.integrations.haystack_documents import copies, distinct, texts

_Documents = dict[str, list[Document]]


@component
class PruningRanker:
    """Prunes and ranks documents; of several with one id, the one with the highest score.

    What comes back are copies, best first, with the ids and the meta of their documents and the
    ranking score; meta gains what `Passage.metadata` says.

    Args:
        model: folder or hub id; by default the built-in model.
        device: of torch, where the model runs; `auto` is the accelerator where there is one.
        top_k: documents that stay at most. The other arguments are those of `PassageOptions`.
        count_tokens: is saved with a pipeline where it is a function of a module.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument has the wrong value, or a document has no text.

    Example:
        >>> documents = [Document(content="The dam is 221 metres high. It opened in 1936.")]
        >>> found = PruningRanker(threshold=0.5).run("When did the dam open?", documents)
        >>> found["documents"][0].content
        'It opened in 1936.'
    """

    def __init__(
        self,
        *,
        model: str | None = None,
        device: str = "auto",
        top_k: int | None = None,
        threshold: float | None = None,
        max_tokens: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        keep_headings: bool = False,
        prune: bool = True,
        keep_empty: bool = False,
    ) -> None:
        options: dict[str, Any] = {"threshold": threshold, "max_tokens": max_tokens}
        options |= {"keep_headings": keep_headings, "prune": prune, "keep_empty": keep_empty}
        self._options = PassageOptions(top_n=top_k, count_tokens=count_tokens, **options)
        self._arguments = {"model": model, "device": device, "top_k": top_k, **options}
        self._pruner: AsyncPruner | None = None

    def warm_up(self) -> None:
        """Load the model, unless it is there."""
        self._warm()

    @component.output_types(documents=list[Document])
    def run(self, query: str, documents: list[Document], top_k: int | None = None) -> _Documents:
        """Prune `documents` for `query`; `top_k` in place of the component's."""
        given, pruner, options = distinct(documents), self._warm(), self._options.at_most(top_k)
        return copies(given, choose(pruner.pruner, query, texts(given), options))

    @component.output_types(documents=list[Document])
    async def run_async(
        self, query: str, documents: list[Document], top_k: int | None = None
    ) -> _Documents:
        """The same, in batches with other calls."""
        given, pruner, options = distinct(documents), self._warm(), self._options.at_most(top_k)
        return copies(given, await achoose(pruner, query, texts(given), options))

    def to_dict(self) -> dict[str, Any]:
        """The arguments, for a file."""
        counter = self._options.count_tokens
        name = None if counter is None else serialize_callable(counter)
        return default_to_dict(self, **self._arguments, count_tokens=name)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The opposite of `to_dict`."""
        arguments = {**data.get("init_parameters", {})}
        if name := arguments.get("count_tokens"):
            arguments["count_tokens"] = deserialize_callable(name)
        return default_from_dict(cls, {**data, "init_parameters": arguments})

    def _warm(self) -> AsyncPruner:
        if self._pruner is None:
            model, device = self._arguments["model"], self._arguments["device"]
            self._pruner = AsyncPruner(Pruner.from_pretrained(model, device=device))
        return self._pruner
