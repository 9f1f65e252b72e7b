"""Pruning encoders in transformers; importing this registers them with the Auto classes."""

from pruning_transformers.configuration import PruningEncoderConfig
from pruning_transformers.models import (
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
)
from pruning_transformers.registration import register_auto_models

__version__ = "0.1.0"

__all__ = [
    "PruningEncoderConfig",
    "PruningEncoderForSequenceClassification",
    "PruningEncoderForTokenClassification",
    "PruningEncoderModel",
    "register_auto_models",
]

register_auto_models()
