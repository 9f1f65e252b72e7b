import numpy as np
import pytest

from pruning_transformers.evaluation.metrics import (
    Scored,
    at_compression,
    at_retention,
    curve,
    measure,
    mrr,
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
