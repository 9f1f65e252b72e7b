import pytest

from pruning_core import PrunedDocument, SentenceSpan
from pruning_core.rendering import (
    clean,
    clean_line,
    to_diff,
    to_html,
    to_terminal,
    without_surrogates,
)

TEXT = "<i>One\x1b[31m.\nTwo.\n\nThree.\n"
DOCUMENT = PrunedDocument(
    original=TEXT,
    sentences=(
        SentenceSpan(0, 13, 0.9, True),
        SentenceSpan(13, 19, 0.1, False),
        SentenceSpan(19, 26, 0.8, True),
    ),
    score=0.25,
    warnings=("<cut>",),
)


def test_summary():
    assert DOCUMENT.summary() == "kept 2 of 3 sentences, 23% of the characters removed, score 0.250"


def test_diff():
    assert to_diff(DOCUMENT) == "  <i>One[31m.\n- Two.\n  Three."


def test_terminal_dims_and_strikes_what_went_and_nothing_else_steers_it():
    assert to_terminal(DOCUMENT) == "<i>One[31m.\n\x1b[2;9mTwo.\n\n\x1b[0mThree.\n"


def test_html_is_escaped_and_self_contained():
    page = to_html("<q>", [("<name>", DOCUMENT)])
    assert "<h1>&lt;q&gt;</h1>" in page
    assert "<h2>&lt;name&gt;</h2>" in page
    assert "&lt;cut&gt;" in page
    assert '<del title="0.100">Two.' in page
    assert "prefers-color-scheme: dark" in page
    assert not any(text in page for text in ("<i>", "http", "<script"))


@pytest.mark.parametrize("render", [PrunedDocument.summary, to_diff, to_terminal])
def test_an_empty_document(render):
    assert isinstance(render(PrunedDocument(original="", sentences=(), score=None)), str)


CONTROLS = "\r\x0b\x0c\x1b\x1c\x1d\x1e\x1f\x7f\x85\x9b\u2028\u2029\u202e\ufeff"


def test_only_newline_and_tab_pass_of_control_characters():
    assert clean(f"a{CONTROLS}\n\tb\u00a0\u3000é猫") == "a\n\tb\u00a0\u3000é猫"
    assert clean_line(f"a{CONTROLS}\nb: kept 9\tc") == "a b: kept 9 c"


def test_a_page_can_always_be_written():
    span = SentenceSpan(0, 5, 0.9, True)
    document = PrunedDocument(original="Cats\udfff", sentences=(span,), score=None)
    page = to_html("q\ud800", [("x\udcff", document)])
    assert page.encode().decode().count("\ufffd") == 4
    assert without_surrogates("a猫\U0001f408\ud83d") == "a猫\U0001f408\ufffd"
