"""Results -> text, lines of JSON, or a page."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping

from pruning_core.cli.inputs import InputDocument
from pruning_core.cli.outputs import Output
from pruning_core.rendering import (
    clean,
    clean_line,
    to_diff,
    to_html,
    to_terminal,
    without_surrogates,
)
from pruning_core.results import PrunedDocument

Row = tuple[InputDocument, str, PrunedDocument]
"""A document, the query it was pruned for, and the result."""


def print_results(
    options: argparse.Namespace, output: Output, rows: Iterable[Row], *, is_ranking: bool = False
) -> None:
    """Write each result when it comes; one page of all of them where the format is html. Of a
    ranking each has its place, and before the first one is the query.
    """
    pages = []
    has_titles = is_ranking and options.format in ("text", "diff")
    if has_titles:
        output.write(f"query: {clean_line(options.query)}\n")
    for place, (document, query, result) in enumerate(rows, start=1):
        name = clean_line(document.name)
        if has_titles:
            output.write(f"\n{place}. score {result.score:.3f}  {name}\n")
        if options.format == "html":
            pages.append((f"{place}. {document.name}" if is_ranking else document.name, result))
        else:
            number = {"rank": place} if is_ranking else {}
            output.write(_rendered(options.format, document, query, result, number))
        if not options.quiet:
            summary = () if options.output else (result.summary(),)
            for text in (*summary, *result.warnings):
                print(f"{name}: {text}", file=sys.stderr)
    if options.format == "html":
        output.write(to_html(options.query or "Pruned documents", pages))


def _rendered(
    output_format: str,
    document: InputDocument,
    query: str,
    result: PrunedDocument,
    number: Mapping[str, int],
) -> str:
    """What to print for one document; `number` is its place in a ranking, if it has one."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    if output_format == "jsonl":
        row = {"id": document.name, **number, "query": query, **result.to_dict()}
        return f"{json.dumps(row)}\n"
    if output_format == "diff":
        has_colors = is_terminal and not os.environ.get("NO_COLOR")
        return f"{to_terminal(result) if has_colors else to_diff(result)}\n"
    text = without_surrogates(result.text)
    text = clean(text) if is_terminal else text
    return line_ended(text)


def line_ended(text: str) -> str:
    """`text` with a newline at its end, unless it is empty."""
    return text if text.endswith("\n") or not text else f"{text}\n"
