"""`pruning evaluate`: tables, JSON and a plot of how models prune and rank."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pruning_core.builtin import NAMES_HELP
from pruning_core.cli.descriptions import describe
from pruning_core.cli.targets import check_file
from pruning_transformers.loading import MODEL_CARD

if TYPE_CHECKING:
    from pruning_transformers.evaluation.systems import System

BASELINES = ("bm25", "lead")


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "evaluate", help="measure how a pruner prunes and ranks, and suggest a threshold"
    )
    parser.set_defaults(run=run)
    describe(
        parser,
        "Measure how models prune and rank on questions whose evidence is known, and suggest a"
        " threshold. Prints tables.",
        "evaluate default dev.jsonl --retention 0.95",
        "evaluate my-pruner dev.jsonl --compare default --baselines bm25 --plot curve.svg",
    )
    add_arguments(parser)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("model", metavar="MODEL", help=f"folder or hub id; {NAMES_HELP}")
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="JSON lines of questions with their evidence"
    )
    parser.add_argument(
        "--compare",
        nargs="+",
        default=[],
        metavar="MODEL",
        help="further pruners, or cross-encoders, which are only ranked (default: none)",
    )
    parser.add_argument(
        "--baselines",
        nargs="+",
        default=[],
        choices=BASELINES,
        help="BM25 over sentences, or the first sentences (default: none)",
    )
    parser.add_argument(
        "--retention",
        type=float,
        default=0.9,
        metavar="SHARE",
        help="share of the questions that should keep all evidence, for which a threshold is"
        " suggested (default: 0.9)",
    )
    parser.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help="use N questions of each file, drawn at random (default: all)",
    )
    parser.add_argument(
        "--ranking-questions",
        type=int,
        default=50,
        metavar="N",
        help="rank N questions of each file; 0 is none (default: 50)",
    )
    parser.add_argument(
        "--negatives",
        nargs="+",
        default=["random"],
        choices=("random", "hard"),
        help="passages to rank a question's own one among: at random, the nearest by BM25, or both"
        " (default: random)",
    )
    parser.add_argument(
        "--brief", action="store_true", help="leave out the table over many thresholds"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write everything as JSON (default: no file)"
    )
    parser.add_argument(
        "--card",
        action="store_true",
        help="write the results into the metadata of MODEL's model card, README.md of its folder",
    )
    parser.add_argument(
        "--plot",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="draw the curves into files that end in .png or .svg (default: none)",
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
    show = False if options.quiet else None
    systems = open_systems([options.model, *options.compare], show_progress=show)
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
