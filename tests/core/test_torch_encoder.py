import numpy as np
import pytest
import torch
from torch import nn

from pruning_core import EncoderOutput
from pruning_core.torch_encoder import TorchBatchEncoder


class Recorder(nn.Module):
    """Notes the masks that it is given."""

    def __init__(self):
        super().__init__()
        self.parameter = nn.Parameter(torch.zeros(1))
        self.masks = []

    def forward(self, input_ids, attention_mask, token_type_ids):
        self.masks.append(attention_mask)
        keep = torch.stack([torch.zeros_like(input_ids), input_ids], -1)
        return EncoderOutput(pruning_logits=keep, ranking_logits=token_type_ids[:, :1])


def test_arrays_in_and_out():
    module = Recorder()
    ids, types, mask = np.array([[3, 0], [1, 2]]), np.array([[7, 0], [8, 0]]), np.ones((2, 2), int)
    logits, keep = TorchBatchEncoder(module).encode(ids, types, mask)
    assert logits.tolist() == [7, 8]
    assert keep.tolist() == torch.sigmoid(torch.tensor(ids).float()).numpy().tolist()
    assert (logits.dtype, keep.dtype) == (np.float32, np.float32)


def test_only_a_padded_batch_has_a_mask():
    module = Recorder()
    encoder, ids = TorchBatchEncoder(module), np.ones((2, 2), int)
    encoder.encode(ids, ids, ids)
    encoder.encode(ids, ids, np.array([[1, 1], [1, 0]]))
    assert module.masks[0] is None
    assert module.masks[1].tolist() == [[1, 1], [1, 0]]


@pytest.mark.parametrize(("device", "budget"), [("cpu", 1024), ("meta", 16_384)])
def test_the_token_budget_is_that_of_the_device(device, budget):
    assert TorchBatchEncoder(Recorder().to(device)).token_budget == budget
