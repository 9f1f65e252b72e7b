"""`pruning bulk`: Parquet files and JSON lines, by Ray Data."""

import argparse
import sys
from typing import Any

from pruning_core.bulk import PruneBatches
from pruning_core.cli.descriptions import describe
from pruning_core.cli.hub_options import hub_options
from pruning_core.cli.pruner_options import add_kept, add_limits, add_model, selection
from pruning_core.devices import check_device_option


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser("bulk", help="prune files of any size, on one machine or many")
    parser.set_defaults(run=run_bulk)
    describe(
        parser,
        "Prune the rows of Parquet files or JSON lines by Ray Data, on this machine or a cluster."
        " Rows come out with the columns pruned_text, score, compression, kept_spans, warnings and"
        " error. The same command goes on where a run was stopped.",
        'bulk pages.parquet pruned --query "When did the bridge open?"',
        "bulk s3://bucket/pages s3://bucket/pruned --query-column question --address auto"
        " --actors 32",
    )
    parser.add_argument(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="Parquet files, JSON lines (.jsonl, .ndjson, also .gz) or folders of one of them;"
        " paths, or URIs such as s3://bucket/folder",
    )
    parser.add_argument("output", metavar="OUTPUT", help="folder to write")
    parser.add_argument("--query", help="query of the rows that have none (default: none)")
    parser.add_argument(
        "--query-column", metavar="NAME", help="column of the queries (default: none)"
    )
    parser.add_argument(
        "--text-column", metavar="NAME", default="text", help="column of the texts (default: text)"
    )
    parser.add_argument(
        "--prefix", default="", help="put before the names of new columns (default: nothing)"
    )
    add_limits(parser, "each text")
    add_kept(parser)
    pool = parser.add_argument_group("what computes")
    pool.add_argument(
        "--actors",
        type=int,
        default=1,
        metavar="N",
        help="processes that each hold the model (default: 1)",
    )
    pool.add_argument(
        "--cpus",
        type=int,
        metavar="N",
        help="CPUs of each actor (default: an equal share of this machine; with --address 1)",
    )
    pool.add_argument(
        "--gpus", type=float, default=0, metavar="N", help="GPUs of each actor (default: 0)"
    )
    pool.add_argument(
        "--address",
        help="address of a Ray cluster, or auto for the one of this machine (default: a new one"
        " here)",
    )
    add_model(parser)


def run_bulk(options: argparse.Namespace) -> int:
    """Prune all files; 1 where a row failed."""
    from pruning_core.integrations.ray import prune_files

    if options.address is None:
        check_device_option(options.device)
    prune = PruneBatches(
        model=options.model,
        text_column=options.text_column,
        query_column=options.query_column,
        query=options.query,
        prefix=options.prefix,
        **selection(options),
        device=options.device,
        **hub_options(options),
    )
    result = prune_files(
        options.inputs,
        options.output,
        prune,
        actors=options.actors,
        cpus=options.cpus,
        gpus=options.gpus,
        address=options.address,
        show_progress=False if options.quiet else None,
    )
    if not options.quiet or result.failed:
        text = f"{result.files} files pruned, {result.skipped} were already"
        print(f"pruning bulk: {text}; {result.failed} rows have an error", file=sys.stderr)
    return int(result.failed > 0)
