"""The commands, which core's command line finds by the entry point `pruning.commands`."""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from pruning_core import checkpoint
from pruning_core.builtin import BUILTIN_MODELS, DEFAULT
from pruning_transformers.cli import autoload, evaluation, training
from pruning_transformers.cli.checking import Check, check
from pruning_transformers.configuration import AUTO_MAP, PruningEncoderConfig
from pruning_transformers.modeling import PruningEncoderForSequenceClassification
from pruning_transformers.released import EMITTED, emitted_by
from pruning_transformers.saving import model_card, write_model_card


def register(subparsers: Any) -> None:
    """Add the commands."""
    for name, run, text in (
        ("check", run_check, "open a checkpoint by every path and compare the numbers"),
        ("verify", run_verify, "is its modeling file one that a release emits? runs no code"),
        ("emit", run_emit, "add the modeling file and auto_map to a checkpoint of core"),
        ("export-ranking", run_export, "save the ranking model as a plain sequence classifier"),
    ):
        parser = subparsers.add_parser(name, help=text)
        parser.set_defaults(run=run)
        parser.add_argument("folder", type=Path, metavar="DIR")
        if run is run_check:
            parser.add_argument("--write-usage", action="store_true", help="write DIR/USAGE.md")
            parser.add_argument(
                "--trust-remote-code", action="store_true", help="run an unknown modeling file"
            )
        if run is run_export:
            parser.add_argument("target", type=Path, metavar="TARGET")
    training.register(subparsers)
    evaluation.register(subparsers)
    parser = subparsers.add_parser("autoload", help="open checkpoints without importing anything")
    parser.set_defaults(run=autoload.run)
    parser.add_argument("action", choices=("enable", "disable", "status"))


def run_check(options: argparse.Namespace) -> int:
    """Print a table; 1 at the first broken path."""
    rows: list[Check] = []
    for row in check(options.folder, trust_remote_code=options.trust_remote_code):
        rows.append(row)
        if row.error:
            break
    table = _table(rows)
    print(table)
    if rows[-1].error:
        print(f"\n{rows[-1].path}: {rows[-1].error}")
        return 1
    if options.write_usage:
        config = PruningEncoderConfig.from_pretrained(options.folder)
        text = f"{model_card(config)}\n## Checked\n\n{table}\n"
        (options.folder / "USAGE.md").write_text(text, encoding="utf-8")
    return 0


def run_verify(options: argparse.Namespace) -> int:
    """Print the version that emits the modeling file; 1 if none does."""
    version = emitted_by(options.folder)
    if version is None:
        print(f"unknown: no release emits {options.folder / EMITTED.name}; read it before you")
        print("load it with `trust_remote_code=True`, or replace it by `pruning emit`")
        return 1
    print(f"emitted by pruning-transformers {version}")
    return 0


def run_emit(options: argparse.Namespace) -> int:
    """Write the modeling file, `auto_map` and, where there is none, the model card."""
    checkpoint.open(options.folder)
    path = options.folder / "config.json"
    data = json.loads(path.read_text(encoding="utf-8")) | {"auto_map": AUTO_MAP}
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.copyfile(EMITTED, options.folder / EMITTED.name)
    config = PruningEncoderConfig.from_pretrained(options.folder)
    write_model_card(options.folder, config, str(options.folder))
    print(f"added {EMITTED.name} and auto_map to {options.folder}")
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Save the backbone with its ranking head."""
    folder = BUILTIN_MODELS[DEFAULT] if options.folder == Path(DEFAULT) else options.folder
    model = PruningEncoderForSequenceClassification.from_pretrained(folder)
    model.export_ranking_model(options.target)
    print(f"wrote the ranking model to {options.target}")
    return 0


def _table(rows: list[Check]) -> str:
    """A Markdown table."""
    lines = ["| path | result | largest difference |", "| --- | --- | --- |"]
    for row in rows:
        result = "broken" if row.error else (row.note or "works")
        difference = "" if row.difference is None else f"{row.difference:.1e}"
        lines.append(f"| {row.path} | {result} | {difference} |")
    return "\n".join(lines)
