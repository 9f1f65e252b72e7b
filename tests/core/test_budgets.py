import pytest

from pruning_core.budgets import Budget, Size


def test_both_limits_hold():
    budget = Budget(max_tokens=3, max_characters=10)
    assert budget.holds(Size(3, 10))
    assert budget.exceeded(Size(4, 10)) == "4 tokens, `max_tokens` is 3"
    assert budget.exceeded(Size(3, 11)) == "11 characters, `max_characters` is 10"
    assert Budget().holds(Size(10**9, 10**9))
    assert not Budget().is_limited


def test_tokens_are_counted_by_the_checkpoint_or_by_the_caller():
    assert Budget(max_tokens=3).size("Cats purr.", 2) == Size(2, 10)
    assert Budget(max_tokens=3, count_tokens=len).size("Cats purr.", 2) == Size(10, 10)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"max_tokens": -1}, ValueError, "`max_tokens` must be at least 0, not -1"),
        ({"max_characters": 1.5}, TypeError, "`max_characters` must be an int, not 1.5"),
        ({"count_tokens": "len"}, TypeError, "`count_tokens` must be a function, not 'len'"),
        ({"count_tokens": len}, ValueError, "`max_tokens`, which is missing"),
    ],
)
def test_bad_budgets(options, error, message):
    with pytest.raises(error, match=message):
        Budget(**options)
