"""Hostile config.json: every key with every odd value, other backbones, damaged files."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostile.case import (
    AGREE,
    CONFIG,
    HARMLESS,
    REFUSED,
    SAME,
    SKIPPED,
    Case,
    Removed,
    several,
    setting,
    writing,
    writing_json,
)
from hostile.good import BASES, ranks

KIND, DAMAGED, BACKBONES = "config.json: values", "config.json: damaged", "config.json: backbones"
VALUES: dict[str, Any] = {
    "removed": Removed,
    "null": None,
    "-1": -1,
    "0": 0,
    "1e9": 10**9,
    "1e18": 10**18,
    "1.5": 1.5,
    "NaN": math.nan,
    "Infinity": math.inf,
    "x": "x",
    "empty": "",
    "[]": [],
    "{}": {},
    "true": True,
    "long": "x" * 100_000,
    "path": "/etc/passwd",
    "hub id": "someone/model",
    "deep": [[[[[[[[1]]]]]]]],
}
TOP_REFUSED = frozenset(
    "backbone_config mode max_length classifier_dropout default_threshold pruning_hidden_state"
    " score_activation sentence_rule normalize_query".split()
)
"""Every wrong value of these is an error."""
TOP_DEFAULTS = TOP_REFUSED - {"backbone_config", "max_length"} | {"num_labels"}
"""These may be absent: the good value is the default."""
SIZES = frozenset(
    "vocab_size hidden_size num_hidden_layers intermediate_size max_position_embeddings"
    " num_attention_heads model_type".split()
)
"""Every other value of these is an error: the weights do not fit."""
IGNORED = frozenset(
    "architectures transformers_version dtype id2label label2id output_attentions"
    " output_hidden_states return_dict problem_type use_cache tie_word_embeddings"
    " chunk_size_feed_forward initializer_range hidden_dropout_prob"
    " attention_probs_dropout_prob is_decoder is_encoder_decoder add_cross_attention bos_token_id"
    " eos_token_id cls_token_id sep_token_id classifier_dropout embedding_dropout mlp_dropout"
    " attention_dropout decoder_bias deterministic_flash_attn initializer_cutoff_factor"
    " sparse_prediction sparse_pred_ignore_index pooler_dropout pooler_hidden_size legacy".split()
)
"""Decide nothing that pruning computes: they may be refused, never change a number."""

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
    "hub options": ({"revision": "evil", "cache_dir": "/tmp/x", "token": "secret"}, HARMLESS),
    "pruned_heads": ({"pruned_heads": {"0": [0, 1]}}, AGREE),
    "position_embedding_type": ({"position_embedding_type": "relative_key"}, AGREE),
    "rope_scaling": ({"rope_scaling": {"rope_type": "yarn", "factor": 1e9}}, AGREE),
    "gradient_checkpointing": ({"gradient_checkpointing": True}, HARMLESS),
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
    "hub options": ({"revision": "evil", "cache_dir": "/tmp/x", "token": "secret"}, SAME),
    "device_map": ({"device_map": "auto", "offload_folder": "/tmp/x"}, SAME),
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
_DTYPES: tuple[Any, ...] = (
    *("float16", "bfloat16", "float64", "int8", "torch.float16", "auto", "float8_e4m3fn"),
    *("complex64", "bool", "x", 16, "torch", "nn", "torch.nn.Linear"),
    {"": "float16"},
    {"backbone_config": "float16"},
)


def cases(good: Path) -> Iterator[Case]:
    for base in BASES:
        data = json.loads((good / base / CONFIG).read_text(encoding="utf-8"))
        yield from _top(base, data)
        yield from _backbone(base, data["backbone_config"])
    yield from _added()
    yield from _other_backbones()
    yield from _damaged(json.loads((good / "bert" / CONFIG).read_text(encoding="utf-8")))


def _top(base: str, data: dict[str, Any]) -> Iterator[Case]:
    for key in data:
        for label, value in VALUES.items():
            by_way = {}
            if key == "model_type":
                # transformers may take it for another model, and a trusted file is not asked.
                expect = REFUSED
                by_way = {"emitted": HARMLESS}
            elif key in TOP_REFUSED or key == "num_labels":
                expect = _of_field(base, key, label)
            elif key in {"id2label", "label2id"}:
                expect = AGREE
            elif key == "auto_map":
                expect, by_way = SAME, {"emitted": HARMLESS}
            else:
                expect = HARMLESS
            yield Case(
                name=f"config.json {key}={label} [{base}]",
                kind=KIND,
                base=base,
                change=setting(CONFIG, (), **{key: value}),
                expect=expect,
                by_way=by_way,
                names=(key, _shown(value)),
            )


def _of_field(base: str, key: str, label: str) -> str:
    if label == "removed" and key in TOP_DEFAULTS:
        return REFUSED if key == "mode" and not ranks(base) else SAME
    if key == "num_labels":
        return AGREE
    if (key, label) in {
        ("classifier_dropout", "0"),
        ("default_threshold", "0"),
        ("normalize_query", "true"),
    }:
        return AGREE
    return REFUSED


def _backbone(base: str, data: dict[str, Any]) -> Iterator[Case]:
    for key in data:
        for label, value in VALUES.items():
            expect = REFUSED if key in SIZES else HARMLESS if key in IGNORED else AGREE
            yield Case(
                name=f"backbone_config {key}={label} [{base}]",
                kind=KIND,
                base=base,
                change=setting(CONFIG, ("backbone_config",), **{key: value}),
                expect=expect,
                names=(key, _shown(value)),
            )


def _added() -> Iterator[Case]:
    for label, (values, expect) in _ADDED_TO_BACKBONE.items():
        yield Case(
            name=f"backbone_config with {label}",
            kind=KIND,
            change=setting(CONFIG, ("backbone_config",), **values),
            expect=expect,
            names=tuple(key[:100] for key in values if key),
        )
    for base in ("bert", "xlm-roberta", "modernbert", "deberta-v2"):
        for label in ("is_decoder", "num_hidden_layers", "vocab_size"):
            value = {"is_decoder": True, "num_hidden_layers": 10**7, "vocab_size": 10**7}[label]
            yield Case(
                name=f"backbone_config {label}={value} [{base}]",
                kind=KIND,
                base=base,
                change=setting(CONFIG, ("backbone_config",), **{label: value}),
                expect=HARMLESS if label == "is_decoder" else REFUSED,
                names=(label,),
            )
    for label, (values, expect) in _ADDED_TO_TOP.items():
        yield Case(
            name=f"config.json with {label}",
            kind=KIND,
            change=setting(CONFIG, (), **values),
            expect=expect,
            names=tuple(key[:100] for key in values if key),
        )
    for key in ("dtype", "torch_dtype"):
        for value in _DTYPES:
            yield Case(
                name=f"config.json {key}={json.dumps(value)}",
                kind=KIND,
                change=setting(CONFIG, (), **{key: value}),
                expect=AGREE,
                by_way={"core": SAME},
                names=("dtype", str(value)),
            )


def _other_backbones() -> Iterator[Case]:
    for label, backbone in _OTHER_BACKBONES.items():
        for base in ("bert", "bert-pruning-only"):
            names = (str(backbone["model_type"]), "backbone_config", "model_type")
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


def _damaged(data: dict[str, Any]) -> Iterator[Case]:
    text = json.dumps(data, indent=2)
    nested = "[" * 100_000
    twice = text.rstrip()[:-1]
    damaged: dict[str, tuple[str | bytes, str]] = {
        "empty": ("", REFUSED),
        "blank": ("   \n", REFUSED),
        "a list": ("[1, 2]", REFUSED),
        "a list of itself": (f"[{text}]", REFUSED),
        "a number": ("5", REFUSED),
        "a text": ('"x"', REFUSED),
        "null": ("null", REFUSED),
        "true": ("true", REFUSED),
        "NaN": ("NaN", REFUSED),
        "an empty object": ("{}", REFUSED),
        "100,000 brackets": (nested, REFUSED),
        "100,000 brackets, closed": (nested + "]" * 100_000, REFUSED),
        "100,000 objects": ('{"a":' * 100_000 + "1" + "}" * 100_000, REFUSED),
        "byte order mark": (b"\xef\xbb\xbf" + text.encode(), HARMLESS),
        "UTF-16": (text.encode("utf-16"), REFUSED),
        "UTF-32": (text.encode("utf-32"), REFUSED),
        "invalid UTF-8": (text.encode() + b"\xff\xfe", REFUSED),
        "invalid UTF-8 in a value": (text.encode().replace(b"LABEL_0", b"\xff\xff"), REFUSED),
        "zero bytes": (b"\x00" * 4096, REFUSED),
        "trailing text": (text + "x", REFUSED),
        "two objects": (text + text, REFUSED),
        "single quotes": (text.replace('"', "'"), REFUSED),
        "comments": ("// config\n" + text, REFUSED),
        "lone surrogate": (text.replace("LABEL_0", "\\ud800"), AGREE),
        "line ends of Windows": (text.replace("\n", "\r\n"), SAME),
        "8 MiB of blanks": (text + " " * 2**23, SAME),
        "a huge integer": (
            text.replace('"max_length": 64', f'"max_length": {"9" * 4_000}'),
            REFUSED,
        ),
        "a huger integer": (
            text.replace('"max_length": 64', f'"max_length": {"9" * 50_000}'),
            REFUSED,
        ),
        "a huge exponent": (text.replace('"max_length": 64', '"max_length": 1e400'), REFUSED),
        "a float for an integer": (text.replace('"max_length": 64', '"max_length": 64.0'), AGREE),
        "a size as a float": (text.replace('"hidden_size": 32', '"hidden_size": 32.0'), AGREE),
        "the mode twice, bad last": (twice + ', "mode": "x"}', REFUSED),
        "the mode twice, good last": ('{"mode": "x",' + text.lstrip()[1:], HARMLESS),
        "max_length twice": (twice + ', "max_length": 10000000}', REFUSED),
        "the backbone twice": (twice + ', "backbone_config": {"model_type": "detr"}}', REFUSED),
    }
    for share in (1, 10, 30, 50, 70, 90, 99):
        damaged[f"truncated to {share}%"] = (text[: len(text) * share // 100], REFUSED)
    for label, (contents, expect) in damaged.items():
        yield Case(
            name=f"config.json: {label}",
            kind=DAMAGED,
            change=writing(CONFIG, contents),
            expect=expect,
            names=("max_length", "mode", "hidden_size", "model_type"),
        )
    for depth in (100, 300, 480, 900, 5_000):
        for place in ("top", "backbone_config", "id2label"):
            value = '{"a":' * depth + "1" + "}" * depth
            key = "labels" if place == "top" else "a"
            inside = f'"{place}": {{"{key}": {value},'
            old = f'"{place}": {{'
            changed = (
                '{"deep": ' + value + "," + text.lstrip()[1:]
                if place == "top"
                else text.replace(old, inside, 1)
                if place == "backbone_config"
                else text.replace('"LABEL_0"', value)
            )
            yield Case(
                name=f"config.json: {depth} levels in {place}",
                kind=DAMAGED,
                change=writing(CONFIG, changed),
                expect=HARMLESS,
                names=(place, "deep"),
            )
    yield Case(
        name="config.json: pruning_encoder_config.json contradicts",
        kind=DAMAGED,
        change=writing_json("pruning_encoder_config.json", {"mode": "reranking_pruning"}),
        expect=AGREE,
        names=("ranking_model", "pruning_encoder_config.json"),
    )
    parts = {**data["backbone_config"], "num_labels": 1}
    yield Case(
        name="config.json: the parts of July 2025 contradict",
        kind=DAMAGED,
        change=several(
            writing_json("pruning_encoder_config.json", {"max_length": 64}),
            writing_json("ranking_model/config.json", parts),
            writing("ranking_model/model.safetensors", b""),
            writing("pruning_head/model.safetensors", b""),
        ),
        expect=AGREE,
        names=("ranking_model", "pruning_encoder_config.json"),
    )


def _shown(value: Any) -> str:
    """A value as an error may show it."""
    return "removed" if value is Removed else repr(value)[:40]
