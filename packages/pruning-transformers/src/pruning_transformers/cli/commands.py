"""The commands, which core's command line finds by the entry point `pruning.commands`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pruning_core import checkpoint
from pruning_core.builtin import NAMES_HELP
from pruning_core.cli.descriptions import describe
from pruning_core.cli.hub_options import add_hub_options, hub_options
from pruning_core.cli.targets import check_folder
from pruning_core.hub import locate
from pruning_core.rendering import clean_line
from pruning_core.staging import staged
from pruning_transformers.cards import model_card
from pruning_transformers.checking import Check, check
from pruning_transformers.cli import autoload, evaluation, training
from pruning_transformers.configuration import PruningEncoderConfig
from pruning_transformers.emitting import emit
from pruning_transformers.models import PruningEncoderForSequenceClassification
from pruning_transformers.released import EMITTED
from pruning_transformers.verification import verify as verify_folder


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    checks = subparsers.add_parser(
        "check", help="open a checkpoint in every way and compare the numbers"
    )
    checks.set_defaults(run=run_check)
    checks.add_argument(
        "--write-usage", action="store_true", help="write USAGE.md into the checkpoint's folder"
    )
    checks.add_argument(
        "--trust-remote-code",
        action="store_true",
        help="also run a modeling file that no release writes; read it first",
    )
    describe(
        checks,
        "Open a checkpoint in every way that it should open, with this package and without it, and"
        " compare the numbers. Code of the checkpoint runs only where a release wrote it.",
        "check my-pruner",
    )
    verify = subparsers.add_parser(
        "verify", help="say whether a checkpoint's code is what a release writes"
    )
    verify.set_defaults(run=run_verify)
    describe(
        verify,
        "Say whether the modeling file of a checkpoint is one that a release of"
        " pruning-transformers writes, and whether other files of it could run code. Nothing of"
        " the checkpoint is run.",
        "verify org/pruner --revision 0123abc",
    )
    emits = subparsers.add_parser(
        "emit", help="make a checkpoint open where nothing of this project is installed"
    )
    emits.set_defaults(run=run_emit)
    emits.add_argument("folder", type=Path, metavar="DIR", help="folder of the checkpoint")
    describe(
        emits,
        "Write the modeling file, its entry in config.json and, where there is none, a model card"
        " into a checkpoint that pruning-core saved, so that transformers opens it by"
        " trust_remote_code=True where nothing of this project is installed.",
        "emit my-pruner",
    )
    export = subparsers.add_parser(
        "export-ranking", help="save the ranking model as a plain sequence classifier"
    )
    export.set_defaults(run=run_export)
    describe(
        export,
        "Save the ranking model of a checkpoint as a plain sequence classifier of transformers,"
        " for CrossEncoder and for serving engines that rank.",
        "export-ranking default reranker",
        "export-ranking default reranker --onnx",
    )
    for parser in (checks, verify, export):
        parser.add_argument(
            "model",
            metavar="MODEL",
            help=f"folder or hub id; {NAMES_HELP}",
        )
        add_hub_options(parser)
    export.add_argument("target", type=Path, metavar="TARGET", help="folder to write")
    export.add_argument(
        "--onnx",
        action="store_true",
        help="write model.onnx too, with one output `logits` (default: safetensors alone)",
    )
    training.register(subparsers)
    evaluation.register(subparsers)
    parser = subparsers.add_parser(
        "autoload", help="let transformers open pruning encoders without an import"
    )
    parser.set_defaults(run=autoload.run)
    parser.add_argument(
        "action",
        choices=("enable", "disable", "status"),
        help="write the two files, remove them, or say whether they are there",
    )
    describe(
        parser,
        "Let every program of this Python environment open pruning encoders in transformers"
        f" without importing this package, by two small files in site-packages. {autoload.SWITCH}=0"
        " in the environment of a program switches that off.",
        "autoload enable",
    )


def run_check(options: argparse.Namespace) -> int:
    """Print a table; 1 at the first broken path."""
    folder = _folder(options)
    rows: list[Check] = []
    for row in check(folder, trust_remote_code=options.trust_remote_code):
        rows.append(row)
        if row.error:
            break
    table = _table(rows)
    print(table)
    if rows[-1].error:
        print(f"\n{rows[-1].path}: {rows[-1].error}")
        return 1
    if options.write_usage:
        config = PruningEncoderConfig.from_pretrained(folder)
        text = f"{model_card(config)}\n## Checked\n\n{table}\n"
        with staged(folder) as draft:
            (draft / "USAGE.md").write_text(text, encoding="utf-8")
    return 0


def run_verify(options: argparse.Namespace) -> int:
    """Print the version that emits the modeling file; 1 if none does, or if there is other code."""
    folder = _folder(options)
    found = verify_folder(folder)
    for problem in found.problems:
        print(clean_line(problem))
    if found.version is None:
        print(f"unknown: no release emits {folder / EMITTED.name}; read it before you")
        print("load it with `trust_remote_code=True`, or replace it by `pruning emit`")
    else:
        print(f"emitted by pruning-transformers {found.version}")
    return 0 if found.is_ours else 1


def run_emit(options: argparse.Namespace) -> int:
    """Write the modeling file, `auto_map` and, where there is none, the model card."""
    emit(options.folder)
    print(f"added {EMITTED.name} and auto_map to {options.folder}")
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Save the backbone with its ranking head."""
    check_folder(options.target)
    opened = checkpoint.open(options.model, **hub_options(options))
    if not opened.config.ranks:
        raise ValueError(f"`model` {options.model!r} of mode 'pruning_only' has no ranking model")
    model = PruningEncoderForSequenceClassification.from_pretrained(
        options.model, **hub_options(options)
    )
    if options.onnx:
        from pruning_core.encoder import PruningEncoder
        from pruning_core.onnx.export import export_ranking_onnx

        export_ranking_onnx(PruningEncoder.from_checkpoint(opened), options.target)
    model.export_ranking_model(options.target)
    print(f"wrote the ranking model to {options.target}")
    return 0


def _folder(options: argparse.Namespace) -> Path:
    """The folder of an opened checkpoint, with all of its code and what may name some."""
    hub = hub_options(options)
    opened = checkpoint.open(options.model, **hub)
    del hub["variant"]
    locate(options.model, ["*.py", "*.json"], **hub)
    return opened.folder


def _table(rows: Sequence[Check]) -> str:
    """A Markdown table."""
    lines = ["| path | result | largest difference |", "| --- | --- | --- |"]
    for row in rows:
        result = "broken" if row.error else (row.note or "works")
        difference = "" if row.difference is None else f"{row.difference:.1e}"
        lines.append(f"| {row.path} | {result} | {difference} |")
    return "\n".join(lines)
