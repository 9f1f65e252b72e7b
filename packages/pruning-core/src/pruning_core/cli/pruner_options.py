"""Arguments of every command that opens a pruner: which, and what it keeps."""

import argparse
from typing import Any

from pruning_core.builtin import DEFAULT, NAMES_HELP
from pruning_core.cli.hub_options import add_hub_options, hub_options
from pruning_core.pruner import Pruner
from pruning_core.selection import ALWAYS_KEEP

SELECTION = ("threshold", "max_tokens", "max_characters", "min_sentences", "always_keep")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add `--model`, `--device` and where the files of the model come from."""
    parser.add_argument(
        "--model",
        default=DEFAULT,
        help=f"folder or hub id; {NAMES_HELP} (default: default)",
    )
    add_hub_options(parser)
    parser.add_argument(
        "--device",
        default="auto",
        help="device of torch, such as cpu or cuda:0 (default: auto, the best there is)",
    )


def open_pruner(options: argparse.Namespace, token_budget: int | None = None) -> Pruner:
    """The pruner of these arguments."""
    return Pruner.from_pretrained(
        options.model, device=options.device, token_budget=token_budget, **hub_options(options)
    )


def add_limits(
    parser: argparse.ArgumentParser, whole: str, *, threshold: str = "that of the model"
) -> None:
    """Add `--threshold`, `--max-tokens` and `--max-characters`.

    Args:
        parser: of the command.
        whole: what the limits are of, for the help.
        threshold: the default, for the help.
    """
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="P",
        help=f"keep sentences with a probability of P or more, 0 to 1 (default: {threshold})",
    )
    for unit in ("tokens", "characters"):
        parser.add_argument(
            f"--max-{unit}",
            type=int,
            metavar="N",
            help=f"keep at most N {unit} of {whole} (default: no limit)",
        )


def add_kept(parser: argparse.ArgumentParser) -> None:
    """Add what stays whatever its probability."""
    parser.add_argument(
        "--min-sentences",
        type=int,
        metavar="N",
        help="keep at least N sentences of each document (default: 0)",
    )
    parser.add_argument(
        "--always-keep",
        action="append",
        choices=ALWAYS_KEEP,
        help="keep these whatever their probability; may be given several times (default: none)",
    )


def selection(options: argparse.Namespace) -> dict[str, Any]:
    """The keyword arguments of `Pruner.prune`."""
    return {name: getattr(options, name) for name in SELECTION}
