"""What a configuration of a pruning encoder may hold, in core and in transformers."""

from collections.abc import Mapping
from typing import Any

from pruning_core.validation import check_bool, check_choice, check_int, check_share

MODEL_TYPE = "pruning_encoder"
RERANKING_PRUNING = "reranking_pruning"
PRUNING_ONLY = "pruning_only"
MODES = (RERANKING_PRUNING, PRUNING_ONLY)
HIDDEN_STATES = ("last", "pre_final_norm")
SENTENCE_RULES = ("mean_probability", "kept_share")
SCORE_ACTIVATIONS = ("sigmoid", "identity")
NAMES_CODE = ("auto_map", "custom_pipelines", "trust_remote_code")
LOADING_OPTIONS = frozenset(
    "cache_dir code_revision device_map force_download local_files_only proxies resume_download"
    " revision subfolder token use_auth_token variant".split()
)
"""How a checkpoint was loaded, credentials among it; nothing that is saved may hold it."""


def check_config(config: Any) -> None:
    """Raise TypeError or ValueError for a bad field; `backbone_config` is checked apart."""
    check_choice("mode", config.mode, MODES)
    check_choice("pruning_hidden_state", config.pruning_hidden_state, HIDDEN_STATES)
    check_choice("sentence_rule", config.sentence_rule, SENTENCE_RULES)
    check_choice("score_activation", config.score_activation, SCORE_ACTIVATIONS)
    check_bool("normalize_query", config.normalize_query)
    check_int("max_length", config.max_length, minimum=8)
    check_int("num_labels", config.num_labels, minimum=1)
    check_share("classifier_dropout", config.classifier_dropout)
    check_share("default_threshold", config.default_threshold)


def check_backbone_config(config: Any) -> None:
    """A nested config is data: nothing in it may name code or choose a private attention path."""
    if not isinstance(config, Mapping):
        raise TypeError(f"`backbone_config` must be a configuration as a mapping, not {config!r}")
    if not isinstance(config.get("model_type"), str):
        raise ValueError("`backbone_config` must name its `model_type`")
    private = [key for key in map(str, config) if key[:1] == "_" and key != "_name_or_path"]
    if unsafe := [*private, *(key for key in NAMES_CODE if key in config)]:
        raise ValueError(f"`backbone_config` must not hold {', '.join(sorted(unsafe))}")


def plain_data(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a configuration that may be saved: no code, path, credential or private key,
    at any depth.
    """
    return {key: _plain(value) for key, value in config.items() if _may_be_saved(key)}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain_data(value)
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _may_be_saved(key: Any) -> bool:
    is_private = isinstance(key, str) and key.startswith("_")
    return not is_private and key not in LOADING_OPTIONS and key not in NAMES_CODE
