"""The page at `/`: three files, and nothing from elsewhere."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse

FOLDER = Path(__file__).parent / "page"
FILES = {
    "/": ("index.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def page_router() -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    for path, (name, media_type) in FILES.items():

        async def page(name: str = name, media_type: str = media_type) -> FileResponse:
            return FileResponse(FOLDER / name, headers=HEADERS, media_type=media_type)

        router.add_api_route(path, page, methods=["GET"])
    return router
