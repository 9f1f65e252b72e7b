"""Pruner: the pipeline with a checkpoint, by default the built-in model."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tokenizers import Tokenizer

from pruning_core import checkpoint
from pruning_core.batch_encoder import BatchEncoder
from pruning_core.builtin import DEFAULT
from pruning_core.checkpoint import Checkpoint
from pruning_core.config import EncoderConfig
from pruning_core.devices import check_device, check_dtype
from pruning_core.onnx.encoder import OnnxEncoder
from pruning_core.onnx.files import MODEL
from pruning_core.pipeline import PruningPipeline
from pruning_core.sentences import SentenceSplitter, split
from pruning_core.validation import check_int

if TYPE_CHECKING:
    import torch
    from torch import nn


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
        device: "str | torch.device" = "auto",
        dtype: "str | torch.dtype" = "auto",
        backend: str = "auto",
        threads: int | None = None,
        splitter: SentenceSplitter = split,
        token_budget: int | None = None,
        allow_pickled_head: bool = False,
    ) -> Self:
        """Load a checkpoint with its tokenizer.

        Args:
            model: a folder, a hub id, or the name of a built-in model: `default`, as is None, is
                English, `multilingual` of 26 languages.
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
            backend: `torch`, or `onnx` for a folder that `pruning export-onnx` wrote, which runs on
                the CPU without torch; `auto` is `onnx` where there are no weights for torch.
            threads: that `onnx` computes with; by default torch's where it is imported, else one
                for each core.
            splitter: text -> sentence spans that tile it.
            token_budget: padded tokens in a batch; by default 1,024 on a CPU, 16,384 elsewhere.
            allow_pickled_head: see `PruningEncoder.from_pretrained`.

        Raises:
            FileNotFoundError: the folder, or a file in it, is missing.
            ImportError: ONNX Runtime is needed and not installed.
            TypeError: an argument has the wrong type.
            ValueError: `device` cannot be used here, a file is corrupt or does not fit the others.

        Example:
            >>> Pruner.from_pretrained("default", device="cpu")
            <Pruner: bert, 22.7M parameters, reranking_pruning, max_length 512, ...>
        """
        if not (device in ("auto", "cpu") and dtype == "auto"):  # else torch is not needed yet
            check_dtype(dtype, check_device(device))
        for name, value in {"token_budget": token_budget, "threads": threads}.items():
            if value is not None:
                check_int(name, value, minimum=1)
        opened = checkpoint.open(
            DEFAULT if model is None else model,
            revision=revision,
            token=token,
            cache_dir=cache_dir,
            local_files_only=local_files_only,
            subfolder=subfolder,
            variant=variant,
            backend=backend,
        )
        tokenizer = opened.tokenizer()
        encoder: nn.Module | BatchEncoder
        if opened.backend == "onnx":
            _check_cpu(device, dtype)
            encoder = OnnxEncoder(opened.folder / MODEL, opened.config, threads=threads)
        elif threads is not None:
            raise ValueError("`threads` is for `onnx`; `torch.set_num_threads` sets those of torch")
        else:
            encoder = _torch_encoder(opened, device, dtype, allow_pickled_head)
        return cls(
            encoder,
            tokenizer,
            opened.config,
            splitter=splitter,
            token_budget=token_budget,
        )

    def __repr__(self) -> str:
        kind = "ONNX Runtime"
        if not isinstance(self.encoder, BatchEncoder):
            count = sum(parameter.numel() for parameter in self.encoder.parameters())
            kind = f"{count / 1e6:.3g}M parameters"
        return (
            f"<Pruner: {self.config.backbone_type}, {kind},"
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
        from pruning_core.encoder import PruningEncoder

        if not isinstance(self.encoder, PruningEncoder):
            raise TypeError(f"`encoder` must be a PruningEncoder, not {type(self.encoder)}")
        if not isinstance(self.tokenizer, Tokenizer):
            raise TypeError(f"`tokenizer` must be a tokenizers.Tokenizer, not {self.tokenizer!r}")
        self.encoder.save_pretrained(folder, tokenizer=self.tokenizer)


def _torch_encoder(
    opened: Checkpoint,
    device: "str | torch.device",
    dtype: "str | torch.dtype",
    allow_pickled_head: bool,
) -> "nn.Module":
    import torch

    from pruning_core.encoder import PruningEncoder

    place = check_device(device)
    kind = check_dtype(dtype, place)
    encoder = PruningEncoder.from_checkpoint(
        opened, inference_only=True, allow_pickled_head=allow_pickled_head
    )
    # In float32 the table of word embeddings stays as it is stored.
    return encoder.to(place) if kind == torch.float32 else encoder.to(place, kind)


def _check_cpu(device: Any, dtype: Any) -> None:
    """Raise ValueError where more is asked for than ONNX Runtime does here."""
    if str(device) not in ("auto", "cpu"):
        raise ValueError(f"`device` of an ONNX checkpoint is cpu, not {str(device)!r}")
    if str(dtype) not in ("auto", "torch.float32"):
        raise ValueError(f"`dtype` of an ONNX checkpoint is that of its file, not {dtype}")
