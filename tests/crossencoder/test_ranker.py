import torch

from pruning_crossencoder.ranker import RankerAsEncoder
from tiny_backbones import new_model


def test_both_heads_under_the_names_of_core():
    model = new_model().eval()
    ids = torch.tensor([[2, 5, 6, 3]])
    with torch.inference_mode():
        output, plain = RankerAsEncoder(model)(input_ids=ids), model(input_ids=ids)
    assert torch.equal(output.ranking_logits, plain.logits)
    assert torch.equal(output.pruning_logits, plain.pruning_logits)
