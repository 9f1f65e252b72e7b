import numpy as np
import pytest

from pruning_core.validation import (
    as_mapping,
    as_texts,
    check_bool,
    check_choice,
    check_int,
    check_number,
    check_query,
    check_share,
    check_tiling,
)


@pytest.mark.parametrize("value", [3, np.int64(3), np.int8(3)])
def test_whole_numbers(value):
    found = check_int("n", value, minimum=3)
    assert (found, type(found)) == (3, int)


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.float64(0.5)])
def test_shares(value):
    found = check_share("s", value)
    assert (found, type(found)) == (0.5, float)


@pytest.mark.parametrize(
    ("check", "value", "error", "message"),
    [
        (lambda v: check_int("n", v, minimum=1), True, TypeError, "`n` must be an int, not True"),
        (lambda v: check_int("n", v, minimum=1), 1.0, TypeError, "`n` must be an int, not 1.0"),
        (lambda v: check_int("n", v, minimum=1), 0, ValueError, "`n` must be at least 1, not 0"),
        (lambda v: check_int("n", v, minimum=1), 2**63, ValueError, "`n` must be less than 2"),
        (lambda v: check_share("s", v), "1", TypeError, "`s` must be a number, not '1'"),
        (lambda v: check_share("s", v), False, TypeError, "`s` must be a number, not False"),
        (lambda v: check_share("s", v), 1.01, ValueError, "`s` must be from 0 to 1, not 1.01"),
        (lambda v: check_share("s", v), float("nan"), ValueError, "from 0 to 1, not nan"),
        (lambda v: check_share("s", v), 10**400, ValueError, "`s` must be from 0 to 1"),
        (lambda v: check_number("n", v), "1", TypeError, "`n` must be a number, not '1'"),
        (lambda v: check_number("n", v), -1, ValueError, "of at least 0, not -1"),
        (lambda v: check_number("n", v), float("inf"), ValueError, "finite number"),
        (lambda v: check_number("n", v), 10**400, ValueError, "finite number"),
        (lambda v: as_mapping("m", v), [], TypeError, r"`m` must be an object, not \[\]"),
        (lambda v: check_bool("b", v), 1, TypeError, "`b` must be a bool, not 1"),
        (lambda v: check_choice("c", v, ("x", "y")), "z", ValueError, "one of x, y, not 'z'"),
        (lambda v: check_choice("c", v, ("x", "y")), ["x"], TypeError, "`c` must be a str"),
        (check_query, " \n", ValueError, "`query` must not be empty"),
        (lambda v: check_tiling(v, 3), [(0, 1), (2, 3)], ValueError, r"\(2, 3\) follows 1"),
        (lambda v: check_tiling(v, 3), [(0, 2)], ValueError, "it ends at 2 of 3"),
    ],
)
def test_wrong_values(check, value, error, message):
    with pytest.raises(error, match=message):
        check(value)


@pytest.mark.parametrize(
    "values", [["a", "b"], ("a", "b"), np.array(["a", "b"]), iter("ab"), {"a": 0, "b": 1}.keys()]
)
def test_any_ordered_iterable_of_strings(values):
    if isinstance(values, type({}.keys())):
        values = list(values)
    assert as_texts("texts", values) == ["a", "b"]


@pytest.mark.parametrize("values", ["ab", b"ab", {"a": 1}, {"a", "b"}, 3, None])
def test_no_list_of_texts(values):
    with pytest.raises(TypeError, match="`texts` must be a list of str"):
        as_texts("texts", values)


def test_the_item_that_is_no_text_is_named():
    with pytest.raises(TypeError, match=r"`texts\[1\]` must be a str, not float"):
        as_texts("texts", ["a", float("nan")])
