"""Service: what the routes share."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException

from pruning_core.async_pruner import AsyncPruner
from pruning_core.pruner import Pruner
from pruning_core.results import PrunedDocument
from pruning_core.serving.metrics import Metrics
from pruning_core.serving.settings import ServerSettings


@dataclass(frozen=True, kw_only=True)
class Service:
    """A pruner for all requests, what they may, and what is measured."""

    pruner: AsyncPruner
    settings: ServerSettings
    metrics: Metrics

    @classmethod
    def of(cls, pruner: Pruner, settings: ServerSettings) -> "Service":
        """A service on a pruner."""
        metrics = Metrics()
        shared = AsyncPruner(
            pruner,
            window=settings.window,
            max_waiting=settings.max_waiting,
            observe=metrics.observe,
        )
        metrics.queue_size.set_function(lambda: shared.waiting)
        return cls(pruner=shared, settings=settings, metrics=metrics)

    def check_size(self, query: str, documents: Sequence[str]) -> None:
        """Raise where a request has too many documents or characters.

        Raises:
            HTTPException: it has; 422.
        """
        limit = self.settings.max_documents
        if len(documents) > limit:
            raise HTTPException(422, f"{len(documents)} documents are more than {limit}")
        limit, size = self.settings.max_characters, len(query) + sum(map(len, documents))
        if size > limit:
            raise HTTPException(422, f"{size} characters are more than {limit}")

    def note(self, result: PrunedDocument) -> PrunedDocument:
        """Note how much pruning removed."""
        self.metrics.compression.observe(result.compression)
        return result
