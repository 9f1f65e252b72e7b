"""Arguments that say where a model's files come from, for every command that opens one."""

import argparse
from pathlib import Path
from typing import Any

NAMES = ("revision", "cache_dir", "local_files_only", "subfolder", "variant")


def add_hub_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments; a token is never one of them: `HF_TOKEN` or `hf auth login` gives it."""
    group = parser.add_argument_group("where the model's files come from")
    group.add_argument(
        "--revision", help="branch, tag or commit of a model on the hub (default: its newest)"
    )
    group.add_argument(
        "--subfolder", default="", help="folder inside the model that has its files (default: none)"
    )
    group.add_argument(
        "--variant", help="variant of the files of weights, such as fp16 (default: none)"
    )
    group.add_argument(
        "--cache-dir",
        type=Path,
        metavar="DIR",
        help="folder of downloads (default: that of huggingface_hub)",
    )
    group.add_argument("--local-files-only", action="store_true", help="do not download anything")


def hub_options(options: argparse.Namespace) -> dict[str, Any]:
    """The keyword arguments of `checkpoint.open`."""
    return {name: getattr(options, name) for name in NAMES}
