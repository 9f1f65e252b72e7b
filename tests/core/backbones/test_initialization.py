import torch

from pruning_core import EncoderConfig, PruningEncoder
from published_layouts import DEBERTA, MODERNBERT, XLM_ROBERTA
from tiny_checkpoint import tiny_config


def new(backbone, **fields):
    torch.manual_seed(0)
    config = EncoderConfig(backbone_config=backbone, max_length=32, **fields)
    return dict(PruningEncoder.from_config(config).named_parameters())


def test_the_standard_deviation_is_initializer_range():
    backbone = {**tiny_config().backbone_config, "initializer_range": 0.1, "vocab_size": 4_000}
    parameters = new(backbone)
    words = parameters["ranking_model.bert.embeddings.word_embeddings.weight"]
    assert abs(words[1:].std() - 0.1) < 0.002
    assert not words[0].any()  # padding
    for name, parameter in parameters.items():
        if name.endswith("bias"):
            assert not parameter.any(), name
        elif parameter.ndim > 1:
            assert 0.05 < parameter.std() < 0.15, name
        else:
            assert (parameter == 1).all(), name


def test_every_backbone_starts_at_0_02():
    for model_type, data in {"deberta-v2": DEBERTA, "xlm-roberta": XLM_ROBERTA}.items():
        for name, parameter in new({**data, "model_type": model_type}).items():
            assert parameter.ndim == 1 or 0.01 < parameter.std() < 0.03, name


def test_modernbert_is_cut_off_and_smaller_where_it_adds_to_the_residual_stream():
    parameters = new({**MODERNBERT, "hidden_size": 128})
    inner = parameters["ranking_model.model.layers.0.mlp.Wi.weight"]
    outer = parameters["ranking_model.model.layers.0.mlp.Wo.weight"]
    assert inner.abs().max() <= 0.04
    assert abs(outer.std() / inner.std() - 0.5) < 0.05  # two layers: 1 / sqrt(4)
