"""The PruningEncoder models of transformers."""

import copy
import inspect
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import AutoModel, AutoModelForSequenceClassification, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput, TokenClassifierOutput
from transformers.utils import ModelOutput, can_return_tuple

from pruning_core.config_rules import check_length
from pruning_core.heads import PruningHead
from pruning_core.losses import PruningLoss
from pruning_transformers.configuration import PruningEncoderConfig
from pruning_transformers.hidden_state import tap_hidden_state
from pruning_transformers.named_errors import named_errors
from pruning_transformers.provence import ProvenceMethods
from pruning_transformers.saving import SavingMethods


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
    """`logits` are the ranking logits (B, num_labels), next to `pruning_logits` (B, T, 2)."""

    pruning_logits: Tensor | None = None


class PruningEncoderPreTrainedModel(ProvenceMethods, SavingMethods):
    """A backbone of transformers and a pruning head; also prunes and ranks texts."""

    config_class = PruningEncoderConfig
    base_model_prefix = ""
    supports_gradient_checkpointing = True
    accepts_loss_kwargs = False
    _supports_sdpa = _supports_flash_attn = _supports_flex_attn = True
    _supports_attention_backend = True

    def __init__(self, config: PruningEncoderConfig) -> None:
        super().__init__(config)
        check_length(config.max_length, config.backbone_config.to_dict())
        backbone_config = copy.deepcopy(config.backbone_config)
        if config.ranks:
            backbone_config.num_labels = config.num_labels
        # transformers chose sdpa for this class; a backbone may not have it, and chooses itself.
        attention = config._attn_implementation
        with named_errors("backbone_config"):
            auto = AutoModelForSequenceClassification if config.ranks else AutoModel
            backbone = auto.from_config(
                backbone_config, attn_implementation=None if attention == "sdpa" else attention
            )
        self._backbone_name = "ranking_model" if config.ranks else "encoder"
        self.add_module(self._backbone_name, backbone)
        self.pruning_head = PruningHead(
            hidden_size=config.hidden_size, dropout=config.classifier_dropout
        )
        self._no_split_modules = backbone._no_split_modules
        self._tap = tap_hidden_state(backbone.base_model, config.pruning_hidden_state)
        parameters = inspect.signature(backbone.forward).parameters
        self._accepted = {*parameters, "output_attentions", "output_hidden_states"}
        self.post_init()

    @property
    def backbone(self) -> PreTrainedModel:
        """The ranking model or the bare encoder."""
        return self.get_submodule(self._backbone_name)

    def get_input_embeddings(self) -> torch.nn.Module:
        """The backbone's table of word embeddings."""
        return self.backbone.get_input_embeddings()  # type: ignore[no-any-return]

    def set_input_embeddings(self, value: torch.nn.Module) -> None:
        """Replace it."""
        self.backbone.set_input_embeddings(value)

    def _encode(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        **rest: object,
    ) -> PruningEncoderOutput:
        """Token ids (B, T), mask (B, T) with 1 for tokens -> all of a forward pass.

        What the backbone does not take, such as token types, is left out.
        """
        rest |= {"input_ids": input_ids, "attention_mask": attention_mask}
        rest |= {"token_type_ids": token_type_ids}
        known = {k: value for k, value in rest.items() if k in self._accepted and value is not None}
        output = self.backbone(**known, return_dict=True)
        state = self._tap.take()
        return PruningEncoderOutput(
            last_hidden_state=state,
            pruning_logits=self.pruning_head(state),
            ranking_logits=output.get("logits"),
            hidden_states=output.get("hidden_states"),
            attentions=output.get("attentions"),
        )


class PruningEncoderModel(PruningEncoderPreTrainedModel):
    """The encoder with both of its heads' logits; `AutoModel` opens it."""

    forward = can_return_tuple(PruningEncoderPreTrainedModel._encode)


class PruningEncoderForSequenceClassification(PruningEncoderPreTrainedModel):
    """The reranker: `logits` rank, next to `pruning_logits`."""

    def __init__(self, config: PruningEncoderConfig) -> None:
        if not config.ranks:
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
        **kwargs: object,
    ) -> PruningSequenceOutput:
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

    def _config_to_save(self) -> PruningEncoderConfig:
        """With the labels of the ranking head, which the other classes read."""
        config = copy.copy(self.config)
        config.__dict__.update(self._ranking_labels)
        return config

    @can_return_tuple  # type: ignore[untyped-decorator]
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        labels: Tensor | None = None,
        **kwargs: object,
    ) -> TokenClassifierOutput:
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
