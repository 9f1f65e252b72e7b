import pytest
import torch

from pruning_core.backbones import BACKBONES, build_backbone

SMALL = {
    "vocab_size": 40,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 24,
    "max_position_embeddings": 16,
    "pad_token_id": 0,
}
IDS = torch.tensor([[5, 6, 7, 8, 9]])


@pytest.mark.parametrize("model_type", BACKBONES)
@pytest.mark.parametrize("num_labels", [None, 1, 3])
def test_what_each_backbone_returns(model_type, num_labels):
    output = build_backbone({"model_type": model_type, **SMALL}, num_labels).eval()(IDS)
    assert output.last_hidden_state.shape == (1, 5, 16)
    assert (output.logits is None) is (num_labels is None)
    if num_labels is not None:
        assert output.logits.shape == (1, num_labels)
    assert (output.pre_final_norm is None) is (model_type != "modernbert")
