"""Pruner: the pipeline with a checkpoint, by default the built-in model."""

from pathlib import Path
from typing import Self

import torch
from tokenizers import Tokenizer

from pruning_core.checkpoint import load_tokenizer, resolve
from pruning_core.encoder import PruningEncoder
from pruning_core.pipeline import PruningPipeline
from pruning_core.sentences import SentenceSplitter, split

DEFAULT_MODEL = Path(__file__).parent / "default_model"


class Pruner(PruningPipeline):
    """Prunes and ranks documents: `Pruner.from_pretrained().prune(query, document)`."""

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path | None = None,
        *,
        revision: str | None = None,
        device: str | torch.device = "cpu",
        splitter: SentenceSplitter = split,
        allow_pickled_head: bool = False,
    ) -> Self:
        """Load a checkpoint with its tokenizer.

        Args:
            model: a folder or a hub id; None is the built-in English model.
            revision: branch, tag or commit of the hub repository.
            device: where the encoder runs.
            splitter: text -> sentence spans that tile it.
            allow_pickled_head: see `PruningEncoder.from_pretrained`.

        Raises:
            FileNotFoundError: the folder, or a file in it, is missing.
            ValueError: a file is corrupt or does not fit the others.
        """
        folder = resolve(DEFAULT_MODEL if model is None else model, revision)
        tokenizer = load_tokenizer(folder)
        encoder = PruningEncoder.from_pretrained(
            folder, inference_only=True, allow_pickled_head=allow_pickled_head
        )
        return cls(encoder.to(device), tokenizer, encoder.config, splitter=splitter)

    def save_pretrained(self, folder: str | Path) -> None:
        """Write config.json, model.safetensors, tokenizer.json and tokenizer_config.json."""
        if not isinstance(self.encoder, PruningEncoder):
            raise TypeError(f"`encoder` must be a PruningEncoder, not {type(self.encoder)}")
        if not isinstance(self.tokenizer, Tokenizer):
            raise TypeError(f"`tokenizer` must be a tokenizers.Tokenizer, not {self.tokenizer!r}")
        self.encoder.save_pretrained(folder, tokenizer=self.tokenizer)
