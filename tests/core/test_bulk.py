import pickle
from math import inf, nan

import numpy as np
import pytest

from pruning_core import PruneBatches
from pruning_core.results import PrunedDocument

TEXTS = ["Paris is the capital. Cats purr.", "Cats purr. The cat is in France.", ""]


@pytest.fixture
def prune(checkpoint):
    def make(**options):
        return PruneBatches(model=checkpoint, device="cpu", **{"query": "cats", **options})

    return make


def test_rows_are_what_the_plain_pipeline_gives(prune, pruner):
    options = {"threshold": 0.5, "max_tokens": 3, "always_keep": ["first_sentence"]}
    queries = ["cats", "paris", "the"]
    columns = {"q": queries, "text": TEXTS, "id": [1, 2, 3]}
    rows = prune(query=None, query_column="q", **options)(columns)
    plain = pruner.prune_batch(queries, TEXTS, **options)
    assert {name: rows[name] for name in columns} == columns
    assert rows["pruned_text"] == [row.text for row in plain]
    assert rows["score"] == pytest.approx([row.score for row in plain])
    assert rows["compression"] == [row.compression for row in plain]
    assert rows["warnings"] == [list(row.warnings) for row in plain]
    assert any(rows["warnings"])
    assert rows["error"] == [None] * 3
    for text, pruned, spans in zip(TEXTS, rows["pruned_text"], rows["kept_spans"], strict=True):
        assert "".join(text[start:end] for start, end in spans) == pruned


def test_a_bad_row_has_an_error_and_the_others_their_results(prune):
    texts = [TEXTS[0], None, 3, nan, b"x", TEXTS[1]]
    rows = prune()({"text": texts})
    assert rows["error"] == [
        None,
        "`text` is missing",
        "`text` must be a str, not int",
        "`text` is missing",
        "`text` must be a str, not bytes",
        None,
    ]
    good = prune()({"text": [TEXTS[0], TEXTS[1]]})
    for name in ("pruned_text", "score", "compression", "kept_spans", "warnings"):
        assert [value for value in rows[name] if value is not None] == good[name]
        assert rows[name][1:5] == [None] * 4


def test_a_rows_own_query_goes_first(prune, pruner):
    queries = ["paris", None, "", nan, " ", 7]
    columns = {"q": queries, "text": [TEXTS[0]] * 6}
    rows = prune(query_column="q", query="cats")(columns)
    own, given = (pruner.prune(query, TEXTS[0]).score for query in ("paris", "cats"))
    assert own != given
    assert rows["score"][:4] == pytest.approx([own, given, given, given])
    assert rows["error"][4:] == ["`q` must not be empty, not ' '", "`q` must be a str, not int"]
    rows = prune(query_column="q", query=None)(columns)
    assert rows["error"][1] == "there is no query"


def test_arrays_are_columns_too(prune):
    rows = prune()({"text": np.array(TEXTS, dtype=object), "id": np.arange(3)})
    assert rows["pruned_text"] == prune()({"text": TEXTS})["pruned_text"]
    assert rows["id"].tolist() == [0, 1, 2]
    assert prune()({"text": []})["score"] == []


@pytest.mark.parametrize("score", [inf, -inf, nan, None])
def test_a_score_that_is_not_finite_is_none(prune, monkeypatch, score):
    made = prune()
    result = PrunedDocument(original="", sentences=(), score=score)
    monkeypatch.setattr(made.pruner, "stream", lambda pairs, **_: (result for _ in pairs))
    assert made({"text": [""]})["score"] == [None]


def test_the_names_of_the_columns(prune):
    made = prune(text_column="passage", prefix="our_")
    assert made({"passage": TEXTS, "score": [1, 2, 3]})["our_error"] == [None] * 3
    with pytest.raises(ValueError, match="there is no column 'passage', but text, id"):
        made({"text": TEXTS, "id": [1, 2, 3]})
    with pytest.raises(ValueError, match="there is a column 'score' already: give another"):
        prune()({"text": TEXTS, "score": [1, 2, 3]})
    with pytest.raises(TypeError, match="columns by name or a pyarrow Table, not list"):
        prune()([TEXTS])


def test_what_is_pickled_are_the_options(prune):
    made = prune(threshold=0.2)
    made.pruner  # noqa: B018
    data = pickle.dumps(made)
    assert len(data) < 1_000
    copy = pickle.loads(data)
    assert copy == made
    assert "pruner" not in vars(copy)
    assert copy({"text": TEXTS}) == made({"text": TEXTS})


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ValueError, "`query` or `query_column` is needed"),
        ({"query": " "}, ValueError, "`query` must not be empty"),
        ({"query": 1}, TypeError, "`query` must be a str"),
        ({"query": "q", "text_column": None}, TypeError, "`text_column` must be a str"),
        ({"query": "q", "prefix": 1}, TypeError, "`prefix` must be a str"),
        ({"query_column": 1}, TypeError, "`query_column` must be a str"),
        ({"query": "q", "threshold": 2}, ValueError, "`threshold` must be from 0 to 1"),
        ({"query": "q", "max_tokens": -1}, ValueError, "`max_tokens` must be at least 0"),
        ({"query": "q", "always_keep": ["a"]}, ValueError, "`always_keep` must be one of"),
    ],
)
def test_options_are_checked_before_anything_is_loaded(options, error, message):
    with pytest.raises(error, match=message):
        PruneBatches(model="none", **options)
