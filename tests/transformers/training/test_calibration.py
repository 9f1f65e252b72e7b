import numpy as np
import pytest
import torch

from pruning_core.heads import PruningHead
from pruning_transformers.evaluation.metrics import Scored, calibration_error, reliability
from pruning_transformers.training import PruningDataset
from pruning_transformers.training.calibration import Calibration, calibrate, fit
from pruning_transformers.training.collator import PruningDataCollator
from tiny_backbones import new_model


def test_a_known_scale_and_shift_are_found():
    torch.manual_seed(0)
    true = torch.randn(20_000, dtype=torch.float64) * 2 - 1
    labels = torch.bernoulli(true.sigmoid())
    found = fit((true - 0.7) / 3, torch.arange(len(true)), labels)
    assert found.scale == pytest.approx(3, rel=0.05)
    assert found.shift == pytest.approx(0.7, abs=0.05)
    assert found.after < found.before


def test_few_sentences_do_not_ask_for_any_scale():
    logits = torch.tensor([-0.2, -0.1, 0.1, 0.2])
    found = fit(logits, torch.arange(4), torch.tensor([0, 0, 1, 1]))
    probabilities = (found.scale * logits + found.shift).sigmoid()
    assert probabilities.mean().item() == pytest.approx(0.5, abs=1e-3)
    assert probabilities[0] > 0.1


def test_probabilities_are_the_shares_of_evidence_after_it():
    torch.manual_seed(0)
    sentences = torch.arange(5_000).repeat_interleave(4)
    base = torch.randn(5_000)
    labels = torch.bernoulli((base * 2 - 1.5).sigmoid())
    logits = 0.2 * base[sentences] - 4 + 0.05 * torch.randn(20_000)
    found = fit(logits, sentences, labels)

    def error(values):
        means = torch.zeros(5_000).index_add(0, sentences, values.sigmoid().float()) / 4
        rows = [Scored(np.ones(5_000), labels.numpy(), means.numpy())]
        return calibration_error(reliability(rows))

    assert error(logits) > 0.2
    assert error(found.scale * logits + found.shift) < 0.03


def test_a_folded_head_gives_the_calibrated_logit():
    head = PruningHead(hidden_size=8, dropout=0.0)
    state = torch.randn(2, 5, 8)
    before = head(state)
    Calibration(2.5, -0.5, 0, 0).fold(head.classifier)
    after = head(state)
    difference = 2.5 * (before[..., 1] - before[..., 0]) - 0.5
    assert torch.allclose(after[..., 1] - after[..., 0], difference, atol=1e-5)


def test_a_model_is_calibrated_on_its_own_windows(questions):
    model = new_model().train()
    examples = PruningDataset(questions, model.tokenizer, model.config, negatives=1)
    texts = [question.text for question in questions], [q.context for q in questions]
    before = [s.probability for r in model.prune_batch(*texts) for s in r.sentences]
    found, ranking = calibrate(model, examples, PruningDataCollator(model.tokenizer))
    assert ranking is None
    assert found.after < found.before
    assert model.training
    after = [s.probability for r in model.prune_batch(*texts) for s in r.sentences]
    share = np.mean([label for row in examples for label in row["pruning_labels"] if label >= 0])
    assert abs(np.mean(after) - share) < abs(np.mean(before) - share)
    again, _ = calibrate(model, examples, PruningDataCollator(model.tokenizer))
    assert (again.scale, again.shift) == pytest.approx((1, 0), abs=0.05)


@pytest.mark.parametrize("labels", [[1, 1], [0, 0]])
def test_there_must_be_both_kinds_of_sentences(labels):
    with pytest.raises(ValueError, match="some sentences must be evidence and some not"):
        fit(torch.zeros(2), torch.arange(2), torch.tensor(labels))


def test_scores_are_calibrated_too(questions):
    model = new_model()
    examples = PruningDataset(questions, model.tokenizer, model.config, negatives=1)
    pairs = [(question.text, question.context) for question in questions]
    before = torch.tensor([model.prune(*pair).score for pair in pairs]).logit()
    _, found = calibrate(model, examples, PruningDataCollator(model.tokenizer), ranking=True)
    assert found.after < found.before
    after = torch.tensor([model.prune(*pair).score for pair in pairs]).logit()
    assert torch.allclose(after, found.scale * before + found.shift, atol=1e-4)


def test_scores_stay_where_no_window_is_another_s(questions):
    model = new_model()
    answerable = [question for question in questions if question.spans]
    examples = PruningDataset(answerable, model.tokenizer, model.config)
    score = model.prune(questions[0].text, questions[0].context).score
    _, found = calibrate(model, examples, PruningDataCollator(model.tokenizer), ranking=True)
    assert found is None
    assert model.prune(questions[0].text, questions[0].context).score == score
