"""Query-dependent context pruning and reranking, in pure torch."""

from pruning_core.backbones import BackboneOutput
from pruning_core.config import EncoderConfig
from pruning_core.encoder import EncoderOutput, PruningEncoder
from pruning_core.heads import PruningHead
from pruning_core.labels import sentence_labels, token_labels
from pruning_core.losses import LossOutput, PruningLoss
from pruning_core.pipeline import PruningPipeline
from pruning_core.pruner import Pruner
from pruning_core.results import PrunedDocument, RankedDocument, SentenceSpan
from pruning_core.retention import RetentionLoss
from pruning_core.sentences import SentenceSplitter, split

__version__ = "0.1.0"

__all__ = [
    "BackboneOutput",
    "EncoderConfig",
    "EncoderOutput",
    "LossOutput",
    "PrunedDocument",
    "Pruner",
    "PruningEncoder",
    "PruningHead",
    "PruningLoss",
    "PruningPipeline",
    "RankedDocument",
    "RetentionLoss",
    "SentenceSpan",
    "SentenceSplitter",
    "sentence_labels",
    "split",
    "token_labels",
]
