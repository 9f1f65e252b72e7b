"""PruningEncoderConfig: core's `EncoderConfig` as a transformers configuration."""

from collections.abc import Mapping
from typing import Any

from transformers import AutoConfig, PretrainedConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from pruning_core.config import MODEL_TYPE, EncoderConfig

_MODULE = "modeling_pruning_encoder"
AUTO_MAP = {
    "AutoConfig": f"{_MODULE}.PruningEncoderConfig",
    "AutoModel": f"{_MODULE}.PruningEncoderModel",
    "AutoModelForSequenceClassification": f"{_MODULE}.PruningEncoderForSequenceClassification",
    "AutoModelForTokenClassification": f"{_MODULE}.PruningEncoderForTokenClassification",
}


class PruningEncoderConfig(PretrainedConfig):  # type: ignore[misc]
    """Configuration of the PruningEncoder models; the fields are those of `EncoderConfig`.

    Args:
        backbone_config: a transformers configuration or its contents, never a hub id; None is
            BERT's default.
        **kwargs: fields of `EncoderConfig`, then of `PretrainedConfig`.

    Raises:
        TypeError: a field has the wrong type.
        ValueError: a field has the wrong value, or transformers does not know the backbone.
    """

    model_type = MODEL_TYPE
    sub_configs = {"backbone_config": AutoConfig}  # noqa: RUF012
    # A declared field, or transformers takes it for a generation parameter.
    max_length: int = 512

    def __init__(
        self,
        backbone_config: Any = None,
        mode: str = "reranking_pruning",
        max_length: int = 512,
        num_labels: int = 1,
        classifier_dropout: float = 0.1,
        default_threshold: float = 0.5,
        pruning_hidden_state: str = "last",
        score_activation: str = "sigmoid",
        **kwargs: Any,
    ) -> None:
        if backbone_config is None:
            backbone_config = CONFIG_MAPPING["bert"]()
        fields = EncoderConfig(
            backbone_config=_contents(backbone_config),
            mode=mode,
            max_length=max_length,
            num_labels=num_labels,
            classifier_dropout=classifier_dropout,
            default_threshold=default_threshold,
            pruning_hidden_state=pruning_hidden_state,
            score_activation=score_activation,
        )
        if fields.backbone_type not in CONFIG_MAPPING:
            raise ValueError(
                f"`backbone_config` has the `model_type` {fields.backbone_type!r}, which this"
                " version of transformers does not know"
            )
        if not isinstance(backbone_config, PretrainedConfig):
            backbone_class = CONFIG_MAPPING[fields.backbone_type]
            backbone_config = backbone_class.from_dict(dict(fields.backbone_config))
        for name in ("tokenizer_class", "auto_map"):
            kwargs.pop(name, None)
        if "id2label" not in kwargs:
            kwargs["num_labels"] = num_labels
        super().__init__(**kwargs)
        self.backbone_config = backbone_config
        self.mode = mode
        self.max_length = max_length
        self.classifier_dropout = classifier_dropout
        self.default_threshold = default_threshold
        self.pruning_hidden_state = pruning_hidden_state
        self.score_activation = score_activation
        self.pad_token_id = getattr(backbone_config, "pad_token_id", None)
        self.tokenizer_class = "PreTrainedTokenizerFast"
        self.auto_map = dict(AUTO_MAP)

    @property
    def hidden_size(self) -> int:
        """The backbone's hidden size H."""
        return int(self.backbone_config.hidden_size)

    @hidden_size.setter
    def hidden_size(self, value: int) -> None:
        self.backbone_config.hidden_size = value

    @property
    def vocab_size(self) -> int:
        """The backbone's vocabulary size."""
        return int(self.backbone_config.vocab_size)

    @vocab_size.setter
    def vocab_size(self, value: int) -> None:
        self.backbone_config.vocab_size = value

    def to_encoder_config(self) -> EncoderConfig:
        """The fields that core needs."""
        return EncoderConfig.from_dict(self.to_diff_dict())

    def to_diff_dict(self) -> dict[str, Any]:
        """The contents of config.json, with the whole backbone configuration."""
        data: dict[str, Any] = super().to_diff_dict()
        names = (
            *("mode", "max_length", "classifier_dropout", "default_threshold"),
            *("pruning_hidden_state", "score_activation", "num_labels"),
        )
        data |= {name: getattr(self, name) for name in names}
        return data | {"backbone_config": _contents(self.backbone_config)}


def _contents(backbone_config: Any) -> Any:
    """A configuration's data: without code, paths and the attention of this machine."""
    if not isinstance(backbone_config, PretrainedConfig):
        return backbone_config
    data: Mapping[str, Any] = backbone_config.to_dict()
    return {key: value for key, value in data.items() if key[0] != "_" and key != "auto_map"}
