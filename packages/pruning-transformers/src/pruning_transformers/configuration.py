"""PruningEncoderConfig: core's `EncoderConfig` as a transformers configuration."""

import copy
import inspect
from collections.abc import Mapping

from transformers import AutoConfig, PretrainedConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from pruning_core.config_rules import (
    MODEL_TYPE,
    RERANKING_PRUNING,
    check_backbone_config,
    check_config,
    plain_data,
)
from pruning_core.validation import as_mapping, check_choice, check_int, shown
from pruning_transformers.label_names import LABEL_OPTIONS, TwoKindsOfLabels
from pruning_transformers.named_errors import named_errors
from pruning_transformers.text_encoders import check_text_encoder

MODELING_FILE = "modeling_pruning_encoder.py"
_MODULE = MODELING_FILE.removesuffix(".py")
AUTO_MAP = {
    "AutoConfig": f"{_MODULE}.PruningEncoderConfig",
    "AutoModel": f"{_MODULE}.PruningEncoderModel",
    "AutoModelForSequenceClassification": f"{_MODULE}.PruningEncoderForSequenceClassification",
    "AutoModelForTokenClassification": f"{_MODULE}.PruningEncoderForTokenClassification",
}
NOT_READ = (
    "tokenizer_class",
    "auto_map",
    "hidden_size",
    "vocab_size",
    "initializer_range",
    "ranks",
)
"""What a file may hold that other fields say."""

RANKING_DROPOUTS = (
    "classifier_dropout",
    "classifier_dropout_prob",
    "seq_classif_dropout",
    "cls_dropout",
    "summary_last_dropout",
)
"""What backbones call the dropout before their ranking head; the first that is there counts."""

DATA = frozenset(
    "name_or_path num_labels output_attentions rope_scaling torch_dtype use_return_dict".split()
)
"""Entries of a config.json that are properties of a configuration."""
RULES = frozenset(
    "attribute_map base_config_key default_rope_type default_theta extra_config_files extra_files"
    " sub_configs sub_configs_defaults".split()
)
"""How a class reads its entries; not for an entry to say."""
FLOATS = ("bfloat16", "float16", "float32", "float64")


def _of_backbone(name: str, default: object = None) -> property:
    """A setting that is the backbone's."""
    return property(
        lambda self: getattr(self.backbone_config, name, default),
        lambda self, value: setattr(self.backbone_config, name, value),
    )


class PruningEncoderConfig(TwoKindsOfLabels, PretrainedConfig):  # type: ignore[misc]
    """Configuration of the PruningEncoder models.

    `backbone_config` is the configuration that the backbone of a model runs on, not a copy; sizes
    and `pad_token_id` are read and set there. The ranker's labels and `problem_type` are written
    into it when a model is made. As an option of loading, `classifier_dropout` counts for both
    heads, where the backbone has such a setting; the field is the pruning head's.

    Args:
        backbone_config: a transformers configuration, which is copied, or its contents, never a hub
            id; None is BERT's default.
        **kwargs: the fields below, described at core's `EncoderConfig`, and those of
            `PretrainedConfig`. What says how files are found and read, such as a token, is no
            property of a model: it is left out and never saved.

    Raises:
        TypeError: a field has the wrong type.
        ValueError: a field has the wrong value, or transformers does not know the backbone.

    Example:
        >>> config = PruningEncoderConfig(backbone_config={"model_type": "bert"}, max_length=256)
        >>> config.mode, config.max_length
        ('reranking_pruning', 256)
    """

    model_type = MODEL_TYPE
    sub_configs = {"backbone_config": AutoConfig}  # noqa: RUF012
    # What is no prediction: Trainer hands all else of an output to `compute_metrics`.
    keys_to_ignore_at_inference = ["last_hidden_state", "hidden_states", "attentions"]  # noqa: RUF012
    # Declared, or transformers 5 takes `max_length` for a generation parameter; 4 asks below.
    mode: str = RERANKING_PRUNING
    max_length: int = 512
    classifier_dropout: float = 0.1
    default_threshold: float = 0.5
    pruning_hidden_state: str = "last"
    score_activation: str = "sigmoid"
    sentence_rule: str = "mean_probability"
    normalize_query: bool = False
    hidden_size = property(lambda self: self.backbone_config.hidden_size)
    vocab_size = _of_backbone("vocab_size")  # `resize_token_embeddings` sets it
    pad_token_id = _of_backbone("pad_token_id")
    chunk_size_feed_forward = _of_backbone("chunk_size_feed_forward")
    initializer_range = _of_backbone("initializer_range", 0.02)
    ranks = property(lambda self: self.mode == RERANKING_PRUNING, doc="Whether it has scores.")

    def __init__(
        self,
        backbone_config: PretrainedConfig | Mapping[str, object] | None = None,
        **kwargs: object,
    ) -> None:
        if backbone_config is None:
            backbone_config = CONFIG_MAPPING["bert"]()
        contents = _contents(backbone_config)
        check_backbone_config(contents)
        check_text_encoder(contents)
        model_type = contents["model_type"]
        if model_type not in CONFIG_MAPPING:
            raise ValueError(f"transformers does not know `backbone_config` {model_type!r}")
        if taken := [name for name in contents if _is_taken(CONFIG_MAPPING[model_type], name)]:
            raise ValueError(f"`backbone_config` must not hold {shown(taken[0])}")
        _check_dtype("backbone_config.dtype", contents.get("dtype"))
        if isinstance(backbone_config, PretrainedConfig):
            backbone = copy.deepcopy(backbone_config)
        else:
            with named_errors("backbone_config"):
                backbone = CONFIG_MAPPING[model_type].from_dict(plain_data(contents))
        self.backbone_config: PretrainedConfig = backbone
        attention = backbone._attn_implementation
        own = {name: kwargs.pop(name, getattr(type(self), name)) for name in FIELDS}
        for name in NOT_READ:
            kwargs.pop(name, None)
        kwargs = {key: value for key, value in kwargs.items() if not _is_taken(type(self), key)}
        kwargs |= {
            name: getattr(self, name) for name in ("pad_token_id", "chunk_size_feed_forward")
        }
        _check_entries(kwargs)
        if not kwargs.get("id2label"):
            kwargs.setdefault("num_labels", 1)
        # These two are the caller's own choice, which `from_dict` passes on here.
        chosen = {
            name: kwargs[name] for name in ("attn_implementation", "name_or_path") if name in kwargs
        }
        with named_errors("config.json"):
            super().__init__(**plain_data(kwargs) | chosen)
        if chosen.get("attn_implementation") is None:
            backbone._attn_implementation = attention
        for name, value in own.items():
            setattr(self, name, value)
        check_config(self)
        self.tokenizer_class = "PreTrainedTokenizerFast"
        self.auto_map = dict(AUTO_MAP)

    @classmethod
    def from_dict(
        cls, config_dict: Mapping[str, object], **kwargs: object
    ) -> "PruningEncoderConfig":
        """Read a file's contents; of the loading options only the caller's own count.

        Raises:
            TypeError: a field has the wrong type.
            ValueError: a field has the wrong value, or the options for labels disagree.
        """
        if isinstance(backbone := config_dict.get("backbone_config"), Mapping):
            check_backbone_config(backbone)  # before what it must not hold is left out
        labels = {name: kwargs.pop(name) for name in LABEL_OPTIONS if name in kwargs}
        with named_errors("config.json"):
            made = super().from_dict(plain_data(config_dict), **kwargs)
        config: PruningEncoderConfig = made[0] if isinstance(made, tuple) else made
        config.choose_labels(labels)
        check_config(config)
        if "classifier_dropout" in kwargs:
            _set_ranking_dropout(config.backbone_config, config.classifier_dropout)
        return made  # type: ignore[no-any-return]

    def _get_non_default_generation_parameters(self) -> dict[str, object]:
        return {}

    def to_dict(self) -> dict[str, object]:
        """The contents as data, without loading options."""
        data = super().to_dict() | {"pad_token_id": self.pad_token_id} | self.labels_to_save()
        data |= {"backbone_config": _contents(self.backbone_config)}
        return plain_data(data) | {"auto_map": dict(AUTO_MAP)}

    def to_diff_dict(self) -> dict[str, object]:
        """The contents of config.json, with the whole backbone configuration."""
        data: dict[str, object] = super().to_diff_dict()
        data |= {name: getattr(self, name) for name in (*FIELDS, "num_labels", "pad_token_id")}
        data |= {"backbone_config": _contents(self.backbone_config)} | self.labels_to_save()
        return plain_data(data) | {"auto_map": dict(AUTO_MAP)}


FIELDS = tuple(inspect.get_annotations(PruningEncoderConfig))


def _is_taken(config_class: type[PretrainedConfig], name: str) -> bool:
    """Whether a configuration has a method, a property or a rule of this name, which data must not
    replace.
    """
    value = getattr(config_class, name, None)
    is_code = callable(value) or isinstance(value, property)
    return name in RULES or (is_code and name not in DATA)


def _check_entries(entries: Mapping[str, object]) -> None:
    """Raise for an entry of transformers' own that has the wrong type or value."""
    for name in ("quantization_config", "compression_config"):
        if entries.get(name) is not None:
            raise ValueError(f"config.json must not hold `{name}`: weights are not quantized")
    for name in ("dtype", "torch_dtype"):
        _check_dtype(name, entries.get(name))
    for name in ("id2label", "label2id"):
        as_mapping(name, entries.get(name))
    if "num_labels" in entries:
        check_int("num_labels", entries["num_labels"], minimum=1)


def _check_dtype(name: str, value: object) -> None:
    """Raise unless `value` is None, or a type of torch for numbers with a point, or names one."""
    if value is not None:
        check_choice(name, str(value).removeprefix("torch."), FLOATS)


def _contents(backbone_config: PretrainedConfig | Mapping[str, object]) -> Mapping[str, object]:
    """A configuration's data: without code, paths, and how this process computes."""
    if not isinstance(backbone_config, PretrainedConfig):
        return backbone_config
    data: dict[str, object] = backbone_config.to_dict()
    data |= {"chunk_size_feed_forward": 0} if data.get("chunk_size_feed_forward") else {}
    return {key: value for key, value in data.items() if key[:1] != "_" and key != "auto_map"}


def _set_ranking_dropout(backbone_config: PretrainedConfig, dropout: float) -> None:
    """Set the dropout before a backbone's ranking head, if there is one of its own."""
    for name in RANKING_DROPOUTS:
        has_it = hasattr(backbone_config, name)
        # DeBERTa reads a setting that its configuration does not define.
        if has_it or (name == "cls_dropout" and backbone_config.model_type.startswith("deberta")):
            setattr(backbone_config, name, dropout)
            return
