"""config.json: every key with every odd value."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostile.case import AGREE, CONFIG, HARMLESS, REFUSED, SAME, Case, Removed, setting
from hostile.good import BASES, ranks

VALUED = "config.json: values"
KINDS = (VALUED,)
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
    "text of a number": "32",
    "false": False,
    "-Infinity": -math.inf,
    "2**64": 2**64,
    "1e400": 10**400,
    "tiny": 5e-324,
    "list of null": [None],
    "object": {"a": {"b": 1}},
    "zero byte": "\x00",
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
RELATIVE = ("modernbert", "deberta-v2")
"""Positions of these have no table of their own, so that there may be more than the weights say."""
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


def cases(good: Path) -> Iterator[Case]:
    for base in BASES:
        data = json.loads((good / base / CONFIG).read_text(encoding="utf-8"))
        yield from _top(base, data)
        yield from _backbone(base, data["backbone_config"])


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
                # The Auto classes read it before they call ours.
                expect = SAME
                by_way = dict.fromkeys(("registered", "emitted", "crossencoder"), HARMLESS)
            else:
                expect = HARMLESS
            yield Case(
                name=f"config.json {key}={label} [{base}]",
                kind=VALUED,
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
        ("classifier_dropout", "tiny"),
        ("default_threshold", "0"),
        ("default_threshold", "tiny"),
        ("normalize_query", "false"),
        ("normalize_query", "true"),
    }:
        return AGREE
    return REFUSED


def _backbone(base: str, data: dict[str, Any]) -> Iterator[Case]:
    for key in data:
        for label, value in VALUES.items():
            expect = REFUSED if key in SIZES else HARMLESS if key in IGNORED else AGREE
            if key == "max_position_embeddings" and base in RELATIVE:
                expect = AGREE
            yield Case(
                name=f"backbone_config {key}={label} [{base}]",
                kind=VALUED,
                base=base,
                change=setting(CONFIG, ("backbone_config",), **{key: value}),
                expect=expect,
                names=(key, _shown(value)),
            )


def _shown(value: Any) -> str:
    """A value as an error may show it."""
    return "removed" if value is Removed else repr(value)[:40]
