"""Pruning encoders in sentence-transformers: a CrossEncoder that also prunes."""

from pruning_crossencoder.cross_encoder import PruningCrossEncoder

__version__ = "0.1.0"

__all__ = ["PruningCrossEncoder"]
