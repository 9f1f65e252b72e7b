import pytest

from pruning_core.lines import Line, lines_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("## Head", "heading"),
        ("#hashtag here", ""),
        ("=====", "underline"),
        ("--", "bullet"),
        ("| a | b |", "table"),
        ("00:00:01,000 --> 00:00:02,000", "timing"),
        ("[12:03] hi", "stamp"),
        ("2024-05-01 10:00:01 ERROR", "stamp"),
        ("<ann> hi", "nick"),
        ("- item", "bullet"),
        ("(ii) item", "bullet"),
        ("m1. Two flasks", "number"),
        ("6.5 The lamp", "number"),
        ("Host (Bettany): hi", "label"),
        ("https://example.org/a", ""),
        ("SAFETY FIRST", "capitals"),
        ("The lamp went out.", ""),
    ],
)
def test_kinds(text, kind):
    assert Line.of(f"  {text}\n").kind == kind


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("a | b | c", 2),
        ("lid\t4", 2),
        ("Weight      5 kg", 2),
        ("lid | 4", 1),
        ("a,b,c", 1),
        ("-   item", 0),
        ("It rained.   Then it stopped.", 0),
        ("a, b, c and d", 0),
        ("lid\t" + "long " * 60, 0),
    ],
)
def test_gaps(text, gaps):
    assert Line.of(text).gaps == gaps


def test_lines_know_where_they_are():
    text = "One\r\n> >  two \n \n>\nthree"
    lines = list(lines_of(text, 0, len(text)))
    assert [line and text[line.start : line.end] for line in lines] == [
        "One\r\n",
        "> >  two \n",
        None,
        None,
        "three",
    ]
    assert lines[1] is not None
    assert (lines[1].text, lines[1].quotes) == (" two", 2)
