"""Random checkpoints in the published layouts, key for key."""

import json
from pathlib import Path
from string import ascii_lowercase

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from pruning_core import EncoderConfig, PruningEncoder
from tiny_checkpoint import WORDS, tiny_pruner, tiny_tokenizer

JULY_PARTS = {
    "reranking_pruning": ("ranking_model", "ranking_model."),
    "pruning_only": ("encoder_model", "encoder."),
}
QUERY = "Capital of  France?"
TEXT = "Paris is the capital. Cats purr. The cat is in Paris, in France."
SMALL = {
    "vocab_size": 160,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "max_position_embeddings": 82,
}
DEBERTA = SMALL | {
    "relative_attention": True,
    "position_buckets": 16,
    "max_relative_positions": -1,
    "pos_att_type": ["p2c", "c2p"],
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
    "type_vocab_size": 0,
    "position_biased_input": False,
    "pooler_hidden_size": 32,
    "pooler_hidden_act": "gelu",
    "pad_token_id": 0,
}
XLM_ROBERTA = SMALL | {"type_vocab_size": 1, "pad_token_id": 1}
MODERNBERT = SMALL | {
    "model_type": "modernbert",
    "global_attn_every_n_layers": 2,
    "local_attention": 8,
    "pad_token_id": 0,
    "cls_token_id": 2,
    "sep_token_id": 3,
    "bos_token_id": 2,
    "eos_token_id": 3,
}


def roberta_tokenizer():
    """XLM-RoBERTa's special tokens and template, with two `</s>` between the texts."""
    characters = [*ascii_lowercase, *".,?", *(f"##{c}" for c in ascii_lowercase)]
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *characters, *WORDS, "Cats", "Paris"]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer


def weights(backbone, model_type):
    """Random weights under our keys: `ranking_model.*` has Hugging Face's names."""
    config = EncoderConfig(backbone_config={**backbone, "model_type": model_type}, max_length=64)
    torch.manual_seed(0)
    encoder = PruningEncoder.from_config(config)
    for parameter in encoder.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    return encoder.state_dict()


def write(folder, config, state, tokenizer):
    folder = Path(folder)
    (folder / "config.json").write_text(json.dumps(config))
    save_file({k: v.contiguous() for k, v in state.items()}, folder / "model.safetensors")
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "modeling_provence.py").write_text("raise RuntimeError('its code ran')")
    return folder


def cut(state, old, new):
    return {new + k[len(old) :]: v for k, v in state.items() if k.startswith(old)}


def provence(folder):
    """naver/provence-reranker-debertav3-v1."""
    ours = weights(DEBERTA, "deberta-v2")
    state = cut(ours, "ranking_model.", "")
    state |= cut(ours, "pruning_head.classifier.", "token_classifier.")
    config = DEBERTA | {
        "model_type": "Provence",
        "architectures": ["Provence"],
        "auto_map": {"AutoModel": "modeling_provence.Provence"},
        "_name_or_path": "someone/base",
    }
    return write(folder, config, state, tiny_tokenizer())


def xprovence(folder, pooler=False):
    """naver/xprovence-reranker-bgem3-v1; its head in one of two layouts."""
    ours = weights(XLM_ROBERTA, "xlm-roberta")
    state = cut(ours, "ranking_model.", "")
    state |= cut(ours, "pruning_head.classifier.", "token_classifier.")
    if pooler:
        state |= cut(ours, "ranking_model.classifier.dense.", "roberta.pooler.dense.")
        state |= cut(ours, "ranking_model.classifier.out_proj.", "classifier.")
        gone = ("classifier.dense.", "classifier.out_proj.")
        state = {k: v for k, v in state.items() if not k.startswith(gone)}
    name = "modeling_provence.XProvenceForSequenceClassification"
    config = XLM_ROBERTA | {"model_type": "xlm-roberta", "auto_map": {"AutoModel": name}}
    return write(folder, config, state, roberta_tokenizer())


def xprovence_pooler(folder):
    return xprovence(folder, pooler=True)


def open_provence(folder, backbone=MODERNBERT, model_type="open_provence", tokenizer=None):
    """hotchpotch/open-provence-reranker-v1."""
    config = {
        "model_type": model_type,
        "auto_map": {"AutoModel": "modeling_provence.OpenProvenceModel"},
        "mode": "reranking_pruning",
        "base_model_config": backbone,
        "pruning_config": {"hidden_size": 32, "num_labels": 2, "classifier_dropout": 0.1},
        "max_length": 64,
        "num_labels": 1,
        "default_threadshold": 0.3,
    }
    state = weights(backbone, backbone["model_type"])
    return write(folder, config, state, tokenizer or tiny_tokenizer())


def zilliz(folder):
    """zilliz/semantic-highlight-bilingual-v1, as far as it is known."""
    backbone = XLM_ROBERTA | {"model_type": "xlm-roberta"}
    return open_provence(folder, backbone, "semantic_highlight", roberta_tokenizer())


def july_2025(folder, mode="reranking_pruning"):
    """A checkpoint in the layout of July 2025, from a tiny one of ours."""
    tiny_pruner(mode=mode).save_pretrained(folder)
    ours = json.loads((folder / "config.json").read_text())
    state = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    config = {
        "model_type": "pruning_encoder",
        "mode": mode,
        "base_model_name_or_path": "someone/base",
        "pruning_config": {"hidden_size": 32},
        "max_length": 64,
        "num_labels": 2,
        "auto_map": {"AutoModel": "modeling.Model"},
    }
    for name in ("config.json", "pruning_encoder_config.json"):
        (folder / name).write_text(json.dumps(config))
    part, prefix = JULY_PARTS[mode]
    (folder / part).mkdir()
    (folder / "pruning_head").mkdir()
    backbone = ours["backbone_config"] | {"id2label": {"0": "LABEL_0"}}
    (folder / part / "config.json").write_text(json.dumps(backbone))
    cut = {
        name: {k[len(name) :]: v for k, v in state.items() if k.startswith(name)}
        for name in (prefix, "pruning_head.")
    }
    save_file(cut[prefix], folder / part / "model.safetensors")
    torch.save(cut["pruning_head."], folder / "pruning_head" / "pytorch_model.bin")
    return folder


LAYOUTS = {
    "provence": provence,
    "xprovence": xprovence,
    "xprovence_pooler": xprovence_pooler,
    "open_provence": open_provence,
    "zilliz": zilliz,
}
