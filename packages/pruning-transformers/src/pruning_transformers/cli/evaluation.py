"""`pruning evaluate`: tables, JSON and a plot of how models prune and rank."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pruning_core.cli.targets import check_file
from pruning_transformers.loading import MODEL_CARD

if TYPE_CHECKING:
    from pruning_transformers.evaluation.systems import System

BASELINES = ("bm25", "lead")


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("evaluate", help="measure pruning and ranking on questions")
    parser.set_defaults(run=run)
    add_arguments(parser)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("model", metavar="MODEL", help="folder or hub id; `default` is built in")
    parser.add_argument("files", nargs="+", metavar="FILE", help="questions with evidence, JSONL")
    parser.add_argument(
        "--compare", nargs="+", default=[], metavar="MODEL", help="others, also cross-encoders"
    )
    parser.add_argument("--baselines", nargs="+", default=[], choices=BASELINES)
    parser.add_argument("--retention", type=float, default=0.9, help="wanted; suggests a threshold")
    parser.add_argument("--limit", type=int, metavar="N", help="questions of a file, at random")
    parser.add_argument("--ranking-questions", type=int, default=50, help="a file; 0 for none")
    parser.add_argument(
        "--negatives",
        nargs="+",
        default=["random"],
        choices=("random", "hard"),
        help="passages to rank the own one among: at random, the nearest by BM25, or both",
    )
    parser.add_argument("--brief", action="store_true", help="no sweep over thresholds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything as JSON")
    parser.add_argument(
        "--card",
        action="store_true",
        help="write the results into the metadata of MODEL's model card, README.md of its folder",
    )
    parser.add_argument(
        "--plot", type=Path, nargs="+", default=[], metavar="FILE", help="write .png or .svg"
    )


def run(options: argparse.Namespace, extra: Sequence["System"] = ()) -> int:
    """Measure and print; `extra` are systems that the command line cannot name."""
    from pruning_transformers.evaluation.cards import write_results
    from pruning_transformers.evaluation.data import EvaluationFile
    from pruning_transformers.evaluation.report import check_options, evaluate
    from pruning_transformers.evaluation.systems import BM25System, LeadSystem, open_systems

    names = ("retention", "limit", "ranking_questions", "negatives")
    chosen = {name: getattr(options, name) for name in names}
    check_options(**chosen)
    _check_targets(options)
    files = [EvaluationFile(source, options.limit) for source in options.files]
    systems = open_systems([options.model, *options.compare])
    systems += [BM25System() if name == "bm25" else LeadSystem() for name in options.baselines]
    report = evaluate([*systems, *extra], files, **chosen)
    print(report.to_markdown(brief=options.brief))
    if options.json:
        text = json.dumps(report.to_dict(), indent=2) + "\n"
        options.json.write_text(text, encoding="utf-8")
    if options.card:
        write_results(report, systems[0].name, Path(options.model, MODEL_CARD))
    if options.plot:
        from pruning_transformers.evaluation.plot import plot

        plot(report, options.plot)
    return 0


def _check_targets(options: argparse.Namespace) -> None:
    """Raise for what could not be written in the end."""
    for path in options.plot:
        if path.suffix not in (".png", ".svg"):
            raise ValueError(f"`--plot` must end in .png or .svg, not {str(path)!r}")
    for path in [*options.plot, *([options.json] if options.json else [])]:
        check_file(path)
    card = Path(options.model, MODEL_CARD)
    if options.card and not card.is_file():
        raise FileNotFoundError(f"`--card` needs a model card, and there is no {str(card)!r}")
    if options.plot:
        from pruning_transformers.evaluation.plot import check_matplotlib

        check_matplotlib()
