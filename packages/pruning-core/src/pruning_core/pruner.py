"""Pruner: the pipeline with a checkpoint, by default the built-in model."""

from pathlib import Path
from typing import Self

import torch
from tokenizers import Tokenizer

from pruning_core import checkpoint
from pruning_core.builtin import DEFAULT
from pruning_core.config import EncoderConfig
from pruning_core.devices import check_device, check_dtype
from pruning_core.encoder import PruningEncoder
from pruning_core.pipeline import PruningPipeline
from pruning_core.sentences import SentenceSplitter, split
from pruning_core.validation import check_int


class Pruner(PruningPipeline):
    """Prunes and ranks documents.

    Example:
        >>> pruner = Pruner.from_pretrained()
        >>> document = "The dam opened in 1936. The old mill makes flour. Cats purr."
        >>> pruner.prune("When did the dam open?", document, threshold=0.5).text
        'The dam opened in 1936. '
    """

    config: EncoderConfig

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path | None = None,
        *,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: str | Path | None = None,
        local_files_only: bool = False,
        subfolder: str = "",
        variant: str | None = None,
        device: str | torch.device = "auto",
        dtype: str | torch.dtype = "auto",
        splitter: SentenceSplitter = split,
        token_budget: int | None = None,
        allow_pickled_head: bool = False,
    ) -> Self:
        """Load a checkpoint with its tokenizer.

        Args:
            model: a folder, a hub id, or `default`, the built-in English model, as is None.
            revision: branch, tag or commit of the hub repository.
            token: of the hub; True is the one that is logged in.
            cache_dir: folder of downloads.
            local_files_only: download nothing.
            subfolder: folder of the repository that holds the model.
            variant: of the files of weights, such as `fp16`.
            device: where the encoder runs; `auto` is the accelerator where there is one, else the
                CPU.
            dtype: what it computes in; `auto` is float32 on a CPU, bfloat16 or float16 on an
                accelerator.
            splitter: text -> sentence spans that tile it.
            token_budget: padded tokens in a batch; by default 1,024 on a CPU, 16,384 elsewhere.
            allow_pickled_head: see `PruningEncoder.from_pretrained`.

        Raises:
            FileNotFoundError: the folder, or a file in it, is missing.
            TypeError: an argument has the wrong type.
            ValueError: `device` cannot be used here, a file is corrupt or does not fit the others.

        Example:
            >>> Pruner.from_pretrained("default", device="cpu")
            <Pruner: bert, 22.7M parameters, reranking_pruning, max_length 512, ...>
        """
        device = check_device(device)
        dtype = check_dtype(dtype, device)
        if token_budget is not None:
            check_int("token_budget", token_budget, minimum=1)
        opened = checkpoint.open(
            DEFAULT if model is None else model,
            revision=revision,
            token=token,
            cache_dir=cache_dir,
            local_files_only=local_files_only,
            subfolder=subfolder,
            variant=variant,
        )
        tokenizer = opened.tokenizer()
        encoder = PruningEncoder.from_checkpoint(
            opened, inference_only=True, allow_pickled_head=allow_pickled_head
        )
        return cls(
            # In float32 the table of word embeddings stays as it is stored.
            encoder.to(device) if dtype == torch.float32 else encoder.to(device, dtype),
            tokenizer,
            encoder.config,
            splitter=splitter,
            token_budget=token_budget,
        )

    def __repr__(self) -> str:
        count = sum(parameter.numel() for parameter in self.encoder.parameters())
        return (
            f"<Pruner: {self.config.backbone_type}, {count / 1e6:.3g}M parameters,"
            f" {self.config.mode}, max_length {self.config.max_length},"
            f" default threshold {self.config.default_threshold:g}>"
        )

    def save_pretrained(self, folder: str | Path) -> None:
        """Write config.json, model.safetensors, tokenizer.json and tokenizer_config.json.

        Example:
            >>> pruner.save_pretrained("my-pruner")
            >>> Pruner.from_pretrained("my-pruner").config == pruner.config
            True
        """
        if not isinstance(self.encoder, PruningEncoder):
            raise TypeError(f"`encoder` must be a PruningEncoder, not {type(self.encoder)}")
        if not isinstance(self.tokenizer, Tokenizer):
            raise TypeError(f"`tokenizer` must be a tokenizers.Tokenizer, not {self.tokenizer!r}")
        self.encoder.save_pretrained(folder, tokenizer=self.tokenizer)
