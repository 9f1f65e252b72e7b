"""Arguments that say where a model's files come from, for every command that opens one."""

import argparse
from pathlib import Path
from typing import Any

NAMES = ("revision", "cache_dir", "local_files_only", "subfolder", "variant")


def add_hub_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments; a token is never one of them: `HF_TOKEN` or `hf auth login` gives it."""
    group = parser.add_argument_group("where a model's files come from")
    group.add_argument("--revision", help="branch, tag or commit of a hub id")
    group.add_argument("--subfolder", default="", help="folder of the model that holds it")
    group.add_argument("--variant", help="of the files of weights, such as fp16")
    group.add_argument("--cache-dir", type=Path, metavar="DIR", help="folder of downloads")
    group.add_argument("--local-files-only", action="store_true", help="download nothing")


def hub_options(options: argparse.Namespace) -> dict[str, Any]:
    """The keyword arguments of `checkpoint.open`."""
    return {name: getattr(options, name) for name in NAMES}
