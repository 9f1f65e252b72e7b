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
from pruning_core.encoder import PruningEncoder
from pruning_core.pruner import Pruner
from pruning_core.rendering import clean, clean_line, to_diff, to_html, to_terminal
from pruning_core.results import PrunedDocument

FORMATS = ("text", "jsonl", "html", "diff")


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
    documents, failed = _read(options)
    asked = [document for document in documents if document.query or options.query]
    for document in documents:
        if document not in asked:
            failed += _complain(document.name, "no query: give `--query` or a `query` a line")
    results = _load(options).prune_batch(
        [document.query or options.query for document in asked],
        [document.text for document in asked],
        **_selection(options),
    )
    return _finish(options, list(zip(asked, results, strict=True)), failed)


def run_rank(options: argparse.Namespace) -> int:
    """Rank all documents for `--query`."""
    if not options.query:
        raise ValueError("`--query` is needed to rank")
    documents, failed = _read(options)
    ranked = _load(options).rank(
        options.query,
        [document.text for document in documents],
        top_k=options.top_k,
        **_selection(options),
    )
    rows = [(documents[row.index], row.pruned) for row in ranked if row.pruned is not None]
    return _finish(options, rows, failed)


def run_convert(options: argparse.Namespace) -> int:
    """Load SOURCE, whatever its layout, and save it in ours."""
    opened = checkpoint.open(options.source, **hub_options(options))
    tokenizer = opened.tokenizer()
    encoder = PruningEncoder.from_checkpoint(opened, allow_pickled_head=options.allow_pickled_head)
    encoder.save_pretrained(options.target, tokenizer=tokenizer)
    print(f"wrote {options.target}", file=sys.stderr)
    return 0


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="text or .jsonl; `-` is stdin")
    parser.add_argument("--query", help="the question; a line of JSONL can hold its own")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="diff",
        help="text: what stays; diff: what stays and what goes (default)",
    )
    parser.add_argument("--input-format", choices=("auto", "text", "jsonl"), default="auto")
    parser.add_argument("--threshold", type=float, help="keep probability to stay, 0 to 1")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="tokens to stay a document")
    parser.add_argument(
        "--model", default=DEFAULT, help="folder or hub id; by default the built-in English model"
    )
    add_hub_options(parser)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--quiet", action="store_true", help="only results and errors")


def _read(options: argparse.Namespace) -> tuple[list[InputDocument], int]:
    """The documents that could be read, and how many could not."""
    documents, failed = [], 0
    for document in read_documents(options.files, options.input_format):
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


def _finish(
    options: argparse.Namespace,
    rows: Sequence[tuple[InputDocument, PrunedDocument]],
    failed: int,
) -> int:
    """Print the results; 1 if a document failed."""
    if options.format == "html":
        pairs = [(document.name, result) for document, result in rows]
        sys.stdout.write(to_html(options.query or "Pruned documents", pairs))
    for document, result in rows:
        _write(options.format, document.query or options.query, document, result)
        if not options.quiet:
            for text in (result.summary(), *result.warnings):
                print(f"{clean_line(document.name)}: {text}", file=sys.stderr)
    return 1 if failed else 0


def _write(output_format: str, query: str, document: InputDocument, result: PrunedDocument) -> None:
    if output_format == "jsonl":
        print(json.dumps({"id": document.name, "query": query, **result.to_dict()}))
    elif output_format == "diff" and sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        print(to_terminal(result))
    elif output_format == "diff":
        print(to_diff(result))
    elif output_format == "text":
        text = result.text.encode("utf-8", "replace").decode("utf-8")
        text = clean(text) if sys.stdout.isatty() else text
        sys.stdout.write(text if text.endswith("\n") or not text else f"{text}\n")


def _complain(name: str, error: str) -> int:
    print(f"{clean_line(name)}: {clean_line(error)}", file=sys.stderr)
    return 1
