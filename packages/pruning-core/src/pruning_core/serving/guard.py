"""Guard: the key, the size of a body and the time of a request, before anything reads it."""

import asyncio
import hmac
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pruning_core.serving.errors import error_answer
from pruning_core.serving.settings import ServerSettings

Answer = TypeVar("Answer")

OPEN_PATHS = {"/", "/page.css", "/page.js", "/health", "/ready", "/docs", "/openapi.json"}
OPEN_FOLDER = "/static-offline-docs/"
"""What needs no key: pages that hold nothing, and what a container is watched by."""


class Guard:
    """Refuses requests without the key, with too large a body, or that take too long."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._may(scope["path"], headers):
            refusal = error_answer(
                401, "the key is missing or wrong", {"WWW-Authenticate": "Bearer"}
            )
            await refusal(scope, receive, send)
            return
        limit, size = self.settings.max_body_bytes, 0
        begun = False

        def check_size() -> None:
            declared = headers.get("content-length", "")
            if size > limit or (declared.isdecimal() and int(declared) > limit):
                text = f"the body has more than {limit} bytes"
                raise HTTPException(413, text, {"Connection": "close"})

        async def limited_receive() -> Message:
            nonlocal size
            check_size()
            message = await receive()
            size += len(message.get("body", b""))
            check_size()
            return message

        async def timed_send(message: Message) -> None:
            nonlocal begun
            if not begun:
                timer.reschedule(None)
            begun = True
            await send(message)

        try:
            async with asyncio.timeout(self.settings.time_limit) as timer:
                await self.app(scope, limited_receive, timed_send)
        except TimeoutError:
            if begun or not timer.expired():
                raise
            refusal = error_answer(504, f"no answer within {self.settings.time_limit:g} seconds")
            await refusal(scope, receive, send)

    def _may(self, path: str, headers: Headers) -> bool:
        key = self.settings.api_key
        if key is None or path in OPEN_PATHS or path.startswith(OPEN_FOLDER):
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        is_key = hmac.compare_digest(given.strip().encode(), key.encode())
        return is_key and scheme.lower() == "bearer"


async def while_connected(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer:
    """What `work` gives; it is cancelled when the client is gone.

    Raises:
        HTTPException: the client is gone; nobody sees its answer.
    """
    running = asyncio.ensure_future(work)
    watching = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({running, watching}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            return running.result()
        raise HTTPException(499, "the client is gone")
    finally:
        running.cancel()
        watching.cancel()
        await asyncio.gather(running, watching, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
