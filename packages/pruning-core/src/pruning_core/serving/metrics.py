"""Metrics for Prometheus; names and meaning follow Text Embeddings Inference's."""

import time
from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pruning_core.async_pruner import Measure

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
TOKENS = tuple(2**power for power in range(5, 18))
SHARES = tuple(tenth / 10 for tenth in range(11))
CLIENT_GONE = 499


class Metrics:
    """Numbers of one server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)

        def seconds(name: str, text: str) -> Histogram:
            name = f"pruning_{name}_duration_seconds"
            return Histogram(name, text, buckets=SECONDS, registry=self.registry)

        self.requests = Counter(
            "pruning_request", "Requests", ("path", "status"), registry=self.registry
        )
        self.failures = Counter(
            "pruning_request_failure",
            "Requests with an answer from 400 on",
            ("path",),
            registry=self.registry,
        )
        self.duration = seconds("request", "A request, from its first byte to the end")
        self.queue_size = Gauge(
            "pruning_queue_size", "Documents that are not done", registry=self.registry
        )
        self.compression = Histogram(
            "pruning_compression",
            "Share of a pruned document's characters that was removed",
            buckets=SHARES,
            registry=self.registry,
        )
        self._measures: dict[Measure, Histogram] = {
            "queue_seconds": seconds("queue", "A document, from its arrival to the encoder"),
            "tokenization_seconds": seconds("tokenization", "Splitting and tokenizing together"),
            "inference_seconds": seconds("inference", "A batch in the encoder"),
            "batch_tokens": Histogram(
                "pruning_batch_tokens",
                "Tokens of a batch, padding included",
                buckets=TOKENS,
                registry=self.registry,
            ),
        }

    def observe(self, name: Measure, value: float) -> None:
        """Note what `AsyncPruner` measured."""
        self._measures[name].observe(value)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)


class Metered:
    """Counts the requests of an application; unknown paths count as one."""

    def __init__(self, app: ASGIApp, metrics: Metrics, paths: Callable[[], set[str]]) -> None:
        self.app = app
        self.metrics = metrics
        self.paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.monotonic(), CLIENT_GONE

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            path = scope["path"] if scope["path"] in self.paths() else "other"
            self.metrics.requests.labels(path, str(status)).inc()
            if status >= 400:
                self.metrics.failures.labels(path).inc()
            self.metrics.duration.observe(time.monotonic() - begun)
