import math

import pytest
import torch
from torch.nn import functional as F

from pruning_core import PruningLoss, RetentionLoss

LABELS = torch.tensor([[-100, 1, 1, 0, 1, -100], [-100, 0, 0, 0, -100, -100]])
SENTENCES = torch.tensor([[-1, 0, 0, 1, 2, -1], [-1, 0, 0, 1, -1, -1]])


@pytest.fixture
def logits():
    return torch.randn(2, 6, 2, generator=torch.Generator().manual_seed(0))


def score(logits, row, tokens):
    keep = logits.softmax(-1)[row, tokens, 1].mean().item()
    return math.log(keep / (1 - keep))


def test_the_part_by_hand(logits):
    out = RetentionLoss(3.0, temperature=0.5)(
        logits, pruning_labels=LABELS, token_sentences=SENTENCES
    )
    evidence = [score(logits, 0, [1, 2]), score(logits, 0, [4])]
    lowest = -0.5 * math.log(sum(math.exp(-value / 0.5) for value in evidence))
    dropped = {score(logits, 0, [3]): 1, score(logits, 1, [1, 2]): 2, score(logits, 1, [3]): 1}
    expected = sum(n * math.log1p(math.exp(z - lowest)) for z, n in dropped.items()) / 4
    assert out.retention.item() == pytest.approx(expected, rel=1e-5)
    assert out.loss.item() == pytest.approx(out.pruning.item() + 3 * expected, rel=1e-5)


def test_probabilities_of_0_and_1_have_a_finite_logit():
    logits = torch.tensor([[[60.0, -60.0], [-60.0, 60.0]]], requires_grad=True)  # evidence, not
    labels, sentences = torch.tensor([[1, 0]]), torch.tensor([[0, 1]])
    out = RetentionLoss()(logits, pruning_labels=labels, token_sentences=sentences)
    bound = math.log((1 - 1e-5) / 1e-5)
    assert out.retention.item() == pytest.approx(2 * bound, rel=1e-3)
    out.retention.backward()
    assert logits.grad.isfinite().all()


def test_windows_count_alike(logits):
    labels = LABELS.clone()
    labels[1, 3] = 1
    loss = RetentionLoss(temperature=0.1)
    part = loss(logits, pruning_labels=labels, token_sentences=SENTENCES).retention
    first, second = labels.clone(), labels.clone()
    first[1, 3] = -100
    second[0, [1, 2, 4]] = -100
    parts = [
        loss(logits, pruning_labels=one, token_sentences=SENTENCES).retention
        for one in (first, second)
    ]
    torch.testing.assert_close(part, torch.stack(parts).mean())


def test_the_gradient_lifts_the_lowest_evidence_and_lowers_the_rest(logits):
    logits = logits.requires_grad_()
    loss = RetentionLoss(pruning_weight=0.0, ranking_weight=1.0)
    targets = {"pruning_labels": LABELS, "ranking_labels": torch.ones(2)}
    loss(logits, torch.zeros(2), **targets, token_sentences=SENTENCES).loss.backward()
    keep = logits.grad[..., 1]
    assert (keep[LABELS == 1] < 0).all()
    assert (keep[LABELS == 0] > 0).all()
    assert (keep[LABELS == -100] == 0).all()


@pytest.mark.parametrize("label", [0, 1])
def test_no_part_without_both_kinds(logits, label):
    labels = torch.full_like(LABELS, label)
    sentences = SENTENCES.clamp(min=0)
    out = RetentionLoss()(logits, pruning_labels=labels, token_sentences=sentences)
    assert out.retention is None
    assert out.loss == F.cross_entropy(logits.flatten(0, 1), labels.flatten())


def test_without_pruning_labels_it_is_pruning_loss(logits):
    targets = {"ranking_labels": torch.ones(2)}
    out = RetentionLoss()(logits, torch.zeros(2), **targets)
    assert out == PruningLoss()(logits, torch.zeros(2), **targets)


def test_wrong_values(logits):
    with pytest.raises(ValueError, match=r"`token_sentences` must be \(2, 6\), not None"):
        RetentionLoss()(logits, pruning_labels=LABELS)
    with pytest.raises(ValueError, match="`retention_weight` must be 0 or more, not -1"):
        RetentionLoss(-1)
    with pytest.raises(ValueError, match="`temperature` must be above 0, not 0"):
        RetentionLoss(temperature=0)
