"""What was measured, in the metadata of a model card, where the hub reads it."""

from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import EvalResult

from pruning_transformers.card_metadata import changed
from pruning_transformers.evaluation.metrics import calibration_error
from pruning_transformers.evaluation.report import COMPRESSIONS, PruningMeasurement, Report

PRUNING = ("token-classification", "Context pruning")
RANKING = ("text-ranking", "Reranking")
COMPRESSION = 0.6
DIGITS = 4


def write_results(report: Report, system: str, card: Path) -> None:
    """Put what was measured of a system into the `model-index` of a card, in place of what it has.

    Args:
        report: of `evaluate`.
        system: its name there, under which the results are.
        card: a README.md with the hub's metadata.

    Raises:
        FileNotFoundError: there is no card.
        ValueError: its metadata are not YAML, or nothing was measured of the system.

    Example:
        >>> model.save_pretrained("my-pruner")
        >>> write_results(report, "default", Path("my-pruner/README.md"))
        >>> "model-index:" in Path("my-pruner/README.md").read_text()
        True
    """
    results = list(_results(report, system))
    if not results:
        raise ValueError(f"nothing was measured of {system!r}")
    with changed(card) as found:
        found.data["model_name"] = system
        found.data["eval_results"] = results


def _results(report: Report, system: str) -> Iterator[EvalResult]:
    for row in report.pruning:
        if row.system == system:
            yield from _pruning(row)
    for ranked in report.ranking:
        if ranked.system == system:
            among = " among the nearest passages by BM25" if ranked.negatives == "hard" else ""
            yield _result(RANKING, ranked.file, "mrr", f"MRR@10{among}", ranked.mrr)


def _pruning(row: PruningMeasurement) -> Iterator[EvalResult]:
    point = row.at_compressions[COMPRESSIONS.index(COMPRESSION)]
    title = f"retention at a compression of {COMPRESSION:.2f}"
    yield _result(PRUNING, row.file, "retention", title, point.retention)
    if row.at_default is not None:
        for kind in ("retention", "compression"):
            title = f"{kind} at the default threshold"
            yield _result(PRUNING, row.file, kind, title, getattr(row.at_default, kind))
    if row.reliability:
        error = calibration_error(row.reliability)
        yield _result(PRUNING, row.file, "ece", "expected calibration error", error)


def _result(task: tuple[str, str], file: str, kind: str, title: str, value: float) -> EvalResult:
    return EvalResult(
        task_type=task[0],
        task_name=task[1],
        dataset_type=file.replace(" ", "-"),
        dataset_name=file,
        metric_type=kind,
        metric_name=title,
        metric_value=round(float(value), DIGITS),
    )
