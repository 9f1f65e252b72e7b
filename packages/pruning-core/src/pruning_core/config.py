"""EncoderConfig: what config.json holds, validated when it is made."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from pruning_core.config_rules import (
    MODEL_TYPE,
    RERANKING_PRUNING,
    check_backbone_config,
    check_config,
    plain_data,
)
from pruning_core.validation import shown


@dataclass(frozen=True, kw_only=True)
class EncoderConfig:
    """Configuration of a `PruningEncoder`.

    Args:
        backbone_config: the whole Hugging Face configuration of the backbone, as data, with its
            own `model_type`; never a hub id.
        mode: `reranking_pruning` (ranking score and keep probabilities) or `pruning_only`.
        max_length: the longest (query, document) window in tokens, special tokens included.
        num_labels: number of ranking logits; the score is the first.
        classifier_dropout: dropout before the pruning head, 0 to 1.
        default_threshold: keep probability from which a sentence stays, 0 to 1.
        pruning_hidden_state: the hidden state that the pruning head reads: `last`, or
            `pre_final_norm` for ModernBERT checkpoints trained on the state before its last norm.
        score_activation: from ranking logit to score: `sigmoid` (0 to 1) or `identity`.
        sentence_rule: what a sentence's keep probability is: `mean_probability` of its tokens, or
            `kept_share`, the share of its tokens above the threshold, which must itself be above.
        normalize_query: lower-case the query, drop its ASCII punctuation and collapse its white
            space, for checkpoints trained on such queries.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument has the wrong value.

    Example:
        >>> config = EncoderConfig(backbone_config={"model_type": "bert"}, default_threshold=0.3)
        >>> config.backbone_type, config.mode
        ('bert', 'reranking_pruning')
    """

    backbone_config: Mapping[str, Any]
    mode: str = RERANKING_PRUNING
    max_length: int = 512
    num_labels: int = 1
    classifier_dropout: float = 0.1
    default_threshold: float = 0.5
    pruning_hidden_state: str = "last"
    score_activation: str = "sigmoid"
    sentence_rule: str = "mean_probability"
    normalize_query: bool = False

    def __post_init__(self) -> None:
        check_backbone_config(self.backbone_config)
        check_config(self)

    @property
    def ranks(self) -> bool:
        """Whether there is a ranking head: the mode is `reranking_pruning`."""
        return self.mode == RERANKING_PRUNING

    @property
    def backbone_type(self) -> str:
        """The backbone's `model_type`, such as `bert`."""
        return str(self.backbone_config["model_type"])

    @property
    def hidden_size(self) -> int:
        """The backbone's hidden size H."""
        if "hidden_size" not in self.backbone_config:
            raise ValueError("`backbone_config` has no `hidden_size`")
        return int(self.backbone_config["hidden_size"])

    @property
    def pad_token_id(self) -> int:
        """The backbone's padding token id."""
        return int(self.backbone_config.get("pad_token_id") or 0)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "EncoderConfig":
        """Read the contents of a config.json; keys of other libraries are left out.

        Raises:
            ValueError: it is not a `pruning_encoder`, or a value is wrong.

        Example:
            >>> EncoderConfig.from_dict(pruner.config.to_dict()) == pruner.config
            True
        """
        if not isinstance(data, Mapping):
            raise TypeError(f"`data` must be a mapping, not {type(data).__name__}")
        if data.get("model_type") != MODEL_TYPE:
            found = shown(data.get("model_type"))
            raise ValueError(f"`model_type` must be {MODEL_TYPE!r}, not {found}")
        if "backbone_config" not in data:
            raise ValueError("config.json has no `backbone_config`")
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})

    def to_dict(self) -> dict[str, Any]:
        """The contents of config.json; `from_dict` reads them back.

        Example:
            >>> pruner.config.to_dict()["model_type"]
            'pruning_encoder'
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            "model_type": MODEL_TYPE,
            **values,
            "backbone_config": plain_data(self.backbone_config),
            "tokenizer_class": "PreTrainedTokenizerFast",
            "dtype": "float32",
        }
