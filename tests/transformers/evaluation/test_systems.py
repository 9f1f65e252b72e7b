import numpy as np
import pytest

from pruning_core import Pruner
from pruning_transformers import PruningEncoderModel
from pruning_transformers.evaluation.data import EvaluationFile
from pruning_transformers.evaluation.systems import BM25System, LeadSystem, open_system
from tiny_backbones import new_model


@pytest.fixture
def file(data):
    return EvaluationFile(data / "dev.jsonl")


def test_a_pruner_gives_what_core_gives(file, pruner):
    core, system = Pruner.from_pretrained(pruner), open_system(pruner)
    for question, scores in zip(file.questions, system.sentence_scores(file), strict=True):
        expected = core.prune(question.text, question.context)
        assert scores == pytest.approx([s.probability for s in expected.sentences], abs=1e-5)
    questions, passages = file.candidates(2, 3)
    scores = system.passage_scores(questions, passages)
    assert scores[1, 2] == pytest.approx(core.prune(questions[1], passages[1][2]).score, abs=1e-5)


def test_a_plain_cross_encoder_ranks_as_the_pruner_made_of_it(file, pruner, reranker):
    questions, passages = file.candidates(3, 4)
    plain = open_system(reranker)
    assert plain.sentence_scores(file) is None
    logits = plain.passage_scores(questions, passages)
    scores = open_system(pruner).passage_scores(questions, passages)
    assert 1 / (1 + np.exp(-logits)) == pytest.approx(scores, abs=1e-5)


def test_a_bare_encoder_is_refused(tmp_path):
    new_model().backbone.base_model.save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="is not a cross-encoder but BertModel"):
        open_system(str(tmp_path))


def test_pruning_only_ranks_nothing(file, tmp_path):
    model = new_model(cls=PruningEncoderModel, mode="pruning_only")
    model.save_pretrained(tmp_path, tokenizer=model.tokenizer)
    assert open_system(str(tmp_path)).passage_scores(*file.candidates(2, 3)) is None


def test_baselines(file):
    scores = BM25System().sentence_scores(file)
    for question, row in zip(file.questions[:12], scores, strict=False):
        (start, _), spans = question.spans[0], file.spans[question.context]
        assert row.argmax() == [span[0] for span in spans].index(start)
    questions, passages = file.candidates(3, 4)
    assert BM25System().passage_scores(questions, passages).shape == (3, 4)
    assert [list(row) for row in LeadSystem().sentence_scores(file)[:1]] == [[0, -1, -2]]
