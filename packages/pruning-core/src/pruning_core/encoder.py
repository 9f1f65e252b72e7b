"""PruningEncoder: one forward pass gives the ranking logits and every token's keep logits."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from pruning_core import checkpoint
from pruning_core.backbones import build_backbone, initialize
from pruning_core.checkpoint import Checkpoint
from pruning_core.config import EncoderConfig
from pruning_core.config_rules import check_length
from pruning_core.heads import PruningHead


@dataclass(frozen=True, kw_only=True)
class EncoderOutput:
    """Logits of one batch.

    `pruning_logits` (B, T, 2), label 1 means keep; `ranking_logits` (B, num_labels), None in
    `pruning_only` mode.
    """

    pruning_logits: Tensor
    ranking_logits: Tensor | None


class _NoInitialization(TorchFunctionMode):
    """Leaves new parameters as they were allocated, for weights that are about to be loaded.

    The meta device would do it too, but costs a second of imports at its first use.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if getattr(func, "__module__", None) == "torch.nn.init":
            return kwargs["tensor"]
        return func(*args, **(kwargs or {}))


class PruningEncoder(nn.Module):
    """A backbone and a pruning head on its last hidden state.

    Args:
        config: the configuration; its `mode` says which backbone it takes.
        pruning_head: hidden states (B, T, H) -> keep logits (B, T, 2).
        ranking_model: in `reranking_pruning` mode, any module that takes `input_ids`,
            `attention_mask` and `token_type_ids` and returns an object with `logits`
            (B, num_labels) and `last_hidden_state` (B, T, H).
        encoder: in `pruning_only` mode, the same without `logits`.

    Raises:
        ValueError: the backbone of the mode is missing, or that of the other mode is given.
    """

    def __init__(
        self,
        config: EncoderConfig,
        *,
        pruning_head: nn.Module,
        ranking_model: nn.Module | None = None,
        encoder: nn.Module | None = None,
    ) -> None:
        super().__init__()
        given = {"ranking_model": ranking_model, "encoder": encoder}
        name = _backbone_name(config)
        backbone = given.pop(name)
        (other, unwanted) = given.popitem()
        if backbone is None or unwanted is not None:
            raise ValueError(f"mode {config.mode!r} takes `{name}` and no `{other}`")
        self.config = config
        self.add_module(name, backbone)
        self.pruning_head = pruning_head

    @classmethod
    def from_config(cls, config: EncoderConfig) -> Self:
        """An encoder with new weights on one of core's backbones, drawn as transformers does.

        Raises:
            ValueError: core has no backbone of this type.

        Example:
            >>> encoder = PruningEncoder.from_config(pruner.config)
            >>> output = encoder(torch.tensor([[101, 8870, 102]]))
            >>> output.pruning_logits.shape, output.ranking_logits.shape
            (torch.Size([1, 3, 2]), torch.Size([1, 1]))
        """
        encoder = cls._build(config)
        initialize(encoder, config.backbone_config)
        return encoder

    @classmethod
    def _build(cls, config: EncoderConfig) -> Self:
        check_length(config.max_length, config.backbone_config)
        backbone = build_backbone(
            config.backbone_config, config.num_labels if config.ranks else None
        )
        head = PruningHead(hidden_size=config.hidden_size, dropout=config.classifier_dropout)
        return cls(config, pruning_head=head, **{_backbone_name(config): backbone})

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path,
        *,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: str | Path | None = None,
        local_files_only: bool = False,
        subfolder: str = "",
        variant: str | None = None,
        inference_only: bool = False,
        allow_pickled_head: bool = False,
    ) -> Self:
        """Load a checkpoint, in float32 and in eval mode.

        Args:
            model: a folder, a hub id, or `default`, the built-in model.
            revision: branch, tag or commit of the hub repository.
            token: of the hub; True is the one that is logged in.
            cache_dir: folder of downloads.
            local_files_only: download nothing.
            subfolder: folder of the repository that holds the model.
            variant: of the files of weights, such as `fp16`.
            inference_only: leave the table of word embeddings in the precision it is stored in,
                which changes no number and takes less memory, but cannot be trained.
            allow_pickled_head: read the pickled head of a July 2025 folder, by torch's
                `weights_only`.

        Raises:
            FileNotFoundError: the folder, or a file in it, is missing.
            ValueError: a file is corrupt, or the weights are not those of config.json.

        Example:
            >>> PruningEncoder.from_pretrained("default").config.mode
            'reranking_pruning'
        """
        opened = checkpoint.open(
            model,
            revision=revision,
            token=token,
            cache_dir=cache_dir,
            local_files_only=local_files_only,
            subfolder=subfolder,
            variant=variant,
        )
        return cls.from_checkpoint(
            opened, inference_only=inference_only, allow_pickled_head=allow_pickled_head
        )

    @classmethod
    def from_checkpoint(
        cls, opened: Checkpoint, *, inference_only: bool = False, allow_pickled_head: bool = False
    ) -> Self:
        """Load the weights of an opened checkpoint; see `from_pretrained`.

        Example:
            >>> PruningEncoder.from_checkpoint(checkpoint.open("default")).config.mode
            'reranking_pruning'
        """
        opened.check_sizes(allow_pickled_head=allow_pickled_head)
        try:
            with _NoInitialization():
                encoder = cls._build(opened.config)
        except (RuntimeError, OverflowError, MemoryError) as error:  # what torch cannot allocate
            raise ValueError(f"{opened.folder} has sizes that cannot be: {error}") from error
        tables = [
            f"{name}.weight"
            for name, _ in encoder.named_modules()
            if inference_only and name.endswith(".word_embeddings")
        ]
        opened.load(encoder, as_stored=tables, allow_pickled_head=allow_pickled_head)
        return encoder.eval()

    def save_pretrained(self, folder: str | Path, *, tokenizer: Tokenizer | None = None) -> None:
        """Write config.json, model.safetensors and, when given, the tokenizer's two files.

        Example:
            >>> pruner.encoder.save_pretrained("my-encoder", tokenizer=pruner.tokenizer)
            >>> sorted(path.name for path in Path("my-encoder").iterdir())
            ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']
        """
        checkpoint.save(Path(folder), self, self.config, tokenizer)

    @property
    def backbone(self) -> nn.Module:
        """The ranking model or the bare encoder."""
        return self.get_submodule(_backbone_name(self.config))

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
    ) -> EncoderOutput:
        """Token ids (B, T), mask (B, T) with 1 for tokens, token types (B, T) -> logits."""
        output = self.backbone(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        )
        state = output.last_hidden_state
        if self.config.pruning_hidden_state == "pre_final_norm":
            before = getattr(output, "pre_final_norm", None)  # only some backbones have the norm
            state = state if before is None else before
        return EncoderOutput(
            pruning_logits=self.pruning_head(state),
            ranking_logits=output.logits if self.config.ranks else None,
        )


def _backbone_name(config: EncoderConfig) -> str:
    return "ranking_model" if config.ranks else "encoder"
