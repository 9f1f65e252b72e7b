import pytest

from pruning_core import line_words
from pruning_core.lines import Line


@pytest.mark.parametrize(
    ("check", "yes", "no"),
    [
        ("first_is_lower", "and then it", "And then it"),
        ("first_is_starter", "The dam", "Dam walls"),
        ("has_stop", "It opened. Then", "It opened then"),
        ("is_stopped", "It opened.", "It opened"),
        ("ends_with_comma", "It opened,", "It opened"),
        ("last_is_lower", "built by the", "built by Ada"),
        ("surely_wants_more", "it was built by the", "it was built."),
    ],
)
def test_what_a_lines_words_say(check, yes, no):
    judge = getattr(line_words, check)
    assert (judge(Line.of(f"{yes}\n")), judge(Line.of(f"{no}\n"))) == (True, False)
