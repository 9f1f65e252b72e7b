import torch

from pruning_core import PruningHead


def test_logits_by_hand():
    head = PruningHead(hidden_size=2)
    head.load_state_dict(
        {
            "classifier.weight": torch.tensor([[1.0, 2.0], [3.0, -1.0]]),
            "classifier.bias": torch.tensor([0.5, -0.5]),
        }
    )
    logits = head(torch.tensor([[[1.0, 1.0], [0.0, 2.0]]]))
    assert logits.tolist() == [[[3.5, 1.5], [4.5, -2.5]]]


def test_dropout_acts_in_training_only():
    head, hidden = PruningHead(hidden_size=64, dropout=0.5), torch.ones(1, 4, 64)
    assert not torch.equal(head.train()(hidden), head(hidden))
    assert torch.equal(head.eval()(hidden), head.classifier(hidden))
