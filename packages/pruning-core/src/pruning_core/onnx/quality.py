"""How far an exported model decides as the one it comes from, and whether that is near enough."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pruning_core.pipeline import PruningPipeline

MOST_FLIPPED = 0.01
"""Share of the sentences whose decision at the default threshold may change."""
LEAST_SPEARMAN = 0.995
"""Rank correlation of the scores."""

_TEXTS = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Two models on the same pairs, the first of which is right.

    Attributes:
        sentences: of all pairs.
        flipped: sentences that only one of the two keeps at the default threshold.
        spearman: rank correlation of the scores, -1 to 1; None where they do not rank.
        difference: the largest between two keep probabilities, 0 to 1.
    """

    sentences: int
    flipped: int
    spearman: float | None
    difference: float

    @property
    def is_enough(self) -> bool:
        """Whether the second can stand for the first."""
        ranks = self.spearman is None or self.spearman >= LEAST_SPEARMAN
        return ranks and self.flipped <= MOST_FLIPPED * self.sentences

    def __str__(self) -> str:
        scores = "" if self.spearman is None else f"; Spearman of the scores {self.spearman:.4f}"
        return (
            f"{self.flipped} of {self.sentences} sentences decided otherwise"
            f" ({self.flipped / max(self.sentences, 1):.2%}){scores}; keep probabilities differ by"
            f" {self.difference:.2g} at most"
        )


def packaged_pairs() -> list[tuple[str, str]]:
    """The text that the package carries: every question with every document."""
    texts = json.loads(_TEXTS.read_text(encoding="utf-8"))
    return [(query, text) for query in texts["queries"] for text in texts["documents"]]


def check_enough(pairs: Sequence[tuple[str, str]]) -> None:
    """Raise ValueError unless scores of the pairs can be ranked."""
    if len(pairs) < 2:
        raise ValueError(f"two pairs are needed to compare models, not {len(pairs)}")


def compare(
    right: PruningPipeline, other: PruningPipeline, pairs: Sequence[tuple[str, str]]
) -> Agreement:
    """Run two models on (query, document) pairs.

    Raises:
        ValueError: there are fewer than two pairs, or a query is empty.
    """
    check_enough(pairs)
    queries, documents = [query for query, _ in pairs], [text for _, text in pairs]
    results = [
        model.prune_batch(queries, documents, show_progress=False) for model in (right, other)
    ]
    rows = [[s for result in found for s in result.sentences] for found in results]
    kept = np.array([[sentence.kept for sentence in row] for row in rows])
    probabilities = np.array([[sentence.probability for sentence in row] for row in rows])
    scores = [[result.score for result in found if result.score is not None] for found in results]
    return Agreement(
        sentences=len(rows[0]),
        flipped=int((kept[0] != kept[1]).sum()),
        spearman=spearman(*scores) if scores[0] else None,
        difference=float(np.abs(probabilities[0] - probabilities[1]).max(initial=0)),
    )


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Rank correlation, -1 to 1; equal numbers share their mean rank.

    Example:
        >>> spearman([1.0, 2.0, 2.0, 3.0], [10.0, 20.0, 20.0, 21.0])
        1.0
    """
    ranks = [_ranks(values) for values in (one, other)]
    if np.array_equal(ranks[0], ranks[1]):
        return 1.0
    centred = [row - row.mean() for row in ranks]
    sizes = [float(np.sqrt((row**2).sum())) for row in centred]
    return float((centred[0] * centred[1]).sum() / (sizes[0] * sizes[1])) if all(sizes) else 0.0


def _ranks(values: Sequence[float]) -> np.ndarray:
    _, places, counts = np.unique(np.array(values), return_inverse=True, return_counts=True)
    ranks: np.ndarray = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return ranks
