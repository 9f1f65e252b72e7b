"""Errors as JSON: `{"error": {"code", "type", "message"}}`."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from pruning_core.async_pruner import QueueFullError
from pruning_core.rendering import clean_line

TYPES = {
    400: "malformed_json",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    422: "invalid_request",
    429: "queue_full",
    499: "client_gone",
    501: "not_supported",
    503: "not_ready",
    504: "time_limit",
}
RETRY_AFTER = "1"
"""Seconds; the queue moves all the time."""

BODY = "the body must be a JSON object, sent with `Content-Type: application/json`"


class Json(JSONResponse):
    """JSON in UTF-8; a lone surrogate, which UTF-8 has not, is written as its escape."""

    def render(self, content: Any) -> bytes:
        return json_bytes(content)


def json_bytes(content: object) -> bytes:
    """`content` as JSON; see `Json`."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")  # \\ud800 is an escape of JSON too


def error_body(code: int, message: str) -> dict[str, Any]:
    """What an error says."""
    kind = TYPES.get(code, "error")
    return {"error": {"code": code, "type": kind, "message": clean_line(message)}}


def error_answer(code: int, message: str, headers: Mapping[str, str] | None = None) -> Json:
    """An error as a response."""
    return Json(error_body(code, message), code, headers)


def add_error_handlers(app: FastAPI) -> None:
    """Make every error of the application JSON."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Json:
        return error_answer(error.status_code, str(error.detail), error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Json:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        if first["type"] == "json_invalid":
            text = f"the body is not JSON: {first['ctx']['error']} at character {place}"
            return error_answer(400, text)
        if first["type"] == "value_error":  # of a validator of ours
            return error_answer(422, f"`{place}` {first['ctx']['error']}".removeprefix("`` "))
        return error_answer(422, f"`{place}`: {first['msg']}" if place else BODY)

    @app.exception_handler(QueueFullError)
    async def full(request: Request, error: QueueFullError) -> Json:
        return error_answer(429, str(error), {"Retry-After": RETRY_AFTER})

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Json:
        return error_answer(500, "the server could not answer; its log says why")
