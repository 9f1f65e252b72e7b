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


@pytest.mark.parametrize(
    ("context", "title", "texts"),
    [
        ([DOCUMENT], ["Towns"], [f"Towns\n\n{DOCUMENT}"]),
        (DOCUMENT, "T", f"T\n\n{DOCUMENT}"),
        ([DOCUMENT, OTHER], "T", [f"T\n\n{DOCUMENT}", f"T\n\n{OTHER}"]),
        (DOCUMENT, "first_sentence", DOCUMENT),
    ],
)
def test_titles(model, context, title, texts):
    output = model.process(QUERY, context, title=title, threshold=0)
    assert output["pruned_context"] == texts
    assert "title" not in output or output["title"] in ("T", ["Towns"], ["T", "T"])


def test_one_title_a_question(model):
    contexts = [[DOCUMENT, OTHER], [OTHER]]
    output = model.process([QUERY, "cats"], contexts, title=["A", "B"], threshold=0)
    assert output["title"] == [["A", "A"], ["B"]]


def test_the_first_sentence_stays_where_another_does(model):
    probabilities = [s.probability for s in model.prune(QUERY, DOCUMENT).sentences]
    middle = sum(probabilities) / 2
    document = DOCUMENT if probabilities[0] < middle else "Cats purr. Paris is the capital."
    first, rest = document.split(". ")
    plain = model.process(QUERY, document, threshold=middle)["pruned_context"]
    assert plain == rest
    kept = model.process(QUERY, document, threshold=middle, always_select_title=True)
    assert kept["pruned_context"] == document
    assert (
        model.process(QUERY, document, threshold=1, always_select_title=True)["pruned_context"]
        == ""
    )
    assert first not in plain


def test_the_first_line_as_title(model):
    context = "\nTowns of France\nParis is the capital. Cats purr."
    output = model.process(
        QUERY, [context], first_line_as_title=True, threshold=0, return_sentence_texts=True
    )
    assert output["title"] == ["Towns of France"]
    assert output["pruned_context"] == [context]
    assert output["kept_sentences"][0][0] == "\nTowns of France\n"


def test_the_score_of_the_best_or_the_first_window(model):
    long = "The cat is in Paris. " * 30
    best, first = (
        model.process(QUERY, f"Cats purr. {long}", use_best_reranker_score=best)["reranking_score"]
        for best in (True, False)
    )
    assert best >= first
    with model._pipeline(window_score=min) as pipeline:
        assert pipeline.prune(QUERY, f"Cats purr. {long}").score <= first


def test_the_score_of_what_is_emptied(model):
    options = {"threshold": 1, "zero_score_when_empty": True}
    assert model.process(QUERY, [DOCUMENT], **options)["reranking_score"] == [0.0]
    assert model.process(QUERY, [DOCUMENT], threshold=1)["reranking_score"][0] > 0


def test_stripped_sentences(model):
    context = "Paris is the capital.\n\nCats purr.  "
    output = model.process(
        QUERY, context, threshold=0, strip_sentences=True, return_sentence_texts=True
    )
    assert output["kept_sentences"] == ["Paris is the capital.", "Cats purr."]
    assert output["pruned_context"] == "Paris is the capital. Cats purr."


def test_sentences_that_are_given(model):
    sentences = ["Paris is the capital. Cats", " purr."]
    output = model.process(QUERY, [sentences, OTHER], threshold=0, return_sentence_texts=True)
    assert output["kept_sentences"] == [sentences, [OTHER]]
    by_splitter = model.process(
        QUERY,
        DOCUMENT,
        threshold=0,
        return_sentence_texts=True,
        language="en",
        sentence_splitter={"en": lambda text: ["Paris is", "the capital. Cats", "purr."]},
    )
    assert by_splitter["kept_sentences"] == ["Paris is ", "the capital. Cats ", "purr."]


def test_machinery_of_open_provence_changes_nothing(model):
    plain = model.process(QUERY, DOCUMENT)
    assert plain == model.process(
        QUERY, DOCUMENT, preprocess_workers=4, respect_sentence_boundaries=True
    )
    with pytest.raises(TypeError, match=r"process\(\) got an unexpected .* 'treshold'"):
        model.process(QUERY, DOCUMENT, treshold=0.5)


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
        ({"title": ["A", "B"]}, ValueError, "one for each of the contexts, not 2 for 1"),
        ({"title": 5}, TypeError, "`title` must be a text or a list, not 5"),
        ({"title": "T", "first_line_as_title": True}, ValueError, "no place for `title` 'T'"),
        ({"first_line_as_title": 1}, TypeError, "`first_line_as_title` must be a bool"),
        ({"sentence_splitter": 5}, TypeError, "`sentence_splitter` must be callable, not 5"),
        ({"sentence_splitter": {}}, ValueError, "no `language` 'auto'"),
        ({"sentence_splitter": lambda text: ["x"]}, ValueError, "gave 'x', which is not in the"),
        ({"context": [None]}, TypeError, r"`context` must be a list of str, not NoneType"),
        ({"question": [5]}, TypeError, r"`question\[0\]` must be a str, not int"),
    ],
)
def test_bad_arguments(model, arguments, error, message):
    with pytest.raises(error, match=message):
        model.process(**{"question": QUERY, "context": DOCUMENT} | arguments)


def test_as_many_contexts_as_questions(model):
    with pytest.raises(ValueError, match="one entry a question, not 1 for 2"):
        model.process([QUERY, "cats"], [DOCUMENT])
