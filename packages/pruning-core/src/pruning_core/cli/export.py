"""`pruning export-onnx`: a checkpoint for ONNX Runtime."""

import argparse
import sys
from typing import Any

from pruning_core.builtin import NAMES_HELP
from pruning_core.cli.descriptions import describe
from pruning_core.cli.hub_options import add_hub_options, hub_options
from pruning_core.cli.inputs import read_documents
from pruning_core.cli.targets import check_folder
from pruning_core.rendering import clean_line


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "export-onnx", help="save a checkpoint for ONNX Runtime, which is faster on a CPU"
    )
    parser.set_defaults(run=run_export)
    describe(
        parser,
        "Save a checkpoint so that it runs in ONNX Runtime, without torch, and say how far it"
        " decides as before. Nothing is written where it decides otherwise for more than 1 % of the"
        " sentences, or ranks otherwise. Every command opens the folder as any model.",
        "export-onnx default fast-pruner --int8",
    )
    parser.add_argument("model", metavar="MODEL", help=f"folder or hub id; {NAMES_HELP}")
    parser.add_argument("target", metavar="TARGET", help="folder to write")
    parser.add_argument(
        "--int8", action="store_true", help="with whole numbers of 8 bits, which are faster still"
    )
    parser.add_argument(
        "--calibrate",
        metavar="FILE",
        help="JSON lines of a `query` and a `text` each, to compare on (default: a text that the"
        " package carries)",
    )
    parser.add_argument(
        "--force", action="store_true", help="write it also where it decides otherwise"
    )
    add_hub_options(parser)


def run_export(options: argparse.Namespace) -> int:
    """Export MODEL to TARGET and print how far the two agree."""
    check_folder(options.target)
    pairs = None if options.calibrate is None else _pairs(options.calibrate)
    from pruning_core.onnx.export import export_onnx  # and torch, which takes seconds

    agreement = export_onnx(
        options.model,
        options.target,
        int8=options.int8,
        pairs=pairs,
        force=options.force,
        **hub_options(options),
    )
    if not options.quiet:
        print(clean_line(f"wrote {options.target}: {agreement}"), file=sys.stderr)
    return 0


def _pairs(file: str) -> list[tuple[str, str]]:
    """The pairs of a file.

    Raises:
        ValueError: a line cannot be read, or has no query.
    """
    pairs = []
    for document in read_documents([file], "auto"):
        if document.error is not None or not document.query:
            reason = document.error or "it has no query"
            raise ValueError(f"`--calibrate` {file!r}: {document.name}: {reason}")
        pairs.append((document.query, document.text))
    return pairs
