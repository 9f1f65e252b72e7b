"""config.json with keys of other libraries, and with backbones that are none."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostile.case import AGREE, CONFIG, HARMLESS, REFUSED, SAME, SKIPPED, Case, setting

ADDED, BACKBONES = "config.json: added keys", "config.json: backbones"
KINDS = (ADDED, BACKBONES)
_OTHER_BACKBONES: dict[str, dict[str, Any]] = {
    "detr": {"model_type": "detr", "backbone": "evil/x", "use_pretrained_backbone": True},
    "detr-timm": {"model_type": "detr", "backbone": "resnet50", "use_timm_backbone": True},
    "detr-nested": {
        "model_type": "detr",
        "backbone_config": {"model_type": "timm_backbone", "backbone": "evil/x"},
    },
    "timm_backbone": {
        "model_type": "timm_backbone",
        "backbone": "hf_hub:evil/x",
        "use_pretrained_backbone": True,
    },
    "timm_wrapper": {"model_type": "timm_wrapper", "architecture": "hf_hub:evil/x"},
    "vit": {"model_type": "vit", "hidden_size": 32},
    "clip": {"model_type": "clip"},
    "dpt": {"model_type": "dpt", "backbone": "evil/x", "use_pretrained_backbone": True},
    "maskformer": {"model_type": "maskformer", "backbone": "evil/x"},
    "upernet": {"model_type": "upernet", "backbone": "evil/x", "use_pretrained_backbone": True},
    "encoder-decoder": {
        "model_type": "encoder-decoder",
        "encoder": {"model_type": "bert"},
        "decoder": {"model_type": "bert"},
    },
    "vision-encoder-decoder": {
        "model_type": "vision-encoder-decoder",
        "encoder": {"model_type": "detr", "backbone": "evil/x", "use_pretrained_backbone": True},
        "decoder": {"model_type": "bert"},
    },
    "rag": {
        "model_type": "rag",
        "question_encoder": {"model_type": "dpr"},
        "generator": {"model_type": "bart"},
        "passages_path": "evil/x",
    },
    "bart": {"model_type": "bart", "d_model": 32},
    "t5": {"model_type": "t5", "d_model": 32},
    "gpt2": {"model_type": "gpt2", "n_embd": 32, "n_layer": 1, "n_head": 2},
    "llama": {"model_type": "llama", "hidden_size": 32, "num_hidden_layers": 1},
    "whisper": {"model_type": "whisper"},
    "llava": {"model_type": "llava", "vision_config": {"model_type": "detr", "backbone": "evil/x"}},
    "mamba": {"model_type": "mamba", "hidden_size": 32},
    "roberta": {"model_type": "roberta", "hidden_size": 32, "num_hidden_layers": 2},
    "electra": {"model_type": "electra", "hidden_size": 32},
    "distilbert": {"model_type": "distilbert", "dim": 32},
    "longformer": {"model_type": "longformer", "hidden_size": 32},
    "pruning_encoder": {"model_type": "pruning_encoder"},
    "no_such_type": {"model_type": "no_such_type", "hidden_size": 32},
    "auto": {"model_type": "auto"},
    "upper case": {"model_type": "BERT"},
    "spaces": {"model_type": " bert"},
    "list of types": {"model_type": ["bert"]},
}
_ADDED_TO_BACKBONE: dict[str, tuple[dict[str, Any], str]] = {
    "auto_map": ({"auto_map": {"AutoModel": "modeling_x.X"}}, REFUSED),
    "trust_remote_code": ({"trust_remote_code": True}, REFUSED),
    "custom_pipelines": ({"custom_pipelines": {"x": {"impl": "x.X"}}}, REFUSED),
    "_attn_implementation": ({"_attn_implementation": "evil/kernel"}, REFUSED),
    "_attn_implementation_internal": ({"_attn_implementation_internal": "evil/kernel"}, REFUSED),
    "_experts_implementation": ({"_experts_implementation_internal": "evil/kernel"}, REFUSED),
    "_name_or_path": ({"_name_or_path": "evil/x"}, HARMLESS),
    "name_or_path": ({"name_or_path": "evil/x"}, HARMLESS),
    "_commit_hash": ({"_commit_hash": "0" * 40}, REFUSED),
    "attn_implementation": ({"attn_implementation": "evil/kernel"}, HARMLESS),
    "attn_implementation flash": ({"attn_implementation": "flash_attention_2"}, HARMLESS),
    "attn_implementation object": ({"attn_implementation": {"": "evil/kernel"}}, HARMLESS),
    "experts_implementation": ({"experts_implementation": "evil/kernel"}, HARMLESS),
    "use_kernels": ({"use_kernels": True, "kernel_config": {"a": "evil/kernel:X"}}, HARMLESS),
    "quantization_config": ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, HARMLESS),
    "backbone": ({"backbone": "evil/x", "use_pretrained_backbone": True}, HARMLESS),
    "use_timm_backbone": ({"backbone": "evil/x", "use_timm_backbone": True}, HARMLESS),
    "vision_config": ({"vision_config": {"model_type": "detr", "backbone": "evil/x"}}, HARMLESS),
    "text_config": ({"text_config": {"model_type": "detr", "backbone": "evil/x"}}, HARMLESS),
    "backbone_config": (
        {"backbone_config": {"model_type": "detr", "backbone": "evil/x"}},
        HARMLESS,
    ),
    "encoder with auto_map": ({"encoder": {"auto_map": {"AutoModel": "x.X"}}}, HARMLESS),
    "sub_configs": ({"sub_configs": {"text_config": "x"}}, HARMLESS),
    "model_type of the class": ({"config_class": "x", "base_model_prefix": "x"}, HARMLESS),
    "torch_dtype": ({"torch_dtype": "float16"}, HARMLESS),
    "dtype": ({"dtype": "float16"}, HARMLESS),
    "num_labels": ({"num_labels": 7}, HARMLESS),
    "num_labels huge": ({"num_labels": 10**9}, HARMLESS),
    "hub options": ({"revision": "evil", "cache_dir": "/evil/x", "token": "secret"}, HARMLESS),
    "pruned_heads": ({"pruned_heads": {"0": [0, 1]}}, AGREE),
    "position_embedding_type": ({"position_embedding_type": "relative_key"}, AGREE),
    "rope_scaling": ({"rope_scaling": {"rope_type": "yarn", "factor": 1e9}}, AGREE),
    "gradient_checkpointing": ({"gradient_checkpointing": True}, HARMLESS),
    "chunk_size_feed_forward": ({"chunk_size_feed_forward": 7}, HARMLESS),
    "per_layer_config": ({"per_layer_config": {"0": {"num_attention_heads": 2}}}, HARMLESS),
    "per_layer_attributes": ({"per_layer_attributes": ["num_attention_heads"]}, HARMLESS),
    "is_heterogeneous": ({"is_heterogeneous": True}, HARMLESS),
    "quantization_config text": ({"quantization_config": "x"}, HARMLESS),
    "layer_types": ({"layer_types": ["sliding_attention", "full_attention"]}, HARMLESS),
    "torchscript": ({"torchscript": True}, HARMLESS),
    "problem_type": ({"problem_type": "single_label_classification"}, HARMLESS),
    "id2label": ({"id2label": {"0": "a", "1": "b", "2": "c"}}, HARMLESS),
    "id2label a list": ({"id2label": ["a"]}, HARMLESS),
    "label2id a text": ({"label2id": "x"}, HARMLESS),
    "sentence_transformers": ({"sentence_transformers": {"activation_fn": "os.system"}}, HARMLESS),
    "token": ({"token": "secret", "proxies": {"http": "http://evil.example"}}, HARMLESS),
    "hidden_act unknown": ({"hidden_act": "no_such"}, REFUSED),
    "hidden_act relu": ({"hidden_act": "relu"}, AGREE),
    "hidden_act callable": ({"hidden_act": "torch.utils.collect_env.main"}, REFUSED),
    "hidden_act laplace": ({"hidden_act": "laplace"}, AGREE),
    "method to_dict": ({"to_dict": "x", "from_dict": "x"}, HARMLESS),
    "__class__": ({"__class__": "x"}, REFUSED),
    "attribute_map": ({"attribute_map": {"hidden_size": "vocab_size"}}, HARMLESS),
    "long key": ({"x" * 1_000_000: 1}, HARMLESS),
    "empty key": ({"": 1}, HARMLESS),
    "10,000 keys": ({f"key {number}": number for number in range(10_000)}, HARMLESS),
}
_ADDED_TO_TOP: dict[str, tuple[dict[str, Any], str]] = {
    "attn_implementation eager": ({"attn_implementation": "eager"}, SAME),
    "attn_implementation flash": ({"attn_implementation": "flash_attention_2"}, SAME),
    "attn_implementation kernel": ({"attn_implementation": "evil/kernel"}, SAME),
    "attn_implementation kernel 2": ({"attn_implementation": "paged|evil/kernel@main:x"}, SAME),
    "attn_implementation object": ({"attn_implementation": {"": "evil/kernel"}}, SAME),
    "attn_implementation number": ({"attn_implementation": 5}, SAME),
    "_attn_implementation": ({"_attn_implementation": "evil/kernel"}, SAME),
    "_attn_implementation_internal": ({"_attn_implementation_internal": "evil/kernel"}, SAME),
    "_attn_implementation_autoset": ({"_attn_implementation_autoset": True}, SAME),
    "experts_implementation": ({"experts_implementation": "evil/kernel"}, SAME),
    "_experts_implementation": ({"_experts_implementation_internal": "evil/kernel"}, SAME),
    "use_kernels": ({"use_kernels": True, "kernel_config": {"a": "evil/kernel:X"}}, SAME),
    "hub options": ({"revision": "evil", "cache_dir": "/evil/x", "token": "secret"}, SAME),
    "device_map": ({"device_map": "auto", "offload_folder": "/evil/x"}, SAME),
    "tp_plan": ({"tp_plan": "auto", "tp_size": 8}, SAME),
    "trust_remote_code": ({"trust_remote_code": True}, HARMLESS),
    "custom_pipelines": (
        {"custom_pipelines": {"x": {"impl": "evil.X", "pt": ["AutoModel"]}}},
        HARMLESS,
    ),
    "name_or_path": ({"name_or_path": "evil/x", "_name_or_path": "evil/x"}, HARMLESS),
    "_commit_hash": ({"_commit_hash": "0" * 40}, HARMLESS),
    "quantization bitsandbytes": (
        {"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}},
        HARMLESS,
    ),
    "quantization gptq": ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, HARMLESS),
    "quantization unknown": ({"quantization_config": {"quant_method": "x"}}, HARMLESS),
    "quantization text": ({"quantization_config": "x"}, HARMLESS),
    "quantization empty": ({"quantization_config": {}}, HARMLESS),
    "compression_config": (
        {"compression_config": {"quant_method": "compressed-tensors"}},
        HARMLESS,
    ),
    "text_config": ({"text_config": {"model_type": "detr", "backbone": "evil/x"}}, HARMLESS),
    "sub_configs": ({"sub_configs": {"backbone_config": "x"}}, HARMLESS),
    "hidden_size": ({"hidden_size": 64}, HARMLESS),
    "vocab_size": ({"vocab_size": 10**9}, HARMLESS),
    "vocab_size text": ({"vocab_size": "x"}, HARMLESS),
    "ranks": ({"ranks": False}, HARMLESS),
    "attribute_map": ({"attribute_map": {"mode": "dtype"}}, HARMLESS),
    "method to_dict": ({"to_dict": "x", "from_dict": "x"}, HARMLESS),
    "__class__": ({"__class__": "x"}, HARMLESS),
    "use_return_dict": ({"return_dict": False}, HARMLESS),
    "output_attentions": ({"output_attentions": True}, HARMLESS),
    "output_hidden_states": ({"output_hidden_states": True}, HARMLESS),
    "tie_word_embeddings": ({"tie_word_embeddings": True}, HARMLESS),
    "problem_type": ({"problem_type": "regression"}, HARMLESS),
    "is_decoder": ({"is_decoder": True}, HARMLESS),
    "pruned_heads": ({"pruned_heads": {"0": [0, 1]}}, AGREE),
    "generation": ({"num_beams": 5, "do_sample": True, "temperature": 1e9}, HARMLESS),
    "max_length in two places": ({"task_specific_params": {"x": {"max_length": 5}}}, HARMLESS),
    "open_provence's keys": (
        {
            "base_model_config": {"model_type": "bert"},
            "pruning_config": {"hidden_size": 32},
            "default_threadshold": 0.0001,
        },
        AGREE,
    ),
    "long key": ({"x" * 1_000_000: 1}, HARMLESS),
    "empty key": ({"": 1}, HARMLESS),
    "escape in a key": ({"\x1b[2J\x1b[31m": 1}, HARMLESS),
    "10,000 keys": ({f"key {number}": number for number in range(10_000)}, HARMLESS),
}
_OF_A_FAMILY: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("modernbert", "head_dim", {"head_dim": 4}, AGREE),
    ("modernbert", "sliding_window", {"sliding_window": 2}, AGREE),
    ("modernbert", "sliding_window 0", {"sliding_window": 0}, AGREE),
    ("modernbert", "local_attention 1", {"local_attention": 1}, AGREE),
    ("modernbert", "local_attention 3", {"local_attention": 3}, AGREE),
    ("modernbert", "layer_types short", {"layer_types": ["full_attention"]}, REFUSED),
    ("modernbert", "layer_types of others", {"layer_types": ["x", "full_attention"]}, REFUSED),
    ("modernbert", "layer_types a number", {"layer_types": 5}, REFUSED),
    ("modernbert", "rope a list", {"rope_parameters": [1]}, REFUSED),
    ("modernbert", "rope of numbers", {"rope_parameters": {"full_attention": 5}}, REFUSED),
    (
        "modernbert",
        "rope of NaN",
        {"rope_parameters": {"full_attention": {"rope_theta": float("nan")}}},
        AGREE,
    ),
    (
        "modernbert",
        "rope of zero",
        {"rope_parameters": {"sliding_attention": {"rope_theta": 0, "rope_type": "default"}}},
        AGREE,
    ),
    (
        "modernbert",
        "rope in parts",
        {"rope_parameters": {"full_attention": {"partial_rotary_factor": 0.5}}},
        AGREE,
    ),
    ("modernbert", "rope_theta", {"rope_theta": 5.0}, AGREE),
    ("modernbert", "global_rope_theta", {"global_rope_theta": 5.0}, AGREE),
    ("modernbert", "heads of one", {"num_attention_heads": 32}, AGREE),
    ("modernbert", "classifier_pooling x", {"classifier_pooling": "x"}, REFUSED),
    ("modernbert", "classifier_pooling mean", {"classifier_pooling": "mean"}, AGREE),
    ("deberta-v2", "attention_head_size", {"attention_head_size": 4}, AGREE),
    ("deberta-v2", "embedding_size", {"embedding_size": 16}, REFUSED),
    ("deberta-v2", "conv_kernel_size", {"conv_kernel_size": 3, "conv_act": "os.system"}, REFUSED),
    ("deberta-v2", "pos_att_type a number", {"pos_att_type": 5}, REFUSED),
    ("deberta-v2", "pos_att_type in capitals", {"pos_att_type": " C2P | P2C "}, AGREE),
    ("deberta-v2", "pos_att_type of others", {"pos_att_type": ["x", "c2p"]}, AGREE),
    ("deberta-v2", "position_buckets 1", {"position_buckets": 1}, AGREE),
    ("deberta-v2", "max_relative_positions 1", {"max_relative_positions": 1}, AGREE),
    ("deberta-v2", "norm_rel_ebd a list", {"norm_rel_ebd": ["layer_norm"]}, REFUSED),
    ("deberta-v2", "relative_attention a text", {"relative_attention": "yes"}, REFUSED),
    ("xlm-roberta", "pad_token_id 0", {"pad_token_id": 0}, AGREE),
    ("xlm-roberta", "pad_token_id at the end", {"pad_token_id": 60}, AGREE),
    ("xlm-roberta", "type_vocab_size 5", {"type_vocab_size": 5}, REFUSED),
    ("bert", "type_vocab_size 0", {"type_vocab_size": 0}, REFUSED),
    ("bert", "heads of one", {"num_attention_heads": 32}, AGREE),
    ("bert", "layer_norm_eps huge", {"layer_norm_eps": 1e30}, AGREE),
    ("bert", "initializer_range NaN", {"initializer_range": float("nan")}, HARMLESS),
)
_DTYPES: tuple[Any, ...] = (
    *("float16", "bfloat16", "float64", "int8", "torch.float16", "auto", "float8_e4m3fn"),
    *("complex64", "bool", "x", 16, "torch", "nn", "torch.nn.Linear"),
    {"": "float16"},
    {"backbone_config": "float16"},
)


def cases(good: Path) -> Iterator[Case]:
    yield from _added()
    yield from _other_backbones()


def _added() -> Iterator[Case]:
    for label, (values, expect) in _ADDED_TO_BACKBONE.items():
        yield Case(
            name=f"backbone_config with {label}",
            kind=ADDED,
            change=setting(CONFIG, ("backbone_config",), **values),
            expect=expect,
            names=tuple(key[:100] for key in values if key),
        )
    for base, label, values, expect in _OF_A_FAMILY:
        yield Case(
            name=f"backbone_config with {label} [{base}]",
            kind=ADDED,
            base=base,
            change=setting(CONFIG, ("backbone_config",), **values),
            expect=expect,
            names=(*values, "rope_theta"),
        )
    for base in ("bert", "xlm-roberta", "modernbert", "deberta-v2"):
        for label in ("is_decoder", "num_hidden_layers", "vocab_size"):
            value = {"is_decoder": True, "num_hidden_layers": 10**7, "vocab_size": 10**7}[label]
            yield Case(
                name=f"backbone_config {label}={value} [{base}]",
                kind=ADDED,
                base=base,
                change=setting(CONFIG, ("backbone_config",), **{label: value}),
                expect=HARMLESS if label == "is_decoder" else REFUSED,
                names=(label,),
            )
    for label, (values, expect) in _ADDED_TO_TOP.items():
        yield Case(
            name=f"config.json with {label}",
            kind=ADDED,
            change=setting(CONFIG, (), **values),
            expect=expect,
            names=tuple(key[:100] for key in values if key),
        )
    for key in ("dtype", "torch_dtype"):
        for value in _DTYPES:
            yield Case(
                name=f"config.json {key}={json.dumps(value)}",
                kind=ADDED,
                change=setting(CONFIG, (), **{key: value}),
                expect=AGREE,
                by_way={"core": SAME},
                names=("dtype", str(value)),
                # transformers computes in the type that a file names.
                tolerance=0.02 if str(value).endswith("float16") else 1e-4,
            )


def _other_backbones() -> Iterator[Case]:
    for label, backbone in _OTHER_BACKBONES.items():
        for base in ("bert", "bert-pruning-only"):
            names = (str(backbone["model_type"]), "backbone_config", "model_type", "hidden size")
            yield Case(
                name=f"backbone_config of {label} [{base}]",
                kind=BACKBONES,
                base=base,
                change=setting(CONFIG, (), backbone_config=backbone),
                expect=REFUSED,
                names=names,
            )
        kept = {key: value for key, value in backbone.items() if key != "model_type"}
        if kept and isinstance(backbone["model_type"], str):
            yield Case(
                name=f"backbone_config of bert typed {label}",
                kind=BACKBONES,
                change=setting(CONFIG, ("backbone_config",), model_type=backbone["model_type"]),
                # Named, or seen by the weights that do not fit.
                expect=REFUSED,
                names=(backbone["model_type"], "model_type"),
            )
    for model_type in ("bert", "detr", "gpt2", "open_provence", "Provence", "PRUNING_ENCODER"):
        elsewhere = {"emitted": HARMLESS}
        if model_type in {"bert", "detr", "gpt2"}:  # then it is what the others open
            elsewhere = {"registered": SKIPPED, "emitted": SKIPPED}
        yield Case(
            name=f"config.json model_type={model_type}",
            kind=BACKBONES,
            change=setting(CONFIG, (), model_type=model_type),
            expect=REFUSED,
            by_way=elsewhere,
            names=(model_type, "model_type", "pruning head"),
        )
