"""`pruning prune`, `pruning rank` and `pruning convert`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from pruning_core import checkpoint
from pruning_core.builtin import DEFAULT
from pruning_core.cli.hub_options import add_hub_options, hub_options
from pruning_core.cli.inputs import InputDocument, read_documents
from pruning_core.cli.streams import write
from pruning_core.cli.targets import check_folder
from pruning_core.devices import check_device
from pruning_core.encoder import PruningEncoder
from pruning_core.pruner import Pruner
from pruning_core.rendering import (
    clean,
    clean_line,
    to_diff,
    to_html,
    to_terminal,
    without_surrogates,
)
from pruning_core.results import PrunedDocument
from pruning_core.selection import Selection
from pruning_core.validation import check_int, check_query

FORMATS = ("text", "jsonl", "html", "diff")

Row = tuple[InputDocument, str, PrunedDocument]
"""A document, the query it was pruned for, and the result."""


def register(subparsers: Any) -> None:
    """Add the commands."""
    prune = subparsers.add_parser("prune", help="print what stays of each document, and what goes")
    prune.set_defaults(run=run_prune)
    rank = subparsers.add_parser("rank", help="print documents in order, best first, pruned")
    rank.set_defaults(run=run_rank)
    rank.add_argument("--top-k", type=int, metavar="N", help="print only the first N")
    for parser in (prune, rank):
        _add_arguments(parser)
    convert = subparsers.add_parser("convert", help="write a checkpoint of another project as ours")
    convert.set_defaults(run=run_convert)
    convert.add_argument("source", metavar="SOURCE", help="folder or hub id of the checkpoint")
    convert.add_argument("target", metavar="TARGET", help="folder to write")
    add_hub_options(convert)
    convert.add_argument(
        "--allow-pickled-head", action="store_true", help="read a head in pytorch_model.bin"
    )


def run_prune(options: argparse.Namespace) -> int:
    """Prune each document for its own query, or for `--query`."""
    _check(options)
    documents, failed = _read(options)
    asked: list[tuple[InputDocument, str]] = []
    for document in documents:
        if query := document.query or options.query:
            asked.append((document, query))
        else:
            failed += _complain(document.name, "no query: give `--query` or a `query` a line")
    results = _load(options).prune_batch(
        [query for _, query in asked],
        [document.text for document, _ in asked],
        **_selection(options),
    )
    rows = zip(asked, results, strict=True)
    return _finish(options, [(*pair, result) for pair, result in rows], failed)


def run_rank(options: argparse.Namespace) -> int:
    """Rank all documents for `--query`."""
    if not options.query:
        raise ValueError("`--query` is needed to rank")
    _check(options)
    if options.top_k is not None:
        check_int("top_k", options.top_k, minimum=1)
    documents, failed = _read(options)
    ranked = _load(options).rank(
        options.query,
        [document.text for document in documents],
        top_k=options.top_k,
        **_selection(options),
    )
    found = ((documents[row.index], row.pruned) for row in ranked)
    rows = [(document, options.query, pruned) for document, pruned in found if pruned is not None]
    return _finish(options, rows, failed)


def run_convert(options: argparse.Namespace) -> int:
    """Load SOURCE, whatever its layout, and save it in ours."""
    check_folder(options.target)
    opened = checkpoint.open(options.source, **hub_options(options))
    tokenizer = opened.tokenizer()
    encoder = PruningEncoder.from_checkpoint(opened, allow_pickled_head=options.allow_pickled_head)
    encoder.save_pretrained(options.target, tokenizer=tokenizer)
    print(f"wrote {options.target}", file=sys.stderr)
    return 0


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="a text, JSON lines or a JSON array, gzipped or not; `-`, or none, is standard input",
    )
    parser.add_argument("--query", help="the question; `prune` takes a document's own first")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="diff",
        help="text: what stays; diff: what stays and what goes (default)",
    )
    parser.add_argument(
        "--input-format",
        choices=("auto", "text", "jsonl"),
        default="auto",
        help="auto: by name and content (default); an object of JSON holds its text under `text`,"
        " `document` or `context`, and perhaps `id` and `query`",
    )
    parser.add_argument("--threshold", type=float, help="keep probability to stay, 0 to 1")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="tokens to stay a document")
    parser.add_argument(
        "--model", default=DEFAULT, help="folder or hub id; by default the built-in English model"
    )
    add_hub_options(parser)
    parser.add_argument("--device", default="cpu", help="of torch, such as cpu (default) or cuda:0")
    parser.add_argument("--quiet", action="store_true", help="only results and errors")


def _check(options: argparse.Namespace) -> None:
    """Raise for a wrong value, before anything is read or loaded."""
    if options.query:
        check_query(options.query)
    Selection(
        threshold=0 if options.threshold is None else options.threshold,
        max_tokens=options.max_tokens,
    )
    check_device(options.device)


def _read(options: argparse.Namespace) -> tuple[list[InputDocument], int]:
    """The documents that could be read, and how many could not."""
    documents, failed = [], 0
    say = _nothing if options.quiet else _say
    for document in read_documents(options.files, options.input_format, say):
        if document.error is None:
            documents.append(document)
        else:
            failed += _complain(document.name, document.error)
    return documents, failed


def _load(options: argparse.Namespace) -> Pruner:
    return Pruner.from_pretrained(options.model, device=options.device, **hub_options(options))


def _selection(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "threshold": options.threshold,
        "max_tokens": options.max_tokens,
        "show_progress": False if options.quiet else None,
    }


def _finish(options: argparse.Namespace, rows: Sequence[Row], failed: int) -> int:
    """Print the results; 1 if a document failed."""
    if options.format == "html":
        pairs = [(document.name, result) for document, _, result in rows]
        write(to_html(options.query or "Pruned documents", pairs))
    for document, query, result in rows:
        if options.format != "html":
            write(_rendered(options.format, document, query, result))
        if not options.quiet:
            for text in (result.summary(), *result.warnings):
                print(f"{clean_line(document.name)}: {text}", file=sys.stderr)
    return 1 if failed else 0


def _rendered(
    output_format: str, document: InputDocument, query: str, result: PrunedDocument
) -> str:
    """What to print for one document."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    if output_format == "jsonl":
        row = {"id": document.name, "query": query, **result.to_dict()}
        return f"{json.dumps(row)}\n"
    if output_format == "diff":
        has_colors = is_terminal and not os.environ.get("NO_COLOR")
        return f"{to_terminal(result) if has_colors else to_diff(result)}\n"
    text = without_surrogates(result.text)
    text = clean(text) if is_terminal else text
    return text if text.endswith("\n") or not text else f"{text}\n"


def _say(text: str) -> None:
    print(clean_line(text), file=sys.stderr)


def _nothing(text: str) -> None:
    pass


def _complain(name: str, error: str) -> int:
    print(f"{clean_line(name)}: {clean_line(error)}", file=sys.stderr)
    return 1
