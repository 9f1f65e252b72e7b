from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from pruning_core.turns import Turns


@dataclass(frozen=True)
class Item:
    call: str
    number: int
    length: int


def turns(**lengths):
    queue = Turns()
    for call, values in lengths.items():
        queue.add(call, [Item(call, number, value) for number, value in enumerate(values)])
    return queue


def taken(queue, budget):
    while queue:
        yield queue.take(budget)


@given(st.lists(st.lists(st.integers(1, 90), max_size=9), max_size=5), st.integers(1, 200))
def test_every_window_comes_once_within_the_budget(calls, budget):
    queue = turns(**{f"call{number}": lengths for number, lengths in enumerate(calls)})
    assert queue.tokens == sum(map(sum, calls))
    batches = list(taken(queue, budget))
    found = sorted((item.call, item.number) for batch in batches for item in batch)
    expected = [(f"call{i}", j) for i, row in enumerate(calls) for j in range(len(row))]
    assert found == expected
    for batch in batches:
        padded = len(batch) * max(item.length for item in batch)
        assert batch
        assert len(batch) == 1 or padded <= budget
    assert queue.tokens == 0


@given(st.lists(st.lists(st.integers(1, 90), min_size=1, max_size=30), min_size=2, max_size=6))
def test_a_call_waits_for_one_window_of_each_other_at_most(calls):
    """In windows, that is: whatever their lengths, each batch begins with the next call's."""
    queue = turns(**{f"call{number}": lengths for number, lengths in enumerate(calls)})
    firsts = [queue.take(1)[0].call for _ in calls]  # a batch of one each
    assert firsts == [f"call{number}" for number in range(len(calls))]


def test_calls_give_in_turn_and_the_nearest_length():
    queue = turns(large=[50, 10, 52, 49, 11], small=[48])
    assert [(i.call, i.length) for i in queue.take(155)] == [
        ("large", 50),
        ("small", 48),
        ("large", 49),  # 52 would be one token more than the budget
    ]
    assert [i.length for i in queue.take(155)] == [10, 11]
    assert [i.length for i in queue.take(155)] == [52]


def test_a_call_whose_windows_do_not_fit_begins_the_next_batch():
    queue = turns(first=[10, 10], long=[60], third=[10])
    assert [i.call for i in queue.take(40)] == ["first", "third", "first"]
    queue.add("fourth", [Item("fourth", 0, 10)])
    assert [i.call for i in queue.take(40)] == ["long"]


def test_a_call_is_dropped_and_its_windows_with_it():
    queue = turns(one=[5, 5], other=[7])
    assert queue.tokens_of("one") == 10
    queue.drop("one")
    queue.drop("nobody")
    assert (queue.tokens_of("one"), queue.tokens) == (0, 7)
    assert [i.call for i in queue.take(100)] == ["other"]
    assert not queue
