import pytest
import torch
from torch.nn import functional as F

from pruning_core import PruningLoss

KEEP = torch.tensor([[[0.2, 1.0], [0.5, -0.5], [3.0, 1.0]]])  # (1, 3, 2)
LABELS = torch.tensor([[1, 0, -100]])
RANK = torch.tensor([[0.7]])


def test_parts_and_weights_by_hand():
    out = PruningLoss(2.0, 0.5)(
        KEEP, RANK, pruning_labels=LABELS, ranking_labels=torch.tensor([1.0])
    )
    first = -torch.log(torch.tensor([1.0]).exp() / (torch.tensor([0.2, 1.0]).exp().sum()))
    second = -torch.log(torch.tensor([0.5]).exp() / (torch.tensor([0.5, -0.5]).exp().sum()))
    assert out.pruning.item() == pytest.approx((first + second).item() / 2)
    assert out.ranking.item() == pytest.approx(-F.logsigmoid(torch.tensor(0.7)).item())
    assert out.loss.item() == pytest.approx(2 * out.pruning.item() + 0.5 * out.ranking.item())


def test_the_ranking_part_weighs_a_twentieth_by_default():
    out = PruningLoss()(KEEP, RANK, pruning_labels=LABELS, ranking_labels=torch.ones(1))
    assert out.loss.item() == pytest.approx(out.pruning.item() + 0.05 * out.ranking.item())


def test_teacher_logits_are_met_by_squares():
    out = PruningLoss()(KEEP, RANK, teacher_logits=torch.tensor([2.7]))
    assert out.ranking.item() == pytest.approx(4.0)
    assert out.pruning is None


def test_gradients_reach_both_heads():
    keep, rank = KEEP.clone().requires_grad_(), RANK.clone().requires_grad_()
    PruningLoss()(keep, rank, pruning_labels=LABELS, ranking_labels=torch.ones(1)).loss.backward()
    assert keep.grad[0, :2].abs().min() > 0
    assert keep.grad[0, 2].abs().max() == 0
    assert rank.grad.abs().min() > 0


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ({"pruning_labels": torch.ones(1, 2).long()}, r"`pruning_labels` must be \(1, 3\)"),
        ({"ranking_labels": torch.ones(2)}, r"`ranking_labels` must be \(1,\), not \(2,\)"),
        ({"teacher_logits": torch.ones(1, 1)}, r"`teacher_logits` must be \(1,\)"),
        ({"ranking_labels": torch.ones(1), "teacher_logits": torch.ones(1)}, "not both"),
        ({}, "nothing to learn from"),
        ({"pruning_labels": torch.full((1, 3), -100)}, "nothing to learn from"),
    ],
)
def test_targets_that_do_not_fit(targets, message):
    with pytest.raises(ValueError, match=message):
        PruningLoss()(KEEP, RANK, **targets)


def test_logits_that_do_not_fit():
    with pytest.raises(ValueError, match=r"`ranking_logits` must be \(B, 1\)"):
        PruningLoss()(KEEP, torch.ones(1, 2), ranking_labels=torch.ones(1))
    with pytest.raises(ValueError, match=r"`pruning_logits` must be \(B, T, 2\)"):
        PruningLoss()(torch.ones(1, 3), pruning_labels=LABELS)
    with pytest.raises(ValueError, match="`ranking_labels` need `ranking_logits`"):
        PruningLoss()(KEEP, ranking_labels=torch.ones(1))


def test_weights():
    with pytest.raises(ValueError, match="`ranking_weight` must be 0 or more, not -1"):
        PruningLoss(ranking_weight=-1)
