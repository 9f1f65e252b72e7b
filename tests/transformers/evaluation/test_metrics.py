from dataclasses import replace

import numpy as np
import pytest

from pruning_transformers.evaluation.metrics import (
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

ROWS = [
    Scored(np.array([10, 20, 10]), np.array([1, 0, 0]), np.array([0.9, 0.5, 0.1])),
    Scored(np.array([30, 30]), np.array([1, 1]), np.array([0.8, 0.2])),
]


def test_measure():
    point = measure(ROWS, 0.5)  # keeps 10 + 20 and 30 of 100; finds 2 of 3, one of them wrong
    assert point.retention == 0.5
    assert point.compression == pytest.approx(0.4)
    assert point.f1 == pytest.approx(2 * 2 / (3 + 3))
    assert point.f2 == pytest.approx(5 * 2 / (3 + 4 * 3))


def test_kinds_are_measured_apart_and_those_without_an_answer_by_compression():
    rows = [
        replace(ROWS[0], kind="fact"),
        replace(ROWS[1], kind="multi"),
        Scored(np.array([30, 10]), np.array([0, 0]), np.array([0.6, 0.1]), "none"),
        Scored(np.array([30, 10]), np.array([0, 1]), np.array([0.6, 0.1])),
    ]
    found = by_kind(rows, 0.5)
    assert (found["fact"].retention, found["multi"].retention) == (1, 0)
    assert found["none"] == pytest.approx(0.25)
    assert list(found) == ["fact", "multi", "none"]


def test_calibration():
    bins = reliability(ROWS, bins=2)  # 0.1 and 0.2: one of two; 0.5, 0.8 and 0.9: two of three
    assert [one.count for one in bins] == [2, 3]
    assert [one.share for one in bins] == pytest.approx([1 / 2, 2 / 3])
    error = (2 * abs(0.15 - 1 / 2) + 3 * abs(2.2 / 3 - 2 / 3)) / 5
    assert calibration_error(bins) == pytest.approx(error)
    assert len(reliability([Scored(np.ones(1), np.ones(1), np.ones(1))])) == 1


def test_equal_compression_and_retention():
    assert at_compression(ROWS, 0.6).threshold == 0.8
    assert at_compression(ROWS, 0.1).threshold == 0.2
    assert at_retention(ROWS, 1.0).threshold == 0.2
    assert at_retention(ROWS, 0.5).threshold == 0.9


def test_mrr_counts_a_tie_as_half_a_place():
    assert mrr(np.array([[3.0, 1.0, 2.0]])) == 1
    assert mrr(np.array([[2.0, 3.0, 1.0]])) == 0.5
    assert mrr(np.array([[2.0, 2.0, 1.0]])) == pytest.approx(1 / 1.5)
    assert mrr(np.array([[0.0, *range(1, 12)]])) == 0


def test_the_curve_goes_from_everything_to_nothing():
    points = curve(ROWS)
    assert [point.threshold for point in points[:-1]] == [0.1, 0.2, 0.5, 0.8, 0.9]
    assert (points[0].retention, points[0].compression) == (1, 0)
    assert (points[-1].retention, points[-1].compression) == (0, 1)


@pytest.mark.parametrize("count", [10, 100, 1_000])
def test_the_highest_threshold_of_round_counts(count):
    rows = [Scored(np.ones(1), np.ones(1), np.array([i / count])) for i in range(count)]
    point = at_retention(rows, 0.9)
    assert (point.threshold, point.retention) == (0.1, 0.9)
