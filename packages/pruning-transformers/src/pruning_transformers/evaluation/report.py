"""evaluate: systems and files -> a report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pruning_core.validation import as_texts, check_choice, check_int, check_share
from pruning_transformers.evaluation.data import EvaluationFile
from pruning_transformers.evaluation.metrics import (
    Bin,
    Point,
    Scored,
    at_compression,
    at_retention,
    by_kind,
    calibration_error,
    curve,
    measure,
    mrr,
    reliability,
)
from pruning_transformers.evaluation.systems import PrunerSystem, System

COMPRESSIONS = (0.5, 0.6, 0.7)
THRESHOLDS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
ALL = "all files"
NEGATIVES = ("random", "hard")


@dataclass(frozen=True, kw_only=True)
class PruningMeasurement:
    """How one system prunes one file, over its questions with evidence.

    Attributes:
        system: its name.
        file: the file's name, or `all files`.
        curve: points from everything kept to nothing.
        at_compressions: the points nearest to compressions of 0.5, 0.6 and 0.7.
        at_retention: the highest threshold that reaches the wanted retention.
        at_default: at the checkpoint's threshold; None for a system without one.
        sweep: at `THRESHOLDS`; empty for a system without keep probabilities.
        kinds: by kind of question, at the threshold of a compression of 0.6: a point, or the
            compression alone where no question of the kind has evidence.
        reliability: bins of the keep probabilities; empty for a system without them.
    """

    system: str
    file: str
    curve: tuple[Point, ...]
    at_compressions: tuple[Point, ...]
    at_retention: Point
    at_default: Point | None
    sweep: tuple[Point, ...]
    kinds: dict[str, Point | float]
    reliability: tuple[Bin, ...]


@dataclass(frozen=True, kw_only=True)
class RankingMeasurement:
    """Mean reciprocal rank of the own passage among others of the file, cut at 10.

    `negatives` says which others: drawn at `random`, or `hard`, the nearest to the question by
    BM25.
    """

    system: str
    file: str
    mrr: float
    negatives: str = "random"


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that was measured; `retention` is the wanted one."""

    retention: float
    pruning: tuple[PruningMeasurement, ...]
    ranking: tuple[RankingMeasurement, ...]

    def to_dict(self) -> dict[str, object]:
        """Plain data, ready for JSON.

        Example:
            >>> sorted(report.to_dict())
            ['pruning', 'ranking', 'retention']
        """
        return asdict(self)

    def to_markdown(self, *, brief: bool = False) -> str:
        """The tables; `brief` leaves out the sweep over thresholds.

        Example:
            >>> report.to_markdown(brief=True).splitlines()[0]
            'Retention at equal compression:'
        """
        return "\n\n".join([*self._pruning(brief), *self._ranking()])

    def _pruning(self, brief: bool) -> Iterable[str]:
        if not self.pruning:
            return
        systems = list(dict.fromkeys(row.system for row in self.pruning))
        by_file: dict[str, list[PruningMeasurement]] = {}
        for row in self.pruning:
            by_file.setdefault(row.file, []).append(row)
        yield "Retention at equal compression:"
        yield table(
            ["file", "compression", *systems],
            [
                (file, f"{wanted:.2f}", *(row.at_compressions[i].retention for row in rows))
                for file, rows in by_file.items()
                for i, wanted in enumerate(COMPRESSIONS)
            ],
        )
        yield from self._kinds(systems, by_file)
        own = [(row, row.at_default) for row in self.pruning if row.at_default]
        if not own:
            return
        yield "At the default threshold, and the compression of unanswerable questions:"
        yield _points(own)
        if not brief:
            yield "Over thresholds:"
            yield _points((row, point) for row, _ in own for point in row.sweep)
        last = ALL if len(by_file) > 1 else next(iter(by_file))
        yield f"At the highest threshold with a retention of {self.retention:.2f}:"
        yield _points((row, row.at_retention) for row, _ in own if row.file == last)
        yield "Expected calibration error of the keep probabilities:"
        yield table(
            ["model", *by_file],
            [
                (name, *(calibration_error(r.reliability) for r, _ in own if r.system == name))
                for name in dict.fromkeys(row.system for row, _ in own)
            ],
        )

    def _kinds(
        self, systems: Sequence[str], by_file: Mapping[str, Sequence[PruningMeasurement]]
    ) -> Iterable[str]:
        rows = [
            (file, kind, *(_of_kind(measured.kinds[kind]) for measured in rows))
            for file, rows in by_file.items()
            for kind in rows[0].kinds
        ]
        if rows:
            yield (
                "By kind of question, at the threshold of a compression of 0.60: retention, or"
                " compression (c) where nothing answers:"
            )
            yield table(["file", "kind", *systems], rows)

    def _ranking(self) -> Iterable[str]:
        systems = list(dict.fromkeys(row.system for row in self.ranking))
        files = list(dict.fromkeys(row.file for row in self.ranking))
        titles = {"random": "MRR@10:", "hard": "MRR@10 among the nearest passages by BM25:"}
        for negatives, title in titles.items():
            rows = [row for row in self.ranking if row.negatives == negatives]
            found = {(row.file, row.system): row.mrr for row in rows}
            if found:
                yield title
                lines = [(f, *(found[f, s] for s in systems)) for f in files]
                yield table(["file", *systems], lines)


def evaluate(
    systems: Sequence[System],
    sources: Sequence[str | Path | EvaluationFile],
    *,
    retention: float = 0.9,
    limit: int | None = None,
    ranking_questions: int = 50,
    candidates: int = 20,
    negatives: Sequence[str] = ("random",),
) -> Report:
    """Measure systems on files of questions, see `questions.read_questions`.

    Args:
        systems: at least one; the thresholds of pruning encoders are suggested.
        sources: the files, or what was read of them.
        retention: the wanted share of questions whose evidence stays, above 0 and at most 1.
        limit: questions of a file, drawn at random; None is all.
        ranking_questions: questions of a file that are ranked; 0 is none.
        candidates: passages that each ranked question has.
        negatives: which passages they are: `random`, `hard` (the nearest by BM25), or both.

    Raises:
        TypeError, ValueError: an argument is of a wrong type, or out of its range.

    Example:
        >>> write_questions(Path("dev.jsonl"), questions)
        >>> report = evaluate(open_systems(["default"]), ["dev.jsonl"], ranking_questions=0)
        >>> report.pruning[0].file
        'dev'
    """
    check_options(
        retention=retention,
        limit=limit,
        ranking_questions=ranking_questions,
        negatives=negatives,
    )
    check_int("candidates", candidates, minimum=2)
    pruning: list[PruningMeasurement] = []
    ranking: list[RankingMeasurement] = []
    pooled: dict[str, list[Scored]] = {}
    for source in sources:
        file = source if isinstance(source, EvaluationFile) else EvaluationFile(source, limit)
        for system in systems:
            scores = system.sentence_scores(file)
            if scores is not None:
                rows = file.scored(scores)
                pooled.setdefault(system.name, []).extend(rows)
                pruning += _pruning(system, file.name, rows, retention)
        for name in negatives:
            questions, passages = file.candidates(
                ranking_questions, candidates, hard=name == "hard"
            )
            for system in systems if questions else ():
                ranks = system.passage_scores(questions, passages)
                if ranks is not None:
                    ranking.append(
                        RankingMeasurement(
                            system=system.name, file=file.name, mrr=mrr(ranks), negatives=name
                        )
                    )
    for system in systems if len(sources) > 1 else ():
        if system.name in pooled:
            pruning += _pruning(system, ALL, pooled[system.name], retention)
    return Report(retention=retention, pruning=tuple(pruning), ranking=tuple(ranking))


def check_options(
    *, retention: float, limit: int | None, ranking_questions: int, negatives: Sequence[str]
) -> None:
    """Raise TypeError or ValueError for arguments that `evaluate` cannot take."""
    if not check_share("retention", retention):
        raise ValueError(f"`retention` must be above 0 and at most 1, not {retention!r}")
    if limit is not None:
        check_int("limit", limit, minimum=1)
    check_int("ranking_questions", ranking_questions, minimum=0)
    for name in as_texts("negatives", negatives):
        check_choice("negatives", name, NEGATIVES)


def _pruning(
    system: System, name: str, rows: Sequence[Scored], retention: float
) -> Iterable[PruningMeasurement]:
    """Nothing where no question has evidence."""
    answerable = [row for row in rows if row.labels.any()]
    if not answerable:
        return
    own = system.model.config.default_threshold if isinstance(system, PrunerSystem) else None
    points = [at_compression(answerable, wanted) for wanted in COMPRESSIONS]
    yield PruningMeasurement(
        system=system.name,
        file=name,
        curve=tuple(curve(answerable)),
        at_compressions=tuple(points),
        at_retention=at_retention(rows, retention),
        at_default=None if own is None else measure(rows, own),
        sweep=() if own is None else tuple(measure(rows, wanted) for wanted in THRESHOLDS),
        kinds=by_kind(rows, points[COMPRESSIONS.index(0.6)].threshold),
        reliability=() if own is None else tuple(reliability(rows)),
    )


def _of_kind(value: Point | float) -> str:
    return f"{value.retention:.3f}" if isinstance(value, Point) else f"{value:.3f} (c)"


def _points(rows: Iterable[tuple[PruningMeasurement, Point]]) -> str:
    """A table with a line for each point."""
    head = ["model", "file", "threshold", "retention", "compression", "F1", "F2", "unanswerable"]
    lines = []
    for row, point in rows:
        empty = "" if point.unanswerable is None else point.unanswerable
        shares = (point.retention, point.compression, point.f1, point.f2, empty)
        lines.append((row.system, row.file, f"{point.threshold:.3g}", *shares))
    return table(head, lines)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; floats with three digits."""
    cells = [[f"{c:.3f}" if isinstance(c, float) else str(c) for c in row] for row in rows]
    lines = [list(head), ["---"] * len(head), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
