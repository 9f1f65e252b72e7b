"""Draw what stays of a document: `python tools/picture.py FILE QUERY TARGET.svg`.

The built-in model prunes FILE for QUERY; the picture has what stays in dark letters, and what goes
faint and struck through. It needs no font and no script, and has colours for light and dark
screens.
"""

import argparse
from html import escape
from pathlib import Path

from pruning_core import PrunedDocument, Pruner

WIDTH, MARGIN, LINE, COLUMNS = 820, 28, 20, 96
STYLE = """
svg { --page: #fff; --text: #1c1e21; --faint: #7d838b; --edge: #d9dce0; }
@media (prefers-color-scheme: dark) {
  svg { --page: #17191c; --text: #f1f3f5; --faint: #7d848d; --edge: #383c42; }
}
text { font: 14px system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: var(--text); }
.query { font-weight: 600; font-size: 16px; } .summary { fill: var(--faint); }
.kept { font-weight: 500; } .gone { fill: var(--faint); text-decoration: line-through; }
"""

Line = list[tuple[bool, str]]
"""Pieces of a line, each with whether it stays."""


def lines(result: PrunedDocument) -> list[Line]:
    """The document in lines of at most `COLUMNS`; its own line breaks inside a paragraph go."""
    found: list[Line] = [[]]
    for kept, text in result.runs():
        paragraphs = text.split("\n\n")
        for number, paragraph in enumerate(paragraphs):
            if number and found[-1]:
                found.append([])
            for word in paragraph.split():
                if sum(len(piece) + 1 for _, piece in found[-1]) + len(word) > COLUMNS:
                    found.append([])
                if found[-1] and found[-1][-1][0] == kept:
                    found[-1][-1] = kept, f"{found[-1][-1][1]} {word}"
                else:
                    found[-1].append((kept, word))
    return [line for line in found if line]


def picture(query: str, result: PrunedDocument) -> str:
    """The picture as SVG."""
    rows = lines(result)
    height = 2 * MARGIN + LINE * (len(rows) + 3)
    summary = escape(result.summary())
    texts = [
        f'<text class="query" x="{MARGIN}" y="{MARGIN + 14}">{escape(query)}</text>',
        f'<text class="summary" x="{MARGIN}" y="{height - MARGIN}">{summary}</text>',
    ]
    for number, row in enumerate(rows):
        spans = " ".join(
            f'<tspan class="{"kept" if kept else "gone"}">{escape(text.strip("# "))}</tspan>'
            for kept, text in row
        )
        texts.append(f'<text x="{MARGIN}" y="{MARGIN + LINE * (number + 2)}">{spans}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">\n'
        f"<title>{escape(query)}: {summary}</title>\n<style>{STYLE}</style>\n"
        f'<rect x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="10"'
        ' fill="var(--page)" stroke="var(--edge)"/>\n' + "\n".join(texts) + "\n</svg>\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("query")
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    document = options.file.read_text(encoding="utf-8")
    result = Pruner.from_pretrained().prune(options.query, document)
    options.target.write_text(picture(options.query, result), encoding="utf-8")


if __name__ == "__main__":
    main()
