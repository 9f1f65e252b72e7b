"""The table of a run, and the list of what went wrong."""

from collections import Counter
from collections.abc import Iterable

from hostile.case import WAYS
from hostile.judging import ELSE, SKIPPED, VERDICTS, Judgement

TABLES: list[str] = []
"""Those of this session, for its summary."""


def table(judgements: list[Judgement]) -> str:
    """Cases by kind, then by way."""
    judgements = [one for one in judgements if one.verdict != SKIPPED]
    kinds = dict.fromkeys(one.case.kind for one in judgements)
    rows = [("kind", "folders", "openings", *VERDICTS)]
    for kind in kinds:
        rows.append(_row(kind, (one for one in judgements if one.case.kind == kind)))
    for way in WAYS:
        rows.append(_row(f"all, {way}", (one for one in judgements if one.way == way)))
    rows.append(_row("all", judgements))
    return "\n".join(
        f"| {' | '.join(row)} |" for row in (rows[0], ("---",) * len(rows[0]), *rows[1:])
    )


def _row(label: str, judgements: Iterable[Judgement]) -> tuple[str, ...]:
    found = list(judgements)
    counts = Counter(one.verdict for one in found)
    folders = len({one.case.name for one in found})
    return label, str(folders), str(len(found)), *(str(counts[verdict]) for verdict in VERDICTS)


def failures(judgements: list[Judgement]) -> list[str]:
    """One line for each folder and way that gave anything else."""
    return [
        f"{one.case.name} ({one.case.number}), {one.way}, must be"
        f" {one.case.expected(one.way)}: {one.reason}"
        for one in judgements
        if one.verdict == ELSE
    ]
