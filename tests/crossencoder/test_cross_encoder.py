import copy
import json
import math

import numpy as np
import pytest
import torch
from sentence_transformers import CrossEncoder

from example_texts import DOCUMENTS, QUERY
from pruning_core import Pruner
from pruning_crossencoder import PruningCrossEncoder


@pytest.fixture(scope="module")
def model(checkpoint):
    return PruningCrossEncoder(checkpoint, device="cpu")


def test_prune_gives_what_core_gives(model, checkpoint):
    core = Pruner.from_pretrained(checkpoint)
    for ours, document in zip(model.prune(QUERY, DOCUMENTS), DOCUMENTS, strict=True):
        expected = core.prune(QUERY, document)
        assert ours.text == expected.text
        assert ours.score == pytest.approx(expected.score, abs=1e-5)


def test_one_document_or_a_list(model):
    one, (first, *_) = model.prune(QUERY, DOCUMENTS[0]), model.prune(QUERY, DOCUMENTS)
    assert one.text == first.text
    assert model.prune(QUERY, []) == []


def test_threshold_and_the_other_options(model):
    assert model.prune(QUERY, DOCUMENTS[0], 0.0).text == DOCUMENTS[0]
    kept = model.prune(QUERY, DOCUMENTS[0], threshold=1.0, always_keep=["first_sentence"])
    assert kept.text == "Paris is the capital. "


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"top_k": 2, "return_documents": True},
        {"prompt": "cats: "},
        {"activation_fn": torch.nn.Identity()},
        {"batch_size": 1, "device": "cpu", "show_progress_bar": False},
    ],
)
def test_rank_adds_two_keys_and_changes_nothing_else(model, options):
    plain = model.rank(QUERY, DOCUMENTS, **options)
    pruned = model.rank(QUERY, DOCUMENTS, prune=True, threshold=0.5, **options)
    results = model.prune(QUERY, DOCUMENTS, threshold=0.5, prompt=options.get("prompt"))
    for row, expected in zip(pruned, plain, strict=True):
        result = results[row["corpus_id"]]
        assert row.pop("pruned_text") == result.text
        expected_sentences = [pytest.approx(vars(s), abs=1e-6) for s in result.sentences]
        assert row.pop("sentences") == expected_sentences
        assert row.pop("score") == pytest.approx(expected.pop("score"), abs=1e-6)
        assert row == expected


@pytest.mark.parametrize("prompt", [None, "the cat is in Paris: "])
def test_rank_scores_what_predict_truncates_as_predict_does(checkpoint, prompt):
    model = PruningCrossEncoder(checkpoint, device="cpu", max_length=24)
    plain = model.rank(QUERY, DOCUMENTS, prompt=prompt)
    pruned = model.rank(QUERY, DOCUMENTS, prompt=prompt, prune=True, threshold=0)
    for row, expected in zip(pruned, plain, strict=True):
        assert row["pruned_text"] == DOCUMENTS[row["corpus_id"]]
        assert row["corpus_id"] == expected["corpus_id"]
        assert row["score"] == pytest.approx(expected["score"], abs=1e-6)
        assert type(row["score"]) is type(expected["score"])
    wholes = [result.score for result in model.prune(QUERY, DOCUMENTS, prompt=prompt)]
    assert wholes != pytest.approx([row["score"] for row in plain], abs=1e-6)


def test_rows_can_be_written_as_json(model):
    rows = model.rank(QUERY, DOCUMENTS, prune=True, return_documents=True)
    assert json.loads(json.dumps(rows)) == rows


@pytest.mark.parametrize("options", [{}, {"prune": True}, {"activation_fn": torch.nn.Identity()}])
@pytest.mark.parametrize("empty", ["", " \n", "\t"])
def test_an_empty_document_comes_last(model, options, empty):
    documents = [empty, *DOCUMENTS, empty]
    rows = model.rank(QUERY, documents, **options)
    assert {row["corpus_id"] for row in rows[-2:]} == {0, len(documents) - 1}
    lowest = -math.inf if "activation_fn" in options else 0
    assert [row["score"] for row in rows[-2:]] == [lowest, lowest]
    best = model.rank(QUERY, documents, top_k=1, **options)
    assert [row["corpus_id"] for row in best] == [rows[0]["corpus_id"]]
    assert model.prune(QUERY, empty).score == 0


def test_prompts_by_name_and_by_default(checkpoint, model):
    options = {"prompts": {"p": "cats: "}, "default_prompt_name": "p", "device": "cpu"}
    named = PruningCrossEncoder(checkpoint, **options)
    by_default = named.prune(QUERY, DOCUMENTS[0])
    assert by_default.score == named.prune(QUERY, DOCUMENTS[0], prompt_name="p").score
    assert by_default.score == model.prune(QUERY, DOCUMENTS[0], prompt="cats: ").score
    assert by_default.score != model.prune(QUERY, DOCUMENTS[0]).score
    assert by_default.score == pytest.approx(named.predict((QUERY, DOCUMENTS[0])), abs=1e-6)
    with pytest.raises(ValueError, match="`prompt_name` must be one of `p`.*'q'"):
        named.prune(QUERY, DOCUMENTS[0], prompt_name="q")


def test_the_activation_of_the_model_counts(checkpoint):
    model = PruningCrossEncoder(checkpoint, device="cpu", activation_fn=torch.nn.Identity())
    score = model.prune(QUERY, DOCUMENTS[0]).score
    assert score == pytest.approx(float(model.predict((QUERY, DOCUMENTS[0]))), abs=1e-5)


def test_a_shorter_max_length_gives_more_windows_and_loses_nothing(checkpoint):
    model = PruningCrossEncoder(checkpoint, device="cpu", max_length=16)
    assert model.prune(QUERY, DOCUMENTS[2], threshold=0).text == DOCUMENTS[2]
    assert model.max_seq_length == 16


def test_truncation_of_predict_does_not_reach_prune(model):
    before = model.prune(QUERY, DOCUMENTS[2] * 5)
    model.predict([(QUERY, DOCUMENTS[2] * 5)])
    for again in (model, copy.deepcopy(model)):
        result = again.prune(QUERY, DOCUMENTS[2] * 5)
        assert result.score == pytest.approx(before.score, abs=1e-6)
        assert len(result.sentences) == len(before.sentences)


@pytest.mark.parametrize("call", ["prune", "rank"])
def test_a_plain_cross_encoder_says_that_it_cannot_prune(plain, call):
    model = PruningCrossEncoder(plain, device="cpu")
    options = {"prune": True} if call == "rank" else {}
    with pytest.raises(ValueError, match=r"no pruning head; .*from_backbone.* and train it"):
        getattr(model, call)(QUERY, DOCUMENTS, **options)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"query": " "}, ValueError, "`query` must not be empty, not ' '"),
        ({"query": 1}, TypeError, "`query` must be a str, not int"),
        ({"documents": [1]}, TypeError, "`documents.0.` must be a str, not int"),
        ({"threshold": 2}, ValueError, "`threshold` must be from 0 to 1, not 2"),
        ({"batch_size": 0}, ValueError, "`batch_size` must be at least 1, not 0"),
        ({"unknown": 1}, TypeError, "unknown"),
    ],
)
def test_bad_arguments(model, arguments, error, message):
    with pytest.raises(error, match=message):
        model.prune(**{"query": QUERY, "documents": DOCUMENTS, **arguments})


def test_pruning_options_need_prune(model):
    with pytest.raises(ValueError, match="`threshold` need `prune=True`"):
        model.rank(QUERY, DOCUMENTS, threshold=0.5)


def test_pruning_runs_in_one_process(model):
    with pytest.raises(ValueError, match="one process"):
        model.rank(QUERY, DOCUMENTS, prune=True, device=["cpu", "cpu"])


def test_plain_cross_encoder_opens_the_checkpoint(checkpoint, model):
    plain = CrossEncoder(checkpoint, device="cpu")
    assert type(plain.model).__name__ == "PruningEncoderForSequenceClassification"
    assert plain.rank(QUERY, DOCUMENTS) == model.rank(QUERY, DOCUMENTS)


def test_texts_from_any_iterable_and_numbers_of_numpy(model):
    options = {"threshold": np.float64(0.5), "max_tokens": np.int64(9), "batch_size": np.int64(2)}
    due = model.prune(QUERY, DOCUMENTS, threshold=0.5, max_tokens=9, batch_size=2)
    assert model.prune(QUERY, (text for text in DOCUMENTS), **options) == due
    rows = model.rank(QUERY, np.array(DOCUMENTS), prune=True, **options)
    assert rows == model.rank(QUERY, DOCUMENTS, prune=True, threshold=0.5, max_tokens=9)
    plain = model.rank(QUERY, iter(DOCUMENTS), return_documents=True)
    assert plain == model.rank(QUERY, DOCUMENTS, return_documents=True)


def test_an_unknown_option_is_pythons_own_error(model):
    with pytest.raises(TypeError, match=r"prune\(\) got an unexpected keyword argument 'treshold'"):
        model.prune(QUERY, DOCUMENTS, treshold=0.1)
    with pytest.raises(TypeError, match=r"rank\(\) .* `treshold`"):
        model.rank(QUERY, DOCUMENTS, prune=True, treshold=0.1)


def test_the_built_in_model_by_name(tmp_path):
    model = PruningCrossEncoder("default", device="cpu")
    expected = Pruner.from_pretrained().prune(QUERY, DOCUMENTS[0])
    found = model.prune(QUERY, DOCUMENTS[0])
    assert (found.text, found.score) == (expected.text, pytest.approx(expected.score, abs=1e-4))
    by_keyword = PruningCrossEncoder(model_name_or_path="default", device="cpu")
    assert by_keyword.prune(QUERY, DOCUMENTS[0]) == found
    model.save(tmp_path / "saved")
    texts = [
        file.read_text()
        for file in (tmp_path / "saved").glob("*.[jm]*")
        if file.suffix in (".json", ".md")
    ]
    assert not any("default_model" in text for text in texts)
