"""BERT (Devlin et al., 2018, arXiv:1810.04805) in pure torch.

Parameter names are Hugging Face's, so that its state dicts load unchanged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pruning_core.backbones.activations import ACTIVATIONS, check_activation
from pruning_core.backbones.config_fields import check_fields, known_fields
from pruning_core.backbones.output import BackboneOutput
from pruning_core.validation import shown


@dataclass(frozen=True, kw_only=True)
class BertConfig:
    """The part of a Hugging Face `bert` configuration that decides the computation."""

    vocab_size: int = 30522
    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    hidden_act: str = "gelu"
    hidden_dropout_prob: float = 0.1
    attention_probs_dropout_prob: float = 0.1
    max_position_embeddings: int = 512
    type_vocab_size: int = 2
    initializer_range: float = 0.02
    layer_norm_eps: float = 1e-12
    pad_token_id: int | None = 0
    position_embedding_type: str = "absolute"
    classifier_dropout: float | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        check_activation("hidden_act", self.hidden_act)
        if self.position_embedding_type != "absolute":
            kind = shown(self.position_embedding_type)
            raise ValueError(f"`position_embedding_type` must be absolute, not {kind}")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "BertConfig":
        return cls(**known_fields(cls, data))


class BertEmbeddings(nn.Module):
    """Word, position and type embeddings, summed and normed."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.word_embeddings = nn.Embedding(config.vocab_size, size, config.pad_token_id)
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, size)
        self.token_type_embeddings = nn.Embedding(config.type_vocab_size, size)
        self.LayerNorm = nn.LayerNorm(size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, input_ids: Tensor, token_type_ids: Tensor | None) -> Tensor:
        types = torch.zeros_like(input_ids) if token_type_ids is None else token_type_ids
        # Summed in float32 even where the word embeddings are stored in half precision.
        embeddings = (
            self.word_embeddings(input_ids)
            + self.positions(input_ids)
            + self.token_type_embeddings(types)
        )
        output: Tensor = self.dropout(self.LayerNorm(embeddings))
        return output

    def positions(self, input_ids: Tensor) -> Tensor:
        """Position embeddings (T, H), counted from 0."""
        return self.position_embeddings.weight[: input_ids.shape[1]]


class BertSelfAttention(nn.Module):
    """Multi-head self-attention."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)
        self.dropout = config.attention_probs_dropout_prob

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        query, key, value = (
            layer(hidden).unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, heads, T, H/heads)
            for layer in (self.query, self.key, self.value)
        )
        context = F.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, dropout_p=self.dropout if self.training else 0.0
        )
        return context.transpose(1, 2).flatten(2)  # (B, T, H)


class BertResidual(nn.Module):
    """Dense layer, dropout, residual connection and norm."""

    def __init__(self, config: BertConfig, input_size: int) -> None:
        super().__init__()
        self.dense = nn.Linear(input_size, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, hidden: Tensor, residual: Tensor) -> Tensor:
        output: Tensor = self.LayerNorm(self.dropout(self.dense(hidden)) + residual)
        return output


class BertAttention(nn.Module):
    """Self-attention and its output layer."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.self = BertSelfAttention(config)
        self.output = BertResidual(config, config.hidden_size)

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        output: Tensor = self.output(self.self(hidden, mask), hidden)
        return output


class BertIntermediate(nn.Module):
    """The first half of the feed-forward network."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.intermediate_size)
        self.activation = ACTIVATIONS[config.hidden_act]()

    def forward(self, hidden: Tensor) -> Tensor:
        output: Tensor = self.activation(self.dense(hidden))
        return output


class BertLayer(nn.Module):
    """Attention and feed-forward network."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.attention = BertAttention(config)
        self.intermediate = BertIntermediate(config)
        self.output = BertResidual(config, config.intermediate_size)

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        attended = self.attention(hidden, mask)
        output: Tensor = self.output(self.intermediate(attended), attended)
        return output


class BertEncoder(nn.Module):
    """The stack of layers."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.layer = nn.ModuleList(BertLayer(config) for _ in range(config.num_hidden_layers))

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        for layer in self.layer:
            hidden = layer(hidden, mask)
        return hidden


class BertPooler(nn.Module):
    """The first token, through a dense layer and tanh."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, hidden: Tensor) -> Tensor:
        return torch.tanh(self.dense(hidden[:, 0]))  # (B, H)


class BertModel(nn.Module):
    """The bare encoder: `BertModel` of transformers, with its pooler."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.limit = config.max_position_embeddings
        self.embeddings = BertEmbeddings(config)
        self.encoder = BertEncoder(config)
        self.pooler = BertPooler(config)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
    ) -> BackboneOutput:
        """Token ids (B, T), mask (B, T) with 1 for tokens -> last hidden state (B, T, H)."""
        length = input_ids.shape[1]
        if length > self.limit:
            raise ValueError(
                f"`input_ids` must have at most {self.limit} tokens a row, not {length}"
            )
        mask = None if attention_mask is None else attention_mask[:, None, None, :].bool()
        hidden = self.encoder(self.embeddings(input_ids, token_type_ids), mask)
        return BackboneOutput(last_hidden_state=hidden)


class BertRanker(nn.Module):
    """`BertForSequenceClassification` of transformers."""

    def __init__(self, config: BertConfig, num_labels: int) -> None:
        super().__init__()
        dropout = config.classifier_dropout
        self.bert = BertModel(config)
        self.dropout = nn.Dropout(config.hidden_dropout_prob if dropout is None else dropout)
        self.classifier = nn.Linear(config.hidden_size, num_labels)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
    ) -> BackboneOutput:
        """As `BertModel`, with ranking logits (B, num_labels)."""
        hidden = self.bert(input_ids, attention_mask, token_type_ids).last_hidden_state
        logits = self.classifier(self.dropout(self.bert.pooler(hidden)))
        return BackboneOutput(last_hidden_state=hidden, logits=logits)
