"""DeBERTa-v2 and -v3 (He et al., 2021, arXiv:2111.09543) in pure torch, on BERT's layers.

Parameter names are Hugging Face's.
"""

from typing import Any

import torch
from torch import Tensor, nn

from pruning_core.backbones.activations import ACTIVATIONS
from pruning_core.backbones.bert import BertIntermediate, BertResidual
from pruning_core.backbones.disentangled import DebertaV2Config, DisentangledSelfAttention
from pruning_core.backbones.output import BackboneOutput


class DebertaV2Embeddings(nn.Module):
    """Word embeddings, with positions and types where the configuration has them; normed."""

    def __init__(self, config: DebertaV2Config) -> None:
        super().__init__()
        size = config.embedding_size or config.hidden_size
        self.word_embeddings = nn.Embedding(config.vocab_size, size, config.pad_token_id)
        self.position_embeddings = self.token_type_embeddings = self.embed_proj = None
        if config.position_biased_input:
            self.position_embeddings = nn.Embedding(config.max_position_embeddings, size)
        if config.type_vocab_size:
            self.token_type_embeddings = nn.Embedding(config.type_vocab_size, size)
        if size != config.hidden_size:
            self.embed_proj = nn.Linear(size, config.hidden_size, bias=False)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, input_ids: Tensor, mask: Tensor | None, types: Tensor | None) -> Tensor:
        hidden = self.word_embeddings(input_ids).to(self.LayerNorm.weight.dtype)
        if self.position_embeddings is not None:
            hidden = hidden + self.position_embeddings.weight[: input_ids.shape[1]]
        if self.token_type_embeddings is not None:
            hidden = hidden + self.token_type_embeddings(
                torch.zeros_like(input_ids) if types is None else types
            )
        if self.embed_proj is not None:
            hidden = self.embed_proj(hidden)
        hidden = self.LayerNorm(hidden)
        output: Tensor = self.dropout(hidden if mask is None else hidden * mask[..., None])
        return output


class DebertaV2Attention(nn.Module):
    """Self-attention and its output layer."""

    def __init__(self, config: DebertaV2Config) -> None:
        super().__init__()
        self.self = DisentangledSelfAttention(config)
        self.output = BertResidual(config, config.hidden_size)


class DebertaV2Layer(nn.Module):
    """Attention and feed-forward network."""

    def __init__(self, config: DebertaV2Config) -> None:
        super().__init__()
        self.attention = DebertaV2Attention(config)
        self.intermediate = BertIntermediate(config)
        self.output = BertResidual(config, config.intermediate_size)

    def forward(self, hidden: Tensor, *attention: Any) -> Tensor:
        attended = self.attention.output(self.attention.self(hidden, *attention), hidden)
        output: Tensor = self.output(self.intermediate(attended), attended)
        return output


class DebertaV2Encoder(nn.Module):
    """The stack of layers and the relative position embeddings that they share."""

    def __init__(self, config: DebertaV2Config) -> None:
        super().__init__()
        self.config = config
        self.layer = nn.ModuleList(DebertaV2Layer(config) for _ in range(config.num_hidden_layers))
        self.LayerNorm: nn.Module = nn.Identity()
        if config.relative_attention:
            self.rel_embeddings = nn.Embedding(2 * config.span, config.hidden_size)
        if "layer_norm" in config.norm_rel_ebd.lower():
            self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        relative = rows = None
        if self.config.relative_attention:
            relative = self.LayerNorm(self.rel_embeddings.weight)
            rows = self.config.rows(hidden.shape[1]).to(hidden.device)
        for layer in self.layer:
            hidden = layer(hidden, mask, relative, rows)
        return hidden


class DebertaV2Model(nn.Module):
    """The bare encoder: `DebertaV2Model` of transformers."""

    def __init__(self, config: DebertaV2Config) -> None:
        super().__init__()
        self.embeddings = DebertaV2Embeddings(config)
        self.encoder = DebertaV2Encoder(config)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
    ) -> BackboneOutput:
        """Token ids (B, T), mask (B, T) with 1 for tokens -> last hidden state (B, T, H)."""
        mask = None if attention_mask is None else attention_mask.bool()
        hidden = self.embeddings(input_ids, mask, token_type_ids)
        return BackboneOutput(last_hidden_state=self.encoder(hidden, mask))


class DebertaV2Pooler(nn.Module):
    """The first token, through a dense layer and an activation."""

    def __init__(self, config: DebertaV2Config) -> None:
        super().__init__()
        self.dropout = nn.Dropout(config.pooler_dropout)
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.activation = ACTIVATIONS[config.pooler_hidden_act]()

    def forward(self, hidden: Tensor) -> Tensor:
        output: Tensor = self.activation(self.dense(self.dropout(hidden[:, 0])))
        return output


class DebertaV2Ranker(nn.Module):
    """`DebertaV2ForSequenceClassification` of transformers."""

    def __init__(self, config: DebertaV2Config, num_labels: int) -> None:
        super().__init__()
        dropout = config.cls_dropout
        self.deberta = DebertaV2Model(config)
        self.pooler = DebertaV2Pooler(config)
        self.dropout = nn.Dropout(config.hidden_dropout_prob if dropout is None else dropout)
        self.classifier = nn.Linear(config.hidden_size, num_labels)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
    ) -> BackboneOutput:
        """Token ids (B, T) -> logits (B, num_labels), last hidden state (B, T, H)."""
        hidden = self.deberta(input_ids, attention_mask, token_type_ids).last_hidden_state
        logits = self.classifier(self.dropout(self.pooler(hidden)))
        return BackboneOutput(last_hidden_state=hidden, logits=logits)
