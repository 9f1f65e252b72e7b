"""`/v1/prune` and `/v1/pack`."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from pruning_core.calls import batch_call, selection_of
from pruning_core.results import PrunedDocument
from pruning_core.serving.answers import PackAnswer, PruneAnswer
from pruning_core.serving.errors import Json, error_body, json_bytes
from pruning_core.serving.guard import while_connected
from pruning_core.serving.requests import PackRequest, PruneRequest
from pruning_core.serving.service import Service

NDJSON = "application/x-ndjson"


def pruning_router(service: Service) -> APIRouter:
    """The routes."""
    router, settings, pruner = APIRouter(tags=["prune"]), service.settings, service.pruner

    @router.post(
        "/v1/prune", response_model=PruneAnswer, responses={200: {"content": {NDJSON: {}}}}
    )
    async def prune(body: PruneRequest, request: Request) -> Response:
        """Prune each document; with `Accept: application/x-ndjson` a line each, as it is ready."""
        service.check_size(body.query, body.documents)
        options: dict[str, Any] = {
            "threshold": body.threshold,
            "max_tokens": body.max_tokens,
            "max_characters": body.max_characters,
            "min_sentences": body.min_sentences,
            "always_keep": body.always_keep,
        }
        if NDJSON in request.headers.get("accept", ""):
            pairs = [(body.query, document) for document in body.documents]
            rows = _rows(service, body, pruner.stream(pairs, **options))
            return StreamingResponse(_lines(rows, settings.time_limit), media_type=NDJSON)

        async def answer() -> dict[str, Any]:
            selection = selection_of(pruner.pruner.config, **options)
            queries = [body.query] * len(body.documents)
            results, tokens = await pruner.run(batch_call(queries, body.documents, selection))
            return {
                "model": settings.model_name,
                "results": [row async for row in _rows(service, body, _each(results))],
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            }

        return Json(await while_connected(request, answer()))

    @router.post("/v1/pack", response_model=PackAnswer)
    async def pack(body: PackRequest, request: Request) -> Response:
        """Fill one budget with the sentences of all documents that matter most."""
        service.check_size(body.query, body.documents)
        packing = pruner.pack(
            body.query,
            body.documents,
            max_tokens=body.max_tokens,
            max_characters=body.max_characters,
            separator=body.separator,
            threshold=body.threshold,
            always_keep=("headings",) if body.keep_headings else (),
        )
        context = await while_connected(request, packing)
        return Json({"model": settings.model_name, **context.to_dict()})

    return router


async def _each(results: list[PrunedDocument]) -> AsyncIterator[PrunedDocument]:
    for result in results:
        yield result


async def _rows(
    service: Service, body: PruneRequest, results: AsyncIterator[PrunedDocument]
) -> AsyncIterator[dict[str, Any]]:
    """Results as they are answered, with the tokens of each sentence where they are asked for."""
    index = 0
    async for result in results:
        row = {"index": index, **service.note(result).to_dict()}
        if body.count_tokens:
            texts = [result.original[s.start : s.end] for s in result.sentences]
            counts = await asyncio.to_thread(list, map(service.pruner.pruner.count_tokens, texts))
            for sentence, count in zip(row["sentences"], counts, strict=True):
                sentence["tokens"] = count
        yield row
        index += 1


async def _lines(rows: AsyncIterator[dict[str, Any]], seconds: float) -> AsyncIterator[bytes]:
    """Rows as lines; an error, and the end of the time, are a line too, the last one."""
    clock = asyncio.get_running_loop()
    end = clock.time() + seconds
    try:
        while True:
            row = await asyncio.wait_for(anext(rows), end - clock.time())
            yield json_bytes(row) + b"\n"
    except StopAsyncIteration:
        return
    except TimeoutError:
        body = error_body(504, f"the answer took more than {seconds:g} seconds")
    except Exception:
        logging.getLogger(__name__).exception("a stream ended early")
        body = error_body(500, "the server could not go on; its log says why")
    yield json_bytes(body) + b"\n"
