import pytest

from pruning_core.line_ends import blocks

LONG = "The bridge was planned for many years by the two governments"


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (["bob: how do i mount it", "al: try mount -a"], 2),
        (["- an item", "- another item"], 2),
        (["name\tprice", "lamp\t3", "desk\t40"], 3),
        (["SAFETY FIRST", "Wear a helmet."], 2),
        ([LONG, "and it opened in 1936, as they had hoped."], 1),
        (["From: Ann", "To: Ben"], 2),
    ],
)
def test_which_line_ends_end_a_sentence(lines, count):
    text = "\n".join(lines)
    found = list(blocks(text))
    assert len(found) == count
    assert [start for start, _, _ in found] == [0, *(end for _, end, _ in found[:-1])]
