"""`pruning prune`, `pruning rank`, `pruning pack` and `pruning convert`."""

import argparse
import json
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from pruning_core import checkpoint
from pruning_core.budgets import Budget
from pruning_core.builtin import DEFAULT
from pruning_core.cli.hub_options import add_hub_options, hub_options
from pruning_core.cli.inputs import InputDocument, read_documents, size_of
from pruning_core.cli.outputs import Output, opened
from pruning_core.cli.streams import write
from pruning_core.cli.targets import check_file, check_folder
from pruning_core.devices import check_device
from pruning_core.encoder import PruningEncoder
from pruning_core.progress import progress
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
from pruning_core.selection import ALWAYS_KEEP, Selection
from pruning_core.streaming import LOOK_AHEAD_PAIRS
from pruning_core.validation import check_int, check_query

FORMATS = ("text", "jsonl", "html", "diff")

PIPE_PAIRS = 16
"""Pairs that are read ahead where an input is no file: it may be written to while we read."""

Row = tuple[InputDocument, str, PrunedDocument]
"""A document, the query it was pruned for, and the result."""


def register(subparsers: Any) -> None:
    """Add the commands."""
    prune = subparsers.add_parser("prune", help="print what stays of each document, and what goes")
    prune.set_defaults(run=run_prune)
    rank = subparsers.add_parser("rank", help="print documents in order, best first, pruned")
    rank.set_defaults(run=run_rank)
    rank.add_argument("--top-k", type=int, metavar="N", help="print only the first N")
    pack = subparsers.add_parser("pack", help="print a context of all documents within a budget")
    pack.set_defaults(run=run_pack)
    for parser in (prune, rank, pack):
        _add_arguments(parser)
    for parser in (prune, rank):
        _add_choices(parser)
    pack.add_argument("--separator", default="\n\n", help="between documents")
    pack.add_argument("--headings", action="store_true", help="with the headings of each sentence")
    pack.add_argument("--json", action="store_true", help="print where each sentence comes from")
    prune.add_argument(
        "--resume",
        action="store_true",
        help="go on where a run was stopped that wrote to `--output` in the format jsonl",
    )
    convert = subparsers.add_parser("convert", help="write a checkpoint of another project as ours")
    convert.set_defaults(run=run_convert)
    convert.add_argument("source", metavar="SOURCE", help="folder or hub id of the checkpoint")
    convert.add_argument("target", metavar="TARGET", help="folder to write")
    add_hub_options(convert)
    convert.add_argument(
        "--allow-pickled-head", action="store_true", help="read a head in pytorch_model.bin"
    )


def run_prune(options: argparse.Namespace) -> int:
    """Prune each document for its own query, or for `--query`, and print it when it is ready."""
    _check_output(options)
    if options.resume and not (options.output and options.format == "jsonl"):
        raise ValueError("`--resume` needs `--output FILE` and `--format jsonl`")
    _check(options)
    pruner = _load(options)
    asked: deque[tuple[InputDocument, str]] = deque()
    count = failed = 0

    def pairs() -> Iterator[tuple[str, str]]:
        nonlocal count, failed
        for document in read_documents(options.files, options.input_format, say, advance):
            query = document.query or options.query
            if document.error is not None:
                failed += _complain(document.name, document.error)
            elif not query:
                failed += _complain(document.name, "no query: give `--query` or a `query` a line")
            else:
                count += 1
                if count > output.done:
                    asked.append((document, query))
                yield query, document.text

    say = _nothing if options.quiet else _say
    show_bar = None if options.output and not options.quiet else False
    size = size_of(options.files)
    with (
        opened(options.output, resume=options.resume) as output,
        progress(size, show_bar, "B") as advance,
    ):
        results = pruner.stream(
            pairs(),
            **_selection(options),
            show_progress=False,
            look_ahead_pairs=PIPE_PAIRS if size is None else LOOK_AHEAD_PAIRS,
            skip=output.done,
        )
        _print(options, output, ((*asked.popleft(), result) for result in results))
    return 1 if failed else 0


def run_rank(options: argparse.Namespace) -> int:
    """Rank all documents for `--query`."""
    if not options.query:
        raise ValueError("`--query` is needed to rank")
    _check_output(options)
    _check(options)
    if options.top_k is not None:
        check_int("top_k", options.top_k, minimum=1)
    documents, failed = _read(options)
    ranked = _load(options).rank(
        options.query,
        [document.text for document in documents],
        top_k=options.top_k,
        show_progress=False if options.quiet else None,
        **_selection(options),
    )
    found = ((documents[row.index], row.pruned) for row in ranked)
    rows = ((document, options.query, pruned) for document, pruned in found if pruned is not None)
    with opened(options.output, resume=False) as output:
        _print(options, output, rows)
    return 1 if failed else 0


def run_pack(options: argparse.Namespace) -> int:
    """Pack all documents into one context for `--query`."""
    if not options.query:
        raise ValueError("`--query` is needed to pack")
    if options.max_tokens is None and options.max_characters is None:
        raise ValueError("`--max-tokens` or `--max-characters` is needed")
    _check(options)
    documents, failed = _read(options)
    context = _load(options).pack(
        options.query,
        [document.text for document in documents],
        max_tokens=options.max_tokens,
        max_characters=options.max_characters,
        separator=options.separator,
        threshold=options.threshold or 0.0,
        always_keep=("headings",) if options.headings else (),
        show_progress=False if options.quiet else None,
    )
    if options.json:
        names = [document.name for document in documents]
        write(f"{json.dumps({**context.to_dict(), 'documents': names})}\n")
    else:
        write(_line_ended(context.text))
    if not options.quiet:
        found = len({sentence.index for sentence in context.sentences})
        _say(
            f"{context.tokens} tokens: {len(context.sentences)} sentences of {found} of"
            f" {len(documents)} documents; {len(context.omitted)} left out"
        )
        for text in context.warnings:
            _say(text)
    return 1 if failed else 0


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
    """What all commands take that prune."""
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="a text, JSON lines or a JSON array, gzipped or not; `-`, or none, is standard input",
    )
    parser.add_argument("--query", help="the question; `prune` takes a document's own first")
    parser.add_argument(
        "--input-format",
        choices=("auto", "text", "jsonl"),
        default="auto",
        help="auto: by name and content (default); an object of JSON holds its text under `text`,"
        " `document` or `context`, and perhaps `id` and `query`",
    )
    parser.add_argument("--threshold", type=float, help="keep probability to stay, 0 to 1")
    for unit in ("tokens", "characters"):
        parser.add_argument(f"--max-{unit}", type=int, metavar="N", help=f"{unit} that may stay")
    parser.add_argument(
        "--model", default=DEFAULT, help="folder or hub id; by default the built-in English model"
    )
    add_hub_options(parser)
    parser.add_argument(
        "--device", default="auto", help="of torch, such as cpu or cuda:0; by default the best"
    )
    parser.add_argument("--quiet", action="store_true", help="only results and errors")


def _add_choices(parser: argparse.ArgumentParser) -> None:
    """What stays of each document, and how it is written."""
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="diff",
        help="text: what stays; diff: what stays and what goes (default)",
    )
    parser.add_argument("--output", metavar="FILE", help="write the results there")
    parser.add_argument(
        "--min-sentences", type=int, metavar="N", help="sentences of a document that stay at least"
    )
    parser.add_argument(
        "--always-keep",
        action="append",
        choices=ALWAYS_KEEP,
        help="what stays whatever its probability; may be given several times",
    )


def _check(options: argparse.Namespace) -> None:
    """Raise for a wrong value, before anything is read or loaded."""
    if options.query:
        check_query(options.query)
    Selection(
        threshold=0 if options.threshold is None else options.threshold,
        budget=Budget(max_tokens=options.max_tokens, max_characters=options.max_characters),
    )
    check_device(options.device)


def _check_output(options: argparse.Namespace) -> None:
    """The same of what `_add_choices` adds."""
    if options.min_sentences is not None:
        check_int("min_sentences", options.min_sentences, minimum=0)
    if options.output:
        check_file(options.output)
        if any(os.path.exists(f) and _is_same(f, options.output) for f in options.files):
            raise ValueError(f"`--output` {options.output!r} is an input, which would be lost")


def _is_same(one: str, other: str) -> bool:
    return os.path.exists(other) and os.path.samefile(one, other)


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
    names = ("threshold", "max_tokens", "max_characters", "min_sentences", "always_keep")
    return {name: getattr(options, name) for name in names}


def _print(options: argparse.Namespace, output: Output, rows: Iterable[Row]) -> None:
    """Write each result when it comes; one page of all of them where the format is html."""
    pages = []
    for document, query, result in rows:
        if options.format == "html":
            pages.append((document.name, result))
        else:
            output.write(_rendered(options.format, document, query, result))
        if not options.quiet:
            summary = () if options.output else (result.summary(),)
            for text in (*summary, *result.warnings):
                print(f"{clean_line(document.name)}: {text}", file=sys.stderr)
    if options.format == "html":
        output.write(to_html(options.query or "Pruned documents", pages))


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
    return _line_ended(text)


def _line_ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"


def _say(text: str) -> None:
    print(clean_line(text), file=sys.stderr)


def _nothing(text: str) -> None:
    pass


def _complain(name: str, error: str) -> int:
    print(f"{clean_line(name)}: {clean_line(error)}", file=sys.stderr)
    return 1
