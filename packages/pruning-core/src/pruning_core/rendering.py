"""Views of what was kept and removed: terminal, diff and HTML page."""

import re
from collections.abc import Sequence
from html import escape
from unicodedata import category

from pruning_core.results import PrunedDocument

_REMOVED, _RESET = "\033[2;9m", "\033[0m"  # faint and struck through

_STYLE = """
:root { color-scheme: light dark; --text: #1c1e21; --page: #fff; --faint: #767b82; --line: #d9dce0;
  --warning: #8a4b00; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e6e9; --page: #17191c; --faint: #8b9199; --line: #383c42; --warning: #f0b060; }
}
body { max-width: 54rem; margin: 2rem auto; padding: 0 1rem; color: var(--text);
  background: var(--page); font: 1rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
article { border-top: 1px solid var(--line); padding: 1rem 0; }
.numbers { color: var(--faint); margin: 0 0 .75rem; font-size: .875rem; }
.warning { color: var(--warning); font-size: .875rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
del { color: var(--faint); }
"""


def to_terminal(document: PrunedDocument) -> str:
    """The whole document, what was removed faint and struck through."""
    return "".join(
        clean(text) if kept else f"{_REMOVED}{clean(text)}{_RESET}"
        for kept, text in document.runs()
    )


def to_diff(document: PrunedDocument) -> str:
    """A sentence a line: `  ` before what stays, `- ` before what went; code keeps its lines."""
    lines = []
    for sentence in document.sentences:
        text = clean(document.original[sentence.start : sentence.end])
        rows = [line.rstrip() for line in text.splitlines() if line.strip()]
        if not text.lstrip().startswith(("```", "~~~")):
            rows = [" ".join(rows)] if rows else []
        lines += [f"{'  ' if sentence.kept else '- '}{row}" for row in rows]
    return "\n".join(lines)


def to_html(query: str, documents: Sequence[tuple[str, PrunedDocument]]) -> str:
    """A self-contained page of (name, document) pairs, for light and dark screens."""
    articles = "\n".join(_article(name, document) for name, document in documents)
    return without_surrogates(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(query)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(query)}</h1>\n{articles}\n</body>\n</html>\n"
    )


def _article(name: str, document: PrunedDocument) -> str:
    warnings = "".join(f'<p class="warning">{escape(text)}</p>\n' for text in document.warnings)
    body = "".join(
        f'<span title="{s.probability:.3f}">{escape(text)}</span>'
        if s.kept
        else f'<del title="{s.probability:.3f}">{escape(text)}</del>'
        for s in document.sentences
        for text in [document.original[s.start : s.end]]
    )
    return (
        f"<article>\n<h2>{escape(name)}</h2>\n"
        f'<p class="numbers">{escape(document.summary())}</p>\n{warnings}'
        f'<div class="text" dir="auto">{body}</div>\n</article>'
    )


def without_surrogates(text: str) -> str:
    """`text` with U+FFFD for each lone surrogate, which no encoding can write."""
    return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)


def clean(text: str) -> str:
    """`text` without control characters, which could steer a terminal; newlines and tabs stay."""
    return "".join(c for c in text if c in "\n\t" or c.isprintable() or category(c) == "Zs")


def clean_line(text: str) -> str:
    """`text` on one line, for names and messages."""
    return " ".join(clean(" ".join(text.split())).split())
