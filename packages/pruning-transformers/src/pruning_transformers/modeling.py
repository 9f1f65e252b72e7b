"""The PruningEncoder models of transformers."""

import inspect

import torch
from torch import Tensor
from transformers import AutoModel, AutoModelForSequenceClassification, PreTrainedModel
from transformers.modeling_outputs import TokenClassifierOutput
from transformers.utils import can_return_tuple

from pruning_core.config_rules import check_length
from pruning_core.heads import PruningHead
from pruning_transformers.configuration import PruningEncoderConfig
from pruning_transformers.hidden_state import tap_hidden_state
from pruning_transformers.joint_loss import joint_loss
from pruning_transformers.label_arguments import may_lack_pruning_labels
from pruning_transformers.label_names import share_labels
from pruning_transformers.named_errors import named_errors
from pruning_transformers.outputs import (
    PruningEncoderOutput,
    PruningSequenceOutput,
    RankingOutput,
)
from pruning_transformers.provence import ProvenceMethods
from pruning_transformers.saving import SavingMethods


class PruningEncoderPreTrainedModel(ProvenceMethods, SavingMethods):
    """A backbone of transformers and a pruning head; also prunes and ranks texts."""

    config_class = PruningEncoderConfig
    base_model_prefix = ""
    supports_gradient_checkpointing = True
    accepts_loss_kwargs = False
    _supports_sdpa = _supports_flash_attn = _supports_flex_attn = True
    _supports_attention_backend = True

    def __init__(self, config: PruningEncoderConfig) -> None:
        config = self._own_config(config)
        super().__init__(config)
        backbone_config = config.backbone_config
        check_length(config.max_length, backbone_config.to_dict())
        if config.ranks:
            share_labels(config.ranking_labels, backbone_config)
            if config.problem_type is not None:
                backbone_config.problem_type = config.problem_type
        auto = AutoModelForSequenceClassification if config.ranks else AutoModel
        with named_errors("backbone_config"):
            backbone = auto.from_config(backbone_config, dtype=torch.get_default_dtype())
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

    @classmethod
    def is_custom_code(cls) -> bool:
        """No, or transformers would draw new weights of a backbone by none of its own rules."""
        return False

    def _own_config(self, config: PruningEncoderConfig) -> PruningEncoderConfig:
        """The configuration with the labels of this class."""
        return config.of_ranker()

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

    def _encode(self, **inputs: object) -> PruningEncoderOutput:
        """Token ids (B, T), mask (B, T) with 1 for tokens -> all of a forward pass.

        What the backbone does not take, such as token types, is left out.
        """
        for name in ("output_attentions", "output_hidden_states"):
            if inputs.get(name) is None and getattr(self.config, name):
                inputs[name] = True
        known = {k: v for k, v in inputs.items() if k in self._accepted and v is not None}
        output = self.backbone(**known, return_dict=True)
        state = self._tap.take()
        return PruningEncoderOutput(
            last_hidden_state=state,
            pruning_logits=self.pruning_head(state),
            ranking_logits=output.get("logits"),
            hidden_states=output.get("hidden_states"),
            attentions=output.get("attentions"),
        )

    def _loss(
        self, output: PruningEncoderOutput, labels: Tensor | None, pruning_labels: Tensor | None
    ) -> Tensor | None:
        return joint_loss(
            output.pruning_logits,  # type: ignore[arg-type]
            output.ranking_logits,
            labels,
            pruning_labels,
            self.config.problem_type,
        )


class PruningEncoderModel(PruningEncoderPreTrainedModel):
    """The encoder with both of its heads' logits; `AutoModel` opens it."""

    @may_lack_pruning_labels
    @can_return_tuple  # type: ignore[untyped-decorator]
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        labels: Tensor | None = None,
        pruning_labels: Tensor | None = None,
        position_ids: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
        **kwargs: object,
    ) -> PruningEncoderOutput:
        """Token ids (B, T), or `inputs_embeds` (B, T, H), -> `PruningEncoderOutput`.

        Labels are those of `PruningEncoderForSequenceClassification`.
        """
        output = self._encode(
            input_ids=input_ids,
            attention_mask=attention_mask,
            token_type_ids=token_type_ids,
            position_ids=position_ids,
            inputs_embeds=inputs_embeds,
            output_attentions=output_attentions,
            output_hidden_states=output_hidden_states,
            **kwargs,
        )
        return PruningEncoderOutput(loss=self._loss(output, labels, pruning_labels), **output)


class PruningEncoderForSequenceClassification(PruningEncoderPreTrainedModel):
    """The reranker: `logits` rank, next to `pruning_logits`."""

    def __init__(self, config: PruningEncoderConfig) -> None:
        if not config.ranks:
            raise ValueError(f"a checkpoint of mode {config.mode!r} has no ranking head")
        super().__init__(config)

    @may_lack_pruning_labels
    @can_return_tuple  # type: ignore[untyped-decorator]
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        labels: Tensor | None = None,
        pruning_labels: Tensor | None = None,
        position_ids: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
        **kwargs: object,
    ) -> PruningSequenceOutput | RankingOutput:
        """Token ids (B, T), or `inputs_embeds` (B, T, H), -> `PruningSequenceOutput`.

        `labels` (B,) are relevance, 0 to 1, or classes where there are several, or what the
        configuration's `problem_type` says; `pruning_labels` (B, T) are 0, 1 and -100. With both,
        ranking weighs 0.05. With `labels` alone, `pruning_logits` is an attribute, but no item.

        Trainer evaluates batches with `labels`; for others, and to get both kinds in
        `compute_metrics`, name them in `TrainingArguments(label_names=["pruning_labels"])`.
        """
        output = self._encode(
            input_ids=input_ids,
            attention_mask=attention_mask,
            token_type_ids=token_type_ids,
            position_ids=position_ids,
            inputs_embeds=inputs_embeds,
            output_attentions=output_attentions,
            output_hidden_states=output_hidden_states,
            **kwargs,
        )
        fields = {
            "loss": self._loss(output, labels, pruning_labels),
            "logits": output.ranking_logits,
            "hidden_states": output.hidden_states,
            "attentions": output.attentions,
        }
        if labels is None or pruning_labels is not None:
            return PruningSequenceOutput(pruning_logits=output.pruning_logits, **fields)
        ranking = RankingOutput(**fields)
        ranking.pruning_logits = output.pruning_logits
        return ranking


class PruningEncoderForTokenClassification(PruningEncoderPreTrainedModel):
    """The pruner as a token classifier with the labels DROP and KEEP."""

    def _own_config(self, config: PruningEncoderConfig) -> PruningEncoderConfig:
        """A copy: the backbone keeps its own labels, which are saved; this class has two."""
        return config.of_token_classifier()

    @may_lack_pruning_labels
    @can_return_tuple  # type: ignore[untyped-decorator]
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        labels: Tensor | None = None,
        pruning_labels: Tensor | None = None,
        position_ids: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
        **kwargs: object,
    ) -> TokenClassifierOutput:
        """Token ids (B, T), or `inputs_embeds` (B, T, H), -> `TokenClassifierOutput`.

        `labels` (B, T) are 0, 1 and -100. They may also be called `pruning_labels`, as in the other
        classes; `labels` (B,) next to them are then relevance, as there.
        """
        output = self._encode(
            input_ids=input_ids,
            attention_mask=attention_mask,
            token_type_ids=token_type_ids,
            position_ids=position_ids,
            inputs_embeds=inputs_embeds,
            output_attentions=output_attentions,
            output_hidden_states=output_hidden_states,
            **kwargs,
        )
        if pruning_labels is None:
            labels, pruning_labels = None, labels
        elif labels is not None and labels.shape == pruning_labels.shape:
            if not torch.equal(labels, pruning_labels):
                raise ValueError("`labels` and `pruning_labels` of all tokens differ; give one")
            labels = None
        return TokenClassifierOutput(
            loss=self._loss(output, labels, pruning_labels),
            logits=output.pruning_logits,
            hidden_states=output.hidden_states,
            attentions=output.attentions,
        )
