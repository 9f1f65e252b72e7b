import pytest

from pruning_core.integrations.mcp_limits import CallLimits


def test_a_call_may_be_as_large_as_the_limits():
    limits = CallLimits(max_documents=2, max_characters=5)
    limits.check("q", ["ab", "cd"])
    with pytest.raises(ValueError, match="3 documents; at most 2 a call"):
        limits.check("q", ["a", "b", "c"])
    with pytest.raises(ValueError, match="6 characters; at most 5 a call"):
        limits.check("qq", ["ab", "cd"])


@pytest.mark.parametrize("name", ["max_documents", "max_characters"])
def test_wrong_limits_are_said(name):
    with pytest.raises(ValueError, match=f"`{name}` must be at least 1, not 0"):
        CallLimits(**{name: 0})
    with pytest.raises(TypeError, match=f"`{name}` must be an int, not '5'"):
        CallLimits(**{name: "5"})
