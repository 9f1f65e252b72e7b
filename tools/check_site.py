"""A built site asks nobody else: `python tools/check_site.py FOLDER`.

Scripts, styles, fonts, pictures and frames of every page come from the site's own folder, and are
there. Links that a reader follows may go elsewhere.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
LINKS = {"stylesheet", "icon", "preconnect", "preload", "dns-prefetch", "modulepreload"}
CSS = re.compile(r"@import\s+[\"']?([^\"';)]+)|url\(\s*[\"']?([^\"')]+)")


class Page(HTMLParser):
    """What a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "link" and LINKS & set((values.get("rel") or "").split()):
            self.loaded.append(values.get("href") or "")
        if tag in LOADED and values.get(LOADED[tag]):
            self.loaded.append(values[LOADED[tag]] or "")


def loads(file: Path) -> list[str]:
    """What a page or a style sheet loads."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".css":
        return [first or second for first, second in CSS.findall(text)]
    page = Page()
    page.feed(text)
    return page.loaded


def problems(folder: Path) -> Iterator[str]:
    """A line for everything that is not of the folder."""
    for file in sorted([*folder.rglob("*.html"), *folder.rglob("*.css")]):
        for address in loads(file):
            parts = urlsplit(address)
            if parts.scheme == "data" or not (parts.path or parts.netloc):
                continue
            base = folder if parts.path.startswith("/") else file.parent
            target = base / unquote(parts.path).lstrip("/")
            if parts.scheme or parts.netloc or not target.is_file():
                yield f"{file.relative_to(folder)} loads {address}"


def main() -> int:
    folder = Path(sys.argv[1])
    found = list(problems(folder))
    print(*found, sep="\n" if found else "", end="\n" if found else "")
    return 1 if found or not (folder / "index.html").is_file() else 0


if __name__ == "__main__":
    sys.exit(main())
