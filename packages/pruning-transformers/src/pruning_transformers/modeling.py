"""The PruningEncoder models of transformers."""

import copy
import inspect
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers.modeling_outputs import SequenceClassifierOutput, TokenClassifierOutput
from transformers.utils import ModelOutput, can_return_tuple

from pruning_core.heads import PruningHead
from pruning_core.losses import PruningLoss
from pruning_core.pipeline import TOKEN_BUDGET, PruningPipeline
from pruning_core.results import PrunedDocument, RankedDocument
from pruning_transformers.configuration import PruningEncoderConfig
from pruning_transformers.foreign import read_foreign
from pruning_transformers.hidden_state import tap_hidden_state
from pruning_transformers.provence import ProvenceMethods
from pruning_transformers.saving import published_card, write_model_card, write_tokenizer


@dataclass
class PruningEncoderOutput(ModelOutput):  # type: ignore[misc]
    """`last_hidden_state` (B, T, H), `pruning_logits` (B, T, 2), label 1 means keep, and, unless
    the mode is `pruning_only`, `ranking_logits` (B, num_labels).
    """

    last_hidden_state: Tensor | None = None
    pruning_logits: Tensor | None = None
    ranking_logits: Tensor | None = None
    hidden_states: tuple[Tensor, ...] | None = None
    attentions: tuple[Tensor, ...] | None = None


@dataclass
class PruningSequenceOutput(SequenceClassifierOutput):  # type: ignore[misc]
    """`logits` are the ranking logits (B, num_labels), `pruning_logits` (B, T, 2) beside them."""

    pruning_logits: Tensor | None = None


class PruningEncoderPreTrainedModel(ProvenceMethods, PreTrainedModel):  # type: ignore[misc]
    """A backbone of transformers and a pruning head; also prunes and ranks texts."""

    config_class = PruningEncoderConfig
    base_model_prefix = ""
    supports_gradient_checkpointing = True
    accepts_loss_kwargs = False
    _supports_sdpa = _supports_flash_attn = _supports_flex_attn = True
    _supports_attention_backend = True

    def __init__(self, config: PruningEncoderConfig) -> None:
        super().__init__(config)
        ranks = config.mode == "reranking_pruning"
        backbone_config = copy.deepcopy(config.backbone_config)
        if ranks:
            backbone_config.num_labels = config.num_labels
        # transformers chose sdpa for this class; a backbone may not have it, and chooses itself.
        attention = config._attn_implementation
        backbone = (AutoModelForSequenceClassification if ranks else AutoModel).from_config(
            backbone_config, attn_implementation=None if attention == "sdpa" else attention
        )
        self._backbone_name = "ranking_model" if ranks else "encoder"
        self.add_module(self._backbone_name, backbone)
        self.pruning_head = PruningHead(
            hidden_size=config.hidden_size, dropout=config.classifier_dropout
        )
        self._no_split_modules = backbone._no_split_modules
        self._tap = tap_hidden_state(backbone.base_model, config.pruning_hidden_state)
        parameters = inspect.signature(backbone.forward).parameters
        self._accepted = {*parameters, "output_attentions", "output_hidden_states"}
        self._tokenizer: Any = None
        self.post_init()

    @property
    def backbone(self) -> PreTrainedModel:
        """The ranking model or the bare encoder."""
        return self.get_submodule(self._backbone_name)

    def get_input_embeddings(self) -> Any:
        return self.backbone.get_input_embeddings()

    def set_input_embeddings(self, value: torch.nn.Module) -> None:
        self.backbone.set_input_embeddings(value)

    @classmethod
    def from_pretrained(cls, *args: Any, **kwargs: Any) -> Any:
        """Load as transformers does, but never pickled weights."""
        # bundle: off
        source = args[0] if args else kwargs.pop("pretrained_model_name_or_path", None)
        allow_pickled_head = kwargs.pop("allow_pickled_head", False)
        foreign = read_foreign(source, kwargs, allow_pickled_head=allow_pickled_head)
        if foreign is not None:
            return foreign.open(super().from_pretrained, kwargs)
        args = (source, *args[1:])
        # bundle: on
        return super().from_pretrained(*args, **kwargs | {"use_safetensors": True})

    def _encode(
        self, input_ids: Any, attention_mask: Any = None, token_type_ids: Any = None, **rest: Any
    ) -> PruningEncoderOutput:
        """Token ids (B, T), mask (B, T) with 1 for tokens -> all of a forward pass.

        What the backbone does not take, such as token types, is left out.
        """
        rest |= {"attention_mask": attention_mask, "token_type_ids": token_type_ids}
        known = {k: value for k, value in rest.items() if k in self._accepted and value is not None}
        output = self.backbone(input_ids, **known, return_dict=True)
        state = self._tap.take()
        return PruningEncoderOutput(
            last_hidden_state=state,
            pruning_logits=self.pruning_head(state),
            ranking_logits=output.get("logits"),
            hidden_states=output.get("hidden_states"),
            attentions=output.get("attentions"),
        )

    def save_pretrained(self, save_directory: Any, *args: Any, **kwargs: Any) -> None:
        """Save with the modeling file, a model card and the tokenizer, or another `tokenizer`."""
        if (tokenizer := kwargs.pop("tokenizer", None)) is not None:
            self.tokenizer = tokenizer
        super().save_pretrained(str(save_directory), *args, **kwargs)
        self._save_beside(Path(save_directory))

    def _upload_modified_files(self, working_dir: Any, repo_id: str, *args: Any, **kw: Any) -> Any:
        """Every push comes here, with an empty card where the hub has none; ours replaces that."""
        if published_card(repo_id, token=kw.get("token")) is None:
            Path(working_dir, "README.md").unlink(missing_ok=True)
        self._save_beside(Path(working_dir))
        return super()._upload_modified_files(working_dir, repo_id, *args, **kw)

    def _save_beside(self, folder: Path) -> None:
        """Write what belongs beside the weights."""
        here = Path(__file__)
        emitted = here.parent / "standalone" / "modeling_pruning_encoder.py"
        shutil.copyfile(emitted if emitted.is_file() else here, folder / emitted.name)
        write_model_card(folder, self.config, self.name_or_path)
        with suppress(OSError):  # there may be none
            _ = self.tokenizer
        if self._tokenizer is not None:
            write_tokenizer(folder, self.tokenizer, self.config.max_length)

    # bundle: off
    @classmethod
    def from_backbone(
        cls,
        model: str | Path,
        *,
        mode: str = "reranking_pruning",
        revision: str = "main",
        **fields: Any,
    ) -> Any:
        """Start a new model from a cross-encoder or an encoder, keeping its weights.

        A cross-encoder keeps its ranking head, and so its scores. The pruning head is new.

        Args:
            model: a folder or a hub id.
            mode: `reranking_pruning` or `pruning_only`.
            revision: branch, tag or commit of the hub repository.
            **fields: further fields of `PruningEncoderConfig`.
        """
        config = AutoConfig.from_pretrained(model, revision=revision)
        names = config.architectures or [""]
        is_ranker = names[0].endswith("ForSequenceClassification")
        fields.setdefault("num_labels", config.num_labels if is_ranker else 1)
        fields.setdefault("max_length", min(512, getattr(config, "max_position_embeddings", 512)))
        if saved := getattr(config, "sentence_transformers", None):  # a CrossEncoder's activation
            fields.setdefault("sentence_transformers", saved)
            if str(saved.get("activation_fn")).endswith(".Identity"):
                fields.setdefault("score_activation", "identity")
        fresh = cls(PruningEncoderConfig(backbone_config=config, mode=mode, **fields))
        auto = AutoModelForSequenceClassification if mode == "reranking_pruning" else AutoModel
        options = {"num_labels": fields["num_labels"]} if mode == "reranking_pruning" else {}
        backbone = auto.from_pretrained(
            model, revision=revision, dtype=torch.float32, use_safetensors=True, **options
        )
        fresh.backbone.load_state_dict(backbone.state_dict())
        fresh.tokenizer = AutoTokenizer.from_pretrained(model, revision=revision)
        return fresh.eval()

    def export_ranking_model(self, folder: str | Path) -> None:
        """Save the backbone as a plain sequence classifier, with the tokenizer.

        Raises:
            ValueError: the mode is `pruning_only`.
        """
        if self.config.mode != "reranking_pruning":
            raise ValueError(f"a model of mode {self.config.mode!r} has no ranking model")
        self.backbone.save_pretrained(folder)
        write_tokenizer(Path(folder), self.tokenizer, self.config.max_length)

    # bundle: on

    @property
    def tokenizer(self) -> Any:
        """The checkpoint's tokenizer, loaded when it is first used; another can be set."""
        if self._tokenizer is None:
            try:  # the Auto class would ask whether the folder's modeling file is trusted
                self.tokenizer = PreTrainedTokenizerFast.from_pretrained(self.name_or_path)
            except (OSError, ValueError) as error:
                text = "has no tokenizer; `save_pretrained(folder, tokenizer=...)` adds it"
                raise OSError(f"{self.name_or_path!r} {text}") from error
        return self._tokenizer

    @tokenizer.setter
    def tokenizer(self, value: Any) -> None:
        # With a copy, since transformers sets truncation and padding on its own at every call.
        self._tokenizer, self._own_backend = value, copy.deepcopy(value.backend_tokenizer)

    def prune(self, query: str, document: str, **options: Any) -> PrunedDocument:
        """Remove what does not matter to `query`; see `PruningPipeline.prune`."""
        with self._pipeline() as pipeline:
            return pipeline.prune(query, document, **options)

    def prune_batch(
        self, queries: Sequence[str], documents: Sequence[str], **options: Any
    ) -> list[PrunedDocument]:
        """Prune pair by pair; see `PruningPipeline.prune_batch`."""
        with self._pipeline() as pipeline:
            return pipeline.prune_batch(queries, documents, **options)

    def rank(self, query: str, documents: Sequence[str], **options: Any) -> list[RankedDocument]:
        """Rank and prune; see `PruningPipeline.rank`."""
        with self._pipeline() as pipeline:
            return pipeline.rank(query, documents, **options)

    @contextmanager
    def _pipeline(self, batch_size: int | None = None) -> Iterator[PruningPipeline]:
        """The pipeline in eval mode; the mode is restored."""
        training, config = self.training, self.config
        budget = batch_size * config.max_length if batch_size else TOKEN_BUDGET
        backend = self.tokenizer and self._own_backend
        try:
            yield PruningPipeline(_Encode(self), backend, config, token_budget=budget)
        finally:
            self.train(training)


class _Encode(torch.nn.Module):
    """A model as `PruningPipeline` calls it, whatever its own outputs are."""

    def __init__(self, model: PruningEncoderPreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, **inputs: Any) -> PruningEncoderOutput:
        return self.model._encode(**inputs)


class PruningEncoderModel(PruningEncoderPreTrainedModel):
    """The encoder with both of its heads' logits; `AutoModel` opens it."""

    forward = can_return_tuple(PruningEncoderPreTrainedModel._encode)


class PruningEncoderForSequenceClassification(PruningEncoderPreTrainedModel):
    """The reranker: `logits` rank, `pruning_logits` beside them."""

    def __init__(self, config: PruningEncoderConfig) -> None:
        if config.mode != "reranking_pruning":
            raise ValueError(f"a checkpoint of mode {config.mode!r} has no ranking head")
        super().__init__(config)

    @can_return_tuple  # type: ignore[untyped-decorator]
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        labels: Tensor | None = None,
        pruning_labels: Tensor | None = None,
        **kwargs: Any,
    ) -> Any:
        """Token ids (B, T) -> `PruningSequenceOutput`.

        `labels` (B,) are relevance, 0 to 1, or classes where there are several; `pruning_labels`
        (B, T) are 0, 1 and -100. With both, the loss is `PruningLoss`.
        """
        output = self._encode(input_ids, attention_mask, token_type_ids, **kwargs)
        loss = None
        if labels is not None and self.config.num_labels > 1:
            loss = F.cross_entropy(output.ranking_logits, labels)  # type: ignore[arg-type]
        elif labels is not None or pruning_labels is not None:
            weight = 1.0 if pruning_labels is None else 0.05
            loss = PruningLoss(ranking_weight=weight)(
                output.pruning_logits,
                output.ranking_logits,
                pruning_labels=pruning_labels,
                ranking_labels=None if labels is None else labels.flatten(),
            ).loss
        return PruningSequenceOutput(
            loss=loss,
            logits=output.ranking_logits,
            pruning_logits=output.pruning_logits,
            hidden_states=output.hidden_states,
            attentions=output.attentions,
        )


class PruningEncoderForTokenClassification(PruningEncoderPreTrainedModel):
    """The pruner as a token classifier with the labels DROP and KEEP."""

    def __init__(self, config: PruningEncoderConfig) -> None:
        super().__init__(config)
        # The backbone keeps its own number of labels; this class has two of its own.
        self.config = copy.deepcopy(config)
        self.config.id2label = {0: "DROP", 1: "KEEP"}
        self.config.label2id = {"DROP": 0, "KEEP": 1}
        self._ranking_labels = {"id2label": config.id2label, "label2id": config.label2id}

    def save_pretrained(self, save_directory: Any, *args: Any, **kwargs: Any) -> None:
        """Save with the labels of the ranking head, which the other classes read."""
        own, self.config = self.config, copy.copy(self.config)
        self.config.__dict__.update(self._ranking_labels)
        try:
            super().save_pretrained(save_directory, *args, **kwargs)
        finally:
            self.config = own

    @can_return_tuple  # type: ignore[untyped-decorator]
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        labels: Tensor | None = None,
        **kwargs: Any,
    ) -> Any:
        """Token ids (B, T), labels (B, T) of 0, 1 and -100 -> `TokenClassifierOutput`."""
        output = self._encode(input_ids, attention_mask, token_type_ids, **kwargs)
        return TokenClassifierOutput(
            loss=None
            if labels is None
            else PruningLoss()(output.pruning_logits, pruning_labels=labels).loss,
            logits=output.pruning_logits,
            hidden_states=output.hidden_states,
            attentions=output.attentions,
        )
