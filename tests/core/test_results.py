import dataclasses
import json
import math

import pytest

from pruning_core import PrunedDocument, RankedDocument, SentenceSpan

DOCUMENT = PrunedDocument(
    original="<b>One. Two & 2. Three.",
    sentences=(
        SentenceSpan(0, 8, 0.9, True),
        SentenceSpan(8, 17, 0.1, False),
        SentenceSpan(17, 23, 0.8, True),
    ),
    score=0.5,
    warnings=("cut",),
)


def test_text_and_compression():
    assert DOCUMENT.text == "<b>One. Three."
    assert DOCUMENT.compression == pytest.approx(9 / 23)


def test_an_empty_document():
    empty = PrunedDocument(original="", sentences=(), score=None)
    assert (empty.text, empty.compression, empty.runs()) == ("", 0.0, [])


def test_to_dict_is_json():
    data = json.loads(json.dumps(DOCUMENT.to_dict()))
    assert data["text"] == DOCUMENT.text
    assert data["sentences"][1] == {"start": 8, "end": 17, "probability": 0.1, "kept": False}
    assert data["warnings"] == ["cut"]


@pytest.mark.parametrize("score", [-math.inf, math.nan, math.inf])
def test_a_score_that_is_not_finite_is_null(score):
    data = dataclasses.replace(DOCUMENT, score=score).to_dict()
    assert json.loads(json.dumps(data, allow_nan=False))["score"] is None


def test_a_ranked_document_is_json():
    pruned = PrunedDocument(original="a", sentences=(), score=math.inf)
    row = RankedDocument(index=2, score=-math.inf, text="a", pruned=pruned).to_dict()
    assert json.loads(json.dumps(row, allow_nan=False)) == row
    assert (row["index"], row["score"], row["pruned"]["score"]) == (2, None, None)
    assert RankedDocument(index=2, score=1.0, text="a").to_dict()["pruned"] is None


def test_highlight():
    assert DOCUMENT.highlight() == ("<mark>&lt;b&gt;One. </mark>Two &amp; 2. <mark>Three.</mark>")
    assert DOCUMENT.highlight("[", "]", escape=False) == "[<b>One. ]Two & 2. [Three.]"


def test_the_notebook_view_is_escaped():
    html = DOCUMENT._repr_html_()
    assert "&lt;b&gt;One." in html
    assert '<del style="opacity:.5">Two &amp; 2. </del>' in html


def test_repr_is_short_and_holds_no_text():
    assert repr(DOCUMENT) == (
        "<PrunedDocument: kept 2 of 3 sentences, 39% of the characters removed, score 0.500>"
    )


def test_results_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        DOCUMENT.score = 1.0
