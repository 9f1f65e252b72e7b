import logging

import pytest

from tiny_backbones import new_model

QUERY = "capital of france"
DOCUMENT, OTHER = "Paris is the capital. Cats purr.", "The cat is in Paris."


@pytest.fixture(scope="module")
def model():
    return new_model()


def test_one_context(model):
    output = model.process(QUERY, DOCUMENT, threshold=0.5)
    pruned = model.prune(QUERY, DOCUMENT, threshold=0.5)
    assert output == {
        "pruned_context": pruned.text,
        "reranking_score": pruned.score,
        "compression_rate": 100 * pruned.compression,
    }


@pytest.mark.parametrize(
    ("question", "context", "shape"),
    [
        (QUERY, [DOCUMENT, OTHER], [0, 1]),
        ([QUERY, "cats"], [DOCUMENT, OTHER], [0, 1]),
        ([QUERY], [[DOCUMENT, OTHER]], [[0, 1]]),
        ([QUERY, "cats"], [[DOCUMENT, OTHER], [OTHER]], [[0, 1], [1]]),
        (QUERY, [], []),
    ],
)
def test_results_have_the_shape_of_the_contexts(model, question, context, shape):
    texts = model.process(question, context, threshold=0)["pruned_context"]
    documents = [DOCUMENT, OTHER]

    def fill(entry):
        return [fill(e) for e in entry] if isinstance(entry, list) else documents[entry]

    assert texts == fill(shape)


def test_reorder_and_top_k(model):
    scores = model.process(QUERY, [DOCUMENT, OTHER, "Cats."])["reranking_score"]
    best = model.process(QUERY, [DOCUMENT, OTHER, "Cats."], reorder=True, top_k=2)
    assert best["reranking_score"] == sorted(scores, reverse=True)[:2]


def test_titles_and_the_first_sentence(model):
    with_title = model.process(QUERY, [DOCUMENT], title=["Towns"], threshold=0)
    assert with_title["pruned_context"] == [f"Towns\n\n{DOCUMENT}"]
    kept = model.process(QUERY, DOCUMENT, threshold=1, always_select_title=True)
    assert kept["pruned_context"] == "Paris is the capital. "
    plain = model.process(QUERY, DOCUMENT, title="first_sentence", threshold=0)
    assert plain["pruned_context"] == DOCUMENT


def test_sentences_on_request(model):
    output = model.process(
        QUERY, DOCUMENT, threshold=0, return_sentence_texts=True, return_sentence_metrics=True
    )
    assert output["kept_sentences"] == ["Paris is the capital. ", "Cats purr."]
    assert output["removed_sentences"] == []
    assert len(output["sentence_probabilities"]) == 2


def test_warnings_are_logged_unless_switched_off(model, caplog):
    with caplog.at_level(logging.WARNING):
        model.process("cat " * 60, DOCUMENT, enable_warnings=False)
        assert not caplog.records
        model.process("cat " * 60, DOCUMENT)
    assert "the query was cut" in caplog.text


def test_the_batch_size_changes_no_number(model):
    whole, single = (
        model.process(QUERY, [DOCUMENT, OTHER] * 3, batch_size=size)["reranking_score"]
        for size in (32, 1)
    )
    assert single == pytest.approx(whole, abs=1e-6)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"batch_size": 0}, ValueError, "`batch_size` must be at least 1, not 0"),
        ({"top_k": "5"}, TypeError, "`top_k` must be an int, not '5'"),
        ({"threshold": 2}, ValueError, "`threshold` must be from 0 to 1, not 2"),
    ],
)
def test_bad_arguments(model, arguments, error, message):
    with pytest.raises(error, match=message):
        model.process(QUERY, DOCUMENT, **arguments)


def test_as_many_contexts_as_questions(model):
    with pytest.raises(ValueError, match="one entry a question, not 1 for 2"):
        model.process([QUERY, "cats"], [DOCUMENT])
