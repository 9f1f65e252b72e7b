import gc
import threading
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruning_core.streaming import read_ahead, resumed, stretches


@given(st.lists(st.text("ab", max_size=9), max_size=30), st.integers(1, 5), st.integers(1, 20))
def test_stretches_hold_every_pair_in_order_within_the_limits(texts, pairs, characters):
    given_pairs = [(str(number), text) for number, text in enumerate(texts)]
    found = list(stretches(given_pairs, pairs, characters))
    assert [pair for stretch in found for pair in stretch] == given_pairs
    for stretch in found:
        assert 1 <= len(stretch) <= pairs
        assert len(stretch) == 1 or sum(len(text) for _, text in stretch) <= characters


def test_what_came_before_an_error_is_a_stretch():
    def broken():
        yield from [("q", "a"), ("q", "b")]
        raise OSError("the disk")

    found = stretches(broken(), 5, 100)
    assert next(found) == [("q", "a"), ("q", "b")]
    with pytest.raises(OSError, match="the disk"):
        next(found)


def running():
    return [thread for thread in threading.enumerate() if thread.name.startswith("pruning")]


@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_results_are_in_order_and_one_item_needs_no_thread(count):
    threads = set()

    def work(item):
        threads.add(threading.current_thread())
        return item * item

    assert list(read_ahead(range(count), work)) == [item * item for item in range(count)]
    assert (threads <= {threading.main_thread()}) is (count < 2)
    assert not running()


def test_no_more_than_two_items_are_read_before_a_result_is_taken():
    read = []
    results = read_ahead((read.append(item) or item for item in range(9)), lambda item: item)
    for number in range(5):
        assert next(results) == number
        assert len(read) == number + 2
    results.close()
    assert not running()


def test_the_next_item_is_worked_on_while_the_caller_has_the_one_before():
    begun = threading.Event()

    def work(item):
        if item == 2:
            begun.set()
        return item

    results = read_ahead(range(4), work)
    assert [next(results), next(results)] == [0, 1]
    assert begun.wait(10)
    results.close()


@pytest.mark.parametrize("place", [0, 1, 4])
def test_an_error_comes_after_the_results_before_it(place):
    def items():
        yield from range(place)
        raise OSError("the disk")

    def work(item):
        if item == place:
            raise OSError("the disk")
        return item

    for results in (read_ahead(items(), lambda item: item), read_ahead(range(9), work)):
        assert list(islice(results, place)) == list(range(place))
        with pytest.raises(OSError, match="the disk"):
            next(results)
        assert not running()


def test_a_caller_that_stops_leaves_no_thread():
    results = read_ahead(range(9), lambda item: item)
    next(results), next(results)
    assert running()
    del results
    gc.collect()
    assert not running()


@pytest.mark.parametrize("done", range(8))
def test_a_run_is_gone_on_with_at_a_stretch(done):
    parts = [[0, 1], [2, 3, 4], [5]]
    found, first = resumed(iter(parts), done)
    rows = [item for part in found for item in part]
    assert rows[first:] == list(range(done, 6))
    assert first < 3
