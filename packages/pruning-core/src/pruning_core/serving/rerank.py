"""Reranking, in the shape that each client sends and reads."""

import math
import sys
import uuid
from typing import Any, Literal

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException

from pruning_core.calls import rank_call, selection_of
from pruning_core.results import PrunedDocument
from pruning_core.serving.answers import RerankAnswer, ScoredText
from pruning_core.serving.errors import Json
from pruning_core.serving.guard import while_connected
from pruning_core.serving.requests import PruneOptions, RelevantSpans, RerankRequest
from pruning_core.serving.service import Service

PATHS = ("/rerank", "/v1/rerank", "/v2/rerank", "/reranking", "/v1/reranking")

TEI_FIELDS = {"return_text", "raw_scores", "truncate", "truncation_direction"}
VOYAGE_FIELDS = {"top_k", "truncation"}

Row = dict[str, Any]
Shape = Literal["tei", "voyage", "aliyun", "cohere"]


def rerank_router(service: Service) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["rerank"])

    async def rerank(body: RerankRequest, request: Request) -> Json:
        """Score documents for a query, best first, and prune them if asked."""
        return Json(await while_connected(request, answer_of(service, body, request.url.path)))

    for path in PATHS:
        router.add_api_route(
            path,
            rerank,
            methods=["POST"],
            response_model=RerankAnswer | list[ScoredText],
            include_in_schema=path == "/v1/rerank",
        )
    return router


async def answer_of(service: Service, body: RerankRequest, path: str) -> Row | list[Row]:
    """Rank, and put the rows into the envelope that the client reads."""
    config = service.pruner.pruner.config
    if not config.ranks:
        raise HTTPException(501, f"a checkpoint of mode {config.mode!r} cannot rank")
    try:
        texts = body.text_list()
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    query, spans = body.query or "", body.relevant_spans
    service.check_size(query, texts)
    if spans is not None and spans.mode != "enabled":
        spans = None
    asked = body.prune or PruneOptions(threshold=spans.threshold if spans else None)
    selection = selection_of(
        config,
        threshold=asked.threshold,
        max_tokens=asked.max_tokens,
        max_characters=asked.max_characters,
        always_keep=("headings",) if asked.keep_headings else (),
    )
    call = rank_call(config, query, texts, selection, top_k=body.top_n or body.top_k or None)
    ranked, tokens = await service.pruner.run(call)
    if service.settings.result_order == "input":
        ranked.sort(key=lambda row: row.index)
    shape = _shape(body)
    rows: list[Row] = []
    for found in ranked:
        score = _score(found.score, config.score_activation, is_raw=bool(body.raw_scores))
        row: Row = {"index": found.index, "score" if shape == "tei" else "relevance_score": score}
        if body.return_documents or body.return_text:
            row |= _document(body.given[found.index], texts[found.index], shape)
        if body.prune and found.pruned:
            row |= _pruned(service.note(found.pruned))
        if spans and found.pruned:
            row |= _relevant(found.pruned, spans)
        rows.append(row)
    return _envelope(shape, rows, path, service.settings.model_name, tokens)


def _shape(body: RerankRequest) -> Shape:
    """Whose answer the client reads, by the fields it sends."""
    given = body.model_fields_set
    if isinstance(body.input, dict):
        return "aliyun"
    if given & VOYAGE_FIELDS:
        return "voyage"
    if body.documents is None and (given & TEI_FIELDS or not given & {"model", "top_n"}):
        return "tei"
    return "cohere"


def _score(score: float, activation: str, *, is_raw: bool) -> float:
    """From 0 to 1 whatever the checkpoint's activation, or as a logit; always finite."""
    if activation == "sigmoid":
        if not is_raw:
            return max(score, 0.0)
        share = min(max(score, sys.float_info.min), 1 - sys.float_info.epsilon)
        return math.log(share / (1 - share))
    logit = min(max(score, -700.0), 700.0)
    return logit if is_raw else 1 / (1 + math.exp(-logit))


def _document(given: Any, text: str, shape: Shape) -> Row:
    if shape == "tei":
        return {"text": text}
    if shape == "voyage":
        return {"document": text}
    return {"document": {**(given if isinstance(given, dict) else {}), "text": text}}


def _pruned(result: PrunedDocument) -> Row:
    return {
        "pruned_text": result.text,
        "spans": [[s.start, s.end, s.probability] for s in result.sentences if s.kept],
        "compression": result.compression,
        "warnings": list(result.warnings),
    }


def _relevant(result: PrunedDocument, spans: RelevantSpans) -> Row:
    """Cohere's spans: the sentences from the threshold on, most probable first."""
    found = [
        {"start": s.start, "end": s.end, "score": s.probability}
        for s in result.sentences
        if (s.kept if spans.threshold is None else s.probability >= spans.threshold)
    ]
    found.sort(key=lambda span: -span["score"])
    return {"relevant_spans": found[: spans.max_spans]} if found else {}


def _envelope(shape: Shape, rows: list[Row], path: str, model: str, tokens: int) -> Row | list[Row]:
    number, usage = str(uuid.uuid4()), {"prompt_tokens": tokens, "total_tokens": tokens}
    if shape == "tei":
        return rows
    if shape == "aliyun":
        return {"request_id": number, "output": {"results": rows}, "usage": usage}
    if shape == "voyage":
        return {"object": "list", "data": rows, "model": model, "usage": usage}
    counts = {"input_tokens": tokens, "output_tokens": 0}
    return {
        "id": number,
        "model": model,
        "results": rows,
        "usage": usage,
        "tokens": counts,
        "meta": {
            "api_version": {"version": "2" if path.startswith("/v2/") else "1"},
            "billed_units": {"search_units": 1, "total_tokens": tokens},
            "tokens": counts,
        },
    }
