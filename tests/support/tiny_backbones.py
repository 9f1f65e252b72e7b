"""Tiny random models of four families of backbones, for tests."""

import torch
from transformers import AutoConfig, PreTrainedTokenizerFast

from pruning_transformers import PruningEncoderConfig, PruningEncoderForSequenceClassification
from tiny_checkpoint import tiny_config, tiny_tokenizer

VOCABULARY = tiny_tokenizer().get_vocab_size()
SMALL = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 80,
    "pad_token_id": 0,
}
FAMILIES = {
    "bert": dict(tiny_config().backbone_config) | SMALL,
    "xlm-roberta": {**SMALL, "model_type": "xlm-roberta", "type_vocab_size": 2},
    "modernbert": {
        **SMALL,
        "model_type": "modernbert",
        "global_attn_every_n_layers": 2,
        "local_attention": 8,
        "cls_token_id": 2,
        "sep_token_id": 3,
        "bos_token_id": 2,
        "eos_token_id": 3,
    },
    "deberta-v2": {
        **SMALL,
        "model_type": "deberta-v2",
        "relative_attention": True,
        "position_buckets": 16,
        "pos_att_type": ["p2c", "c2p"],
        "share_att_key": True,
        "type_vocab_size": 0,
        "position_biased_input": False,
    },
}


def new_config(family, **fields):
    return PruningEncoderConfig(backbone_config=FAMILIES[family], max_length=64, **fields)


def new_model(family="bert", cls=PruningEncoderForSequenceClassification, **fields):
    torch.manual_seed(0)
    model = cls(new_config(family, **fields)).eval()
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    model.tokenizer = fast_tokenizer()
    return model


def fast_tokenizer():
    return PreTrainedTokenizerFast(
        tokenizer_object=tiny_tokenizer(),
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        unk_token="[UNK]",
        mask_token="[MASK]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )


def plain_config(family):
    data = dict(FAMILIES[family])
    return AutoConfig.for_model(data.pop("model_type"), **data)
