"""Query-dependent context pruning and reranking, in pure torch."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pruning_core.async_pruner import AsyncPruner, QueueFullError
    from pruning_core.backbones import BackboneOutput
    from pruning_core.bulk import PruneBatches
    from pruning_core.config import EncoderConfig
    from pruning_core.encoder import EncoderOutput, PruningEncoder
    from pruning_core.heads import PruningHead
    from pruning_core.labels import sentence_labels, token_labels
    from pruning_core.losses import LossOutput, PruningLoss
    from pruning_core.packing import PackedContext, PackedSentence
    from pruning_core.pipeline import PruningPipeline
    from pruning_core.pruner import Pruner
    from pruning_core.results import PrunedDocument, RankedDocument, SentenceSpan
    from pruning_core.retention import RetentionLoss
    from pruning_core.sentences import SentenceSplitter, split

__version__ = "0.1.0"

__all__ = [
    "AsyncPruner",
    "BackboneOutput",
    "EncoderConfig",
    "EncoderOutput",
    "LossOutput",
    "PackedContext",
    "PackedSentence",
    "PruneBatches",
    "PrunedDocument",
    "Pruner",
    "PruningEncoder",
    "PruningHead",
    "PruningLoss",
    "PruningPipeline",
    "QueueFullError",
    "RankedDocument",
    "RetentionLoss",
    "SentenceSpan",
    "SentenceSplitter",
    "sentence_labels",
    "split",
    "token_labels",
]

_MODULES = {
    "AsyncPruner": "async_pruner",
    "BackboneOutput": "backbones",
    "EncoderConfig": "config",
    "EncoderOutput": "encoder",
    "LossOutput": "losses",
    "PackedContext": "packing",
    "PackedSentence": "packing",
    "PruneBatches": "bulk",
    "PrunedDocument": "results",
    "Pruner": "pruner",
    "PruningEncoder": "encoder",
    "PruningHead": "heads",
    "PruningLoss": "losses",
    "PruningPipeline": "pipeline",
    "QueueFullError": "async_pruner",
    "RankedDocument": "results",
    "RetentionLoss": "retention",
    "SentenceSpan": "results",
    "SentenceSplitter": "sentences",
    "sentence_labels": "labels",
    "split": "sentences",
    "token_labels": "labels",
}


def __getattr__(name: str) -> object:
    """What is exported is imported when it is first used: torch takes seconds."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
