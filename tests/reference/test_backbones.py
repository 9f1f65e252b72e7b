"""Core's other backbones against transformers', in float32 on padded batches."""

import pytest
import torch
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification

from pruning_core.backbones import build_backbone
from tiny_backbones import FAMILIES

VARIANTS = [
    ("xlm-roberta", {"pad_token_id": 1}),
    ("xlm-roberta", {"pad_token_id": 0, "hidden_act": "relu"}),
    ("modernbert", {}),
    ("modernbert", {"classifier_pooling": "mean", "norm_bias": True, "mlp_bias": True}),
    ("modernbert", {"local_attention": 128}),
    ("deberta-v2", {"norm_rel_ebd": "layer_norm"}),
    ("deberta-v2", {"share_att_key": False, "position_biased_input": True, "type_vocab_size": 2}),
    ("deberta-v2", {"pos_att_type": ["c2p"], "position_buckets": -1, "embedding_size": 16}),
    ("deberta-v2", {"relative_attention": False}),
    ("modernbert", {"global_attn_every_n_layers": 1, "attention_bias": True}),
]


def config_of(family, changes):
    data = FAMILIES[family] | {"num_hidden_layers": 3, "max_position_embeddings": 80} | changes
    data = {key: value for key, value in data.items() if key != "model_type"}
    config = AutoConfig.for_model(family, **data)
    return config, config.to_dict()


def batch(pad):
    ids = torch.randint(5, 100, (3, 60), generator=torch.Generator().manual_seed(1))
    for row, length in enumerate((60, 37, 9)):
        ids[row, length:] = pad
    return ids, (ids != pad).long()


@pytest.mark.parametrize(("family", "changes"), VARIANTS)
@pytest.mark.parametrize("num_labels", [None, 1, 3])
def test_logits_and_hidden_states(family, changes, num_labels):
    config, data = config_of(family, changes)
    if num_labels is None:
        theirs = AutoModel.from_config(config).eval()
    else:
        config.num_labels = num_labels
        theirs = AutoModelForSequenceClassification.from_config(config).eval()
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter, std=0.15)
    ours = build_backbone(data, num_labels).eval()
    ours.load_state_dict(theirs.state_dict())
    ids, mask = batch(config.pad_token_id)
    seen = []
    hook = theirs.base_model.register_forward_hook(lambda m, a, output: seen.append(output[0]))
    before = getattr(theirs.base_model, "final_norm", None)
    if before is not None:
        before.register_forward_pre_hook(lambda m, inputs: seen.append(inputs[0]))
    with torch.inference_mode():
        expected, output = theirs(ids, attention_mask=mask), ours(ids, mask)
        alone = ours(ids[1:2, :37])
    hook.remove()
    tokens = mask.bool()

    def close(ours, theirs):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)

    close(output.last_hidden_state[tokens], seen[-1][tokens])
    close(output.last_hidden_state[1, :37], alone.last_hidden_state[0])
    if before is not None:
        close(output.pre_final_norm[tokens], seen[0][tokens])
    if num_labels is not None:
        close(output.logits, expected.logits)


def test_both_layouts_of_the_rotary_parameters():
    old = FAMILIES["modernbert"] | {"global_rope_theta": 777.0, "local_rope_theta": 55.0}
    rope = {
        "full_attention": {"rope_type": "default", "rope_theta": 777.0},
        "sliding_attention": {"rope_type": "default", "rope_theta": 55.0},
    }
    new = FAMILIES["modernbert"] | {"rope_parameters": rope}
    first, second = build_backbone(old, None).eval(), build_backbone(new, None).eval()
    second.load_state_dict(first.state_dict())
    ids, mask = batch(0)
    assert torch.equal(first(ids, mask).last_hidden_state, second(ids, mask).last_hidden_state)
    with pytest.raises(ValueError, match="`rope_type` must be default, not 'yarn'"):
        build_backbone(new | {"rope_parameters": {"full_attention": {"rope_type": "yarn"}}}, None)
