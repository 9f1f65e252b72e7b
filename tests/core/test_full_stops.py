import pytest

from pruning_core.sentences import split


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Approx. 1.5 kg. Never use salt.", 2),
        ("See Fig. 3 for it. It is red.", 2),
        ("It cost Rs. 250 in all. He paid.", 2),
        ("Dr. Smith left. J. R. Doe came.", 2),
        ("Geboren am 3. April in Bonn. Er lebt.", 2),
        ("From 7 a.m. to 9 p.m. New lawns are exempt.", 2),
        ("It is in the U.S. Senate. He left.", 2),
        ("He said no. Eight moves later he won.", 2),
        ("It ran at ref. [12] and fig. 2b only.", 1),
    ],
)
def test_which_full_stops_end_a_sentence(text, count):
    assert len(split(text)) == count
