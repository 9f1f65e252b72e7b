"""The application: routes, limits and errors around one AsyncPruner."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

from pruning_core import __version__
from pruning_core.pruner import Pruner
from pruning_core.serving.errors import add_error_handlers
from pruning_core.serving.guard import Guard
from pruning_core.serving.metrics import Metered
from pruning_core.serving.operations import operations_router
from pruning_core.serving.page import page_router
from pruning_core.serving.pruning import pruning_router
from pruning_core.serving.rerank import rerank_router
from pruning_core.serving.service import Service
from pruning_core.serving.settings import ServerSettings

DESCRIPTION = """Reranking and pruning of documents for a query.

`POST /v1/rerank` also answers at `/rerank`, `/v2/rerank`, `/reranking` and `/v1/reranking`."""


def create_app(pruner: Pruner, settings: ServerSettings | None = None) -> FastAPI:
    """An ASGI application that serves a pruner.

    Args:
        pruner: what answers; its encoder runs on a thread of its own.
        settings: what requests may.

    Example:
        >>> from pruning_core.serving.settings import ServerSettings
        >>> app = create_app(Pruner.from_pretrained(), ServerSettings(max_documents=100))
        >>> uvicorn.run(app, port=8080)
    """
    settings = settings or ServerSettings()
    service = Service.of(pruner, settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await service.pruner.prune("warm", "up")  # the first run takes longer, and may fail
        yield
        await service.pruner.aclose()

    app: FastAPI = FastAPIOffline(
        redoc_url=None,
        title="pruning serve",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
    )
    has_key = settings.api_key is not None
    key = [Security(HTTPBearer(auto_error=False))] if has_key else []  # for /docs; Guard checks it
    app.include_router(rerank_router(service), dependencies=key)
    app.include_router(pruning_router(service), dependencies=key)
    app.include_router(operations_router(service), dependencies=key)
    app.include_router(page_router())
    add_error_handlers(app)

    def paths() -> set[str]:
        return {str(getattr(route, "path", "")) for route in app.routes}

    app.add_middleware(Guard, settings=settings)
    if settings.cors_allow_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_allow_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
        )
    app.add_middleware(Metered, metrics=service.metrics, paths=paths)
    return app
