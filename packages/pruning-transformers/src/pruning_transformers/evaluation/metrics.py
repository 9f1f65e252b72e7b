"""Retention, compression, F1 and F2 of pruning, and MRR of ranking."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """A question's sentences, without the optional ones: length in characters, label (1 is
    evidence) and score of each; and the question's kind.
    """

    lengths: Array
    labels: Array
    scores: Array
    kind: str | None = None


@dataclass(frozen=True)
class Point:
    """What a threshold gives over many questions; every share is from 0 to 1.

    Attributes:
        threshold: score from which a sentence stays.
        retention: share of questions whose evidence sentences all stay.
        compression: share of all characters that go.
        f1: of the sentences that stay against the evidence.
        f2: the same with recall weighted twice.
        unanswerable: mean compression of the questions without evidence; None if there are none.
    """

    threshold: float
    retention: float
    compression: float
    f1: float
    f2: float
    unanswerable: float | None = None


def measure(rows: Sequence[Scored], threshold: float) -> Point:
    """Apply one threshold to all questions; at least one has evidence."""
    kept = [(row, row.scores >= threshold) for row in rows]
    pairs = [(row, stay) for row, stay in kept if row.labels.any()]
    total = sum(row.lengths.sum() for row, _ in pairs)
    stays = sum(row.lengths[stay].sum() for row, stay in pairs)
    hits = sum(bool(stay[row.labels == 1].all()) for row, stay in pairs)
    true = sum((stay & (row.labels == 1)).sum() for row, stay in pairs)
    found, wanted = sum(stay.sum() for _, stay in pairs), sum(row.labels.sum() for row, _ in pairs)
    shares = [_kept_share(row, threshold) for row in rows if not row.labels.any()]
    return Point(
        float(threshold),
        hits / len(pairs),
        float(1 - stays / total),
        float(2 * true / max(found + wanted, 1)),
        float(5 * true / max(found + 4 * wanted, 1)),
        1 - float(np.mean(shares)) if shares else None,
    )


def curve(rows: Sequence[Scored], points: int = 60) -> list[Point]:
    """Points over the whole range of thresholds, from everything kept to nothing."""
    scores = np.unique(np.concatenate([row.scores for row in rows]))
    chosen = np.unique(np.quantile(scores, np.linspace(0, 1, points), method="nearest"))
    return [measure(rows, threshold) for threshold in [*chosen, np.nextafter(chosen[-1], np.inf)]]


def by_kind(rows: Sequence[Scored], threshold: float) -> dict[str, Point | float]:
    """For each kind of question what a threshold gives, or, where none of a kind has evidence,
    the mean compression.
    """
    kinds = sorted({row.kind for row in rows if row.kind is not None})
    found: dict[str, Point | float] = {}
    for kind in kinds:
        own = [row for row in rows if row.kind == kind]
        if any(row.labels.any() for row in own):
            found[kind] = measure(own, threshold)
        else:
            found[kind] = 1 - float(np.mean([_kept_share(row, threshold) for row in own]))
    return found


def _kept_share(row: Scored, threshold: float) -> float:
    return float(row.lengths[row.scores >= threshold].sum() / row.lengths.sum())


@dataclass(frozen=True)
class Bin:
    """Sentences of like probability.

    Attributes:
        probability: their mean keep probability.
        share: of them that are evidence.
        count: how many they are.
    """

    probability: float
    share: float
    count: int


def reliability(rows: Sequence[Scored], bins: int = 10) -> list[Bin]:
    """The sentences in bins of equal width over keep probabilities of 0 to 1; none is empty."""
    scores = np.concatenate([row.scores for row in rows])
    labels = np.concatenate([row.labels for row in rows])
    places = np.minimum((scores * bins).astype(int), bins - 1)
    groups = [places == place for place in range(bins) if (places == place).any()]
    return [Bin(float(scores[g].mean()), float(labels[g].mean()), int(g.sum())) for g in groups]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: mean distance of probability and share, over sentences.

    Source: Naeini et al., 2015, Obtaining well calibrated probabilities using Bayesian binning.
    """
    total = sum(one.count for one in bins)
    return sum(abs(one.probability - one.share) * one.count for one in bins) / total


def at_compression(rows: Sequence[Scored], compression: float) -> Point:
    """The point whose compression is nearest, by bisection over the scores."""
    scores = np.unique(np.concatenate([row.scores for row in rows]))
    low, high = 0, len(scores) - 1
    while low < high:
        middle = (low + high) // 2
        if measure(rows, scores[middle]).compression < compression:
            low = middle + 1
        else:
            high = middle
    near = [measure(rows, scores[i]) for i in {max(low - 1, 0), low}]
    return min(near, key=lambda point: abs(point.compression - compression))


def at_retention(rows: Sequence[Scored], retention: float) -> Point:
    """The highest threshold that reaches the retention; at least one question has evidence."""
    needed = sorted(row.scores[row.labels == 1].min() for row in rows if row.labels.any())
    # In decimals: 0.1 of 1,000 questions is 100 of them, not 99.
    spared = math.floor(round((1 - retention) * len(needed), 6))
    return measure(rows, needed[spared])


def mrr(scores: Array, cutoff: int = 10) -> float:
    """Mean reciprocal rank of column 0 of (Q, C) scores; a tie counts as half a place."""
    better = (scores[:, 1:] > scores[:, :1]).sum(1) + (scores[:, 1:] == scores[:, :1]).sum(1) / 2
    return float(np.where(better < cutoff, 1 / (1 + better), 0).mean())
