"""`pruning prune`, `pruning rank`, `pruning pack` and `pruning convert`."""

import argparse
import json
import os
import sys
from collections import deque
from collections.abc import Iterator
from typing import Any

from pruning_core import checkpoint
from pruning_core.budgets import Budget
from pruning_core.cli.descriptions import describe
from pruning_core.cli.hub_options import add_hub_options, hub_options
from pruning_core.cli.inputs import InputDocument, read_documents, size_of
from pruning_core.cli.outputs import opened
from pruning_core.cli.printing import line_ended, print_results
from pruning_core.cli.pruner_options import (
    add_kept,
    add_limits,
    add_model,
    open_pruner,
    selection,
)
from pruning_core.cli.streams import write
from pruning_core.cli.targets import check_file, check_folder
from pruning_core.devices import check_device_option
from pruning_core.progress import progress
from pruning_core.rendering import clean_line
from pruning_core.selection import Selection
from pruning_core.streaming import LOOK_AHEAD_PAIRS
from pruning_core.validation import check_int, check_query

FORMATS = ("text", "jsonl", "html", "diff")

PIPE_PAIRS = 16
"""Pairs that are read ahead where an input is no file: it may be written to while we read."""


def register(subparsers: Any) -> None:
    """Add the commands."""
    prune = subparsers.add_parser(
        "prune", help="print the sentences of each document that matter to a query"
    )
    prune.set_defaults(run=run_prune)
    rank = subparsers.add_parser("rank", help="rank documents for a query and prune them")
    rank.set_defaults(run=run_rank)
    rank.add_argument(
        "--top-k", type=int, metavar="N", help="print only the N best documents (default: all)"
    )
    pack = subparsers.add_parser(
        "pack", help="fill a budget with the sentences of all documents that matter most"
    )
    pack.set_defaults(run=run_pack)
    for parser in (prune, rank, pack):
        _add_arguments(parser)
    for parser in (prune, rank):
        _add_choices(parser)
    pack.add_argument(
        "--separator", default="\n\n", help="text between two documents (default: an empty line)"
    )
    pack.add_argument(
        "--headings", action="store_true", help="put the headings above a sentence before it"
    )
    pack.add_argument(
        "--json", action="store_true", help="print the places of the sentences too, as JSON"
    )
    prune.add_argument(
        "--resume",
        action="store_true",
        help="continue a run that was stopped, with `--output FILE` and `--format jsonl`",
    )
    convert = subparsers.add_parser(
        "convert", help="save a checkpoint of another project in the format of this one"
    )
    convert.set_defaults(run=run_convert)
    convert.add_argument("source", metavar="SOURCE", help="folder or hub id of the checkpoint")
    convert.add_argument("target", metavar="TARGET", help="folder to write")
    add_hub_options(convert)
    convert.add_argument(
        "--allow-pickled-head",
        action="store_true",
        help="read a pruning head that is in pytorch_model.bin, a pickle, by a safe loader",
    )
    _describe(prune, rank, pack, convert)


def _describe(*parsers: argparse.ArgumentParser) -> None:
    """What each of the commands does, with examples."""
    prune, rank, pack, convert = parsers
    describe(
        prune,
        "Print which sentences of each document matter to a query and which do not. Documents are"
        " texts, JSON lines or JSON arrays. Each result is printed when it is ready.",
        'prune --query "When did the bridge open?" article.txt',
        "prune --format jsonl --output pruned.jsonl --resume questions.jsonl.gz",
    )
    describe(
        rank,
        "Rank documents for a query, best first, and print for each its place, its score, its name"
        " and what matters to the query.",
        'rank --query "When did the bridge open?" --top-k 3 articles/*.txt',
    )
    describe(
        pack,
        "Print one context within a budget, made of the sentences of all documents that matter"
        " most to a query. Give --max-tokens, --max-characters or both.",
        'pack --query "When did the bridge open?" --max-tokens 500 articles/*.txt',
    )
    describe(
        convert,
        "Open a checkpoint of OpenProvence, Provence, XProvence or PruningEncoder of July 2025,"
        " without running its code, and save it in the format of this project.",
        "convert hotchpotch/open-provence-reranker-xsmall-v1 my-pruner",
    )


def run_prune(options: argparse.Namespace) -> int:
    """Prune each document for its own query, or for `--query`, and print it when it is ready."""
    _check_output(options)
    if options.resume and not (options.output and options.format == "jsonl"):
        raise ValueError("`--resume` needs `--output FILE` and `--format jsonl`")
    _check(options)
    pruner = open_pruner(options)
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
            **selection(options),
            show_progress=False,
            look_ahead_pairs=PIPE_PAIRS if size is None else LOOK_AHEAD_PAIRS,
            skip=output.done,
        )
        print_results(options, output, ((*asked.popleft(), result) for result in results))
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
    ranked = open_pruner(options).rank(
        options.query,
        [document.text for document in documents],
        top_k=options.top_k,
        show_progress=False if options.quiet else None,
        **selection(options),
    )
    found = ((documents[row.index], row.pruned) for row in ranked)
    rows = ((document, options.query, pruned) for document, pruned in found if pruned is not None)
    with opened(options.output, resume=False) as output:
        print_results(options, output, rows, is_ranking=True)
    return 1 if failed else 0


def run_pack(options: argparse.Namespace) -> int:
    """Pack all documents into one context for `--query`."""
    if not options.query:
        raise ValueError("`--query` is needed to pack")
    if options.max_tokens is None and options.max_characters is None:
        raise ValueError("`--max-tokens` or `--max-characters` is needed")
    _check(options)
    documents, failed = _read(options)
    context = open_pruner(options).pack(
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
        write(line_ended(context.text))
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
    from pruning_core.encoder import PruningEncoder  # and torch, which not every command needs

    check_folder(options.target)
    opened = checkpoint.open(options.source, **hub_options(options))
    tokenizer = opened.tokenizer()
    encoder = PruningEncoder.from_checkpoint(opened, allow_pickled_head=options.allow_pickled_head)
    encoder.save_pretrained(options.target, tokenizer=tokenizer)
    if not options.quiet:
        _say(f"wrote {options.target}")
    return 0


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    """What all commands take that prune."""
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="texts, JSON lines or JSON arrays, compressed by gzip or not; - is standard input"
        " (default: -)",
    )
    parser.add_argument(
        "--query",
        help="a question, some words or a claim; `rank` and `pack` need it, with `prune` the"
        " `query` of a JSON object comes first (default: none)",
    )
    parser.add_argument(
        "--input-format",
        choices=("auto", "text", "jsonl"),
        default="auto",
        help="how to read the input (default: auto, by name and content); a JSON object has its"
        " text under `text`, `document` or `context`, and may have an `id` and a `query`",
    )
    if parser.prog.endswith(" pack"):
        add_limits(parser, "the context", threshold="0")
    else:
        add_limits(parser, "each document")
    add_model(parser)


def _add_choices(parser: argparse.ArgumentParser) -> None:
    """What stays of each document, and how it is written."""
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="diff",
        help="text: what stays; diff: also what goes, after a `-`; jsonl: all that is known, a"
        " line for each document; html: a page (default: diff)",
    )
    parser.add_argument(
        "--output", metavar="FILE", help="write the results to FILE (default: standard output)"
    )
    add_kept(parser)


def _check(options: argparse.Namespace) -> None:
    """Raise for a wrong value, before anything is read or loaded."""
    if options.query:
        check_query(options.query)
    Selection(
        threshold=0 if options.threshold is None else options.threshold,
        budget=Budget(max_tokens=options.max_tokens, max_characters=options.max_characters),
    )
    check_device_option(options.device)


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


def _say(text: str) -> None:
    print(clean_line(text), file=sys.stderr)


def _nothing(text: str) -> None:
    pass


def _complain(name: str, error: str) -> int:
    print(f"{clean_line(name)}: {clean_line(error)}", file=sys.stderr)
    return 1
