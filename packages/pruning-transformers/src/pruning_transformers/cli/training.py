"""`pruning train`: trains a pruner by the settings of a YAML file."""

import argparse
import logging
from pathlib import Path

from pruning_core.cli.descriptions import describe
from pruning_core.cli.targets import check_folder

EXTRA = "pip install 'pruning-transformers[train]'"


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("train", help="train or fine-tune a pruner")
    parser.set_defaults(run=run)
    parser.add_argument(
        "settings", type=Path, metavar="CONFIG.yaml", help="file with the settings of the run"
    )
    describe(
        parser,
        "Train a pruner from a cross-encoder, an encoder or a pruner, by the settings of a file."
        " All data are checked first. The same command continues a run that was stopped. The"
        " training guide has every setting.",
        "train config.yaml",
    )


def run(options: argparse.Namespace) -> int:
    """Train, unless that is done, and print where the model is."""
    try:
        import accelerate  # noqa: F401
    except ImportError as error:
        raise ImportError(f"training needs accelerate: `{EXTRA}`") from error
    from pruning_transformers.training.run import train
    from pruning_transformers.training.settings import TrainSettings

    settings = TrainSettings.read(options.settings)
    check_folder(settings.output)
    log, handler = logging.getLogger("pruning_transformers"), logging.StreamHandler()
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.WARNING if options.quiet else logging.INFO)
    try:
        folder = train(settings, show_progress=not options.quiet)
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    print(f"the model is in {folder}")
    return 0
