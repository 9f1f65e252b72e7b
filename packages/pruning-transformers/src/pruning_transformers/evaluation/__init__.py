"""Measuring pruners and rerankers on questions with evidence."""

from pruning_transformers.evaluation.metrics import Point
from pruning_transformers.evaluation.report import (
    PruningMeasurement,
    RankingMeasurement,
    Report,
    evaluate,
)
from pruning_transformers.evaluation.systems import open_systems

__all__ = [
    "Point",
    "PruningMeasurement",
    "RankingMeasurement",
    "Report",
    "evaluate",
    "open_systems",
]
