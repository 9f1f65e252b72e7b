"""Registration with transformers' Auto classes."""

from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
)

from pruning_transformers.configuration import PruningEncoderConfig
from pruning_transformers.models import (
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
)


def register_auto_models() -> None:
    """Make the Auto classes open `pruning_encoder` checkpoints; a second call changes nothing.

    Example:
        >>> register_auto_models()
        >>> AutoConfig.for_model("pruning_encoder").mode
        'reranking_pruning'
    """
    AutoConfig.register(PruningEncoderConfig.model_type, PruningEncoderConfig, exist_ok=True)
    for auto, model in (
        (AutoModel, PruningEncoderModel),
        (AutoModelForSequenceClassification, PruningEncoderForSequenceClassification),
        (AutoModelForTokenClassification, PruningEncoderForTokenClassification),
    ):
        auto.register(PruningEncoderConfig, model, exist_ok=True)
