import torch

from pruning_transformers.outputs import PruningEncoderOutput, PruningSequenceOutput, RankingOutput


def test_the_loss_comes_first():
    one, two = torch.zeros(1), torch.ones(1)
    for cls in (PruningEncoderOutput, PruningSequenceOutput):
        assert cls(pruning_logits=two, loss=one).to_tuple() == (one, two)


def test_ranking_logits_alone_are_items():
    output = RankingOutput(logits=torch.zeros(1))
    output.pruning_logits = torch.ones(1)
    assert list(output) == ["logits"]
    assert output.pruning_logits == 1
    assert RankingOutput().pruning_logits is None
