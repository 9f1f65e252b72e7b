"""`/health`, `/ready`, `/info`, `/metrics`."""

from typing import Any

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pruning_core import __version__
from pruning_core.serving.service import Service

LIMITS = ("max_body_bytes", "max_documents", "max_characters", "max_waiting", "time_limit")


def operations_router(service: Service) -> APIRouter:
    """The routes."""
    router, settings = APIRouter(tags=["operation"]), service.settings

    @router.head("/health", include_in_schema=False)
    @router.get("/health")
    async def health() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @router.head("/ready", include_in_schema=False)
    @router.get("/ready")
    async def ready() -> dict[str, str]:
        """Whether there is room in the queue; 503 where there is none."""
        if service.pruner.waiting >= settings.max_waiting:
            raise HTTPException(503, "the queue is full")
        return {"status": "ready"}

    @router.get("/info")
    async def info() -> dict[str, Any]:
        """The model, and the limits of a request."""
        config = service.pruner.pruner.config
        return {
            "version": __version__,
            "model": settings.model_name,
            "revision": settings.revision,
            "mode": config.mode,
            "max_length": config.max_length,
            "default_threshold": config.default_threshold,
            "sentence_rule": config.sentence_rule,
            "limits": {name: getattr(settings, name) for name in LIMITS},
        }

    @router.get("/metrics", response_class=Response)
    async def metrics() -> Response:
        """Numbers for Prometheus."""
        return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return router
