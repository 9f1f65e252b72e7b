"""What a configuration of a pruning encoder may hold, in core and in transformers."""

from collections.abc import Mapping
from typing import Any

from pruning_core.validation import check_bool, check_choice, check_int, check_share, shown

MODEL_TYPE = "pruning_encoder"
RERANKING_PRUNING = "reranking_pruning"
PRUNING_ONLY = "pruning_only"
MODES = (RERANKING_PRUNING, PRUNING_ONLY)
HIDDEN_STATES = ("last", "pre_final_norm")
SENTENCE_RULES = ("mean_probability", "kept_share")
SCORE_ACTIVATIONS = ("sigmoid", "identity")
NAMES_CODE = ("auto_map", "custom_pipelines", "trust_remote_code")
LOADING_OPTIONS = frozenset(
    # Credentials and the hub.
    "api_key auth_token cache_dir code_revision force_download hf_token hub_token local_files_only"
    " proxies repo_id repo_type resume_download revision subfolder token use_auth_token user_agent"
    " variant"
    # Paths.
    " added_tokens_file files_loaded full_tokenizer_file gguf_file is_local merges_file"
    " name_or_path offload_folder pretrained_model_name_or_path special_tokens_map_file"
    " tokenizer_config_file tokenizer_file vocab_file"
    # How weights are read, and where they run.
    " adapter_kwargs adapter_name allow_pickled_head attn_implementation device device_map"
    " device_mesh experts_implementation ignore_mismatched_sizes kernel_config key_mapping"
    " low_cpu_mem_usage max_memory offload_buffers offload_state_dict output_loading_info"
    " slow_tokenizer_class state_dict tp_plan tp_size use_kernels use_safetensors"
    " weights_only".split()
)
"""How a checkpoint was loaded, credentials among it; nothing that is saved may hold it."""

NO_ENCODER = (
    *("is_decoder", "is_encoder_decoder", "add_cross_attention"),
    *("chunk_size_feed_forward", "per_layer_config"),  # computed in parts, or unlike in each layer
)
MOST_LAYERS = 10_000
"""Some configurations make a list of that length; no encoder comes near."""

_FREE_KEYS = ("id2label", "label2id")  # labels may have any name


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
        text = f"`backbone_config` must be a configuration as a mapping, not {shown(config)}"
        raise TypeError(text)
    if not isinstance(config.get("model_type"), str):
        raise ValueError("`backbone_config` must name its `model_type`")
    layers = config.get("num_hidden_layers", 0)
    if isinstance(layers, int) and layers > MOST_LAYERS:
        raise ValueError(f"`num_hidden_layers` must be at most {MOST_LAYERS}, not {shown(layers)}")
    if other := [name for name in NO_ENCODER if config.get(name)]:
        raise ValueError(f"`backbone_config` must be of an encoder, without `{other[0]}`")
    follows = ("head_dim", "sliding_window") if config["model_type"] == "modernbert" else ()
    if given := [name for name in follows if config.get(name)]:
        raise ValueError(f"`backbone_config` must not hold {given[0]}, which other sizes give")
    private = [key for key in map(str, config) if key[:1] == "_" and key != "_name_or_path"]
    if unsafe := [*private, *(key for key in NAMES_CODE if key in config)]:
        raise ValueError(f"`backbone_config` must not hold {', '.join(sorted(unsafe))}")


def longest_window(backbone: Mapping[str, Any]) -> int | None:
    """The tokens that a backbone has positions for; None where there is no limit."""
    limit, model_type = backbone.get("max_position_embeddings"), str(backbone.get("model_type"))
    if not isinstance(limit, int):
        return None
    if "roberta" in model_type or model_type == "camembert":
        return limit - (backbone.get("pad_token_id") or 0) - 1  # positions count from there on
    return limit


def check_length(max_length: int, backbone: Mapping[str, Any]) -> None:
    """Raise ValueError for windows longer than a backbone has positions for."""
    limit = longest_window(backbone)
    if limit is not None and max_length > limit:
        length = shown(max_length)
        raise ValueError(f"`max_length` is {length}, the backbone has positions for {limit}")


def plain_data(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a configuration that may be saved: no code, path, credential or private key,
    at any depth.
    """
    return {
        key: value if key in _FREE_KEYS else _plain(value)
        for key, value in config.items()
        if _may_be_saved(key)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain_data(value)
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _may_be_saved(key: Any) -> bool:
    is_private = isinstance(key, str) and key.startswith("_")
    return not is_private and key not in LOADING_OPTIONS and key not in NAMES_CODE
