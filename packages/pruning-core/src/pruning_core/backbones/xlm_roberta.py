"""XLM-RoBERTa (Conneau et al., 2019, arXiv:1911.02116) in pure torch, on BERT's layers.

It differs from BERT in its positions, which count from the padding id on and skip padding, and in
its ranking head. Parameter names are Hugging Face's.
"""

import torch
from torch import Tensor, nn

from pruning_core.backbones.bert import BertConfig, BertEmbeddings, BertModel
from pruning_core.backbones.output import BackboneOutput


class XlmRobertaEmbeddings(BertEmbeddings):
    """BERT's embeddings with RoBERTa's positions."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.padding = config.pad_token_id or 0
        self.position_embeddings = nn.Embedding(
            config.max_position_embeddings, config.hidden_size, self.padding
        )

    def positions(self, input_ids: Tensor) -> Tensor:
        """Position embeddings (B, T, H); padding has the embedding of the padding id."""
        mask = (input_ids != self.padding).long()
        output: Tensor = self.position_embeddings(mask.cumsum(1) * mask + self.padding)
        return output


class XlmRobertaModel(BertModel):
    """The bare encoder: `XLMRobertaModel` of transformers, with its pooler."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.embeddings = XlmRobertaEmbeddings(config)
        self.limit = config.max_position_embeddings - (config.pad_token_id or 0) - 1


class XlmRobertaHead(nn.Module):
    """The first token, through a dense layer and tanh, to the logits."""

    def __init__(self, config: BertConfig, num_labels: int) -> None:
        super().__init__()
        dropout = config.classifier_dropout
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.dropout = nn.Dropout(config.hidden_dropout_prob if dropout is None else dropout)
        self.out_proj = nn.Linear(config.hidden_size, num_labels)

    def forward(self, hidden: Tensor) -> Tensor:
        pooled = torch.tanh(self.dense(self.dropout(hidden[:, 0])))
        output: Tensor = self.out_proj(self.dropout(pooled))  # (B, num_labels)
        return output


class XlmRobertaRanker(nn.Module):
    """`XLMRobertaForSequenceClassification` of transformers."""

    def __init__(self, config: BertConfig, num_labels: int) -> None:
        super().__init__()
        self.roberta = XlmRobertaModel(config)
        del self.roberta.pooler  # the ranker has a head of its own
        self.classifier = XlmRobertaHead(config, num_labels)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
    ) -> BackboneOutput:
        """Token ids (B, T) -> logits (B, num_labels), last hidden state (B, T, H)."""
        hidden = self.roberta(input_ids, attention_mask, token_type_ids).last_hidden_state
        return BackboneOutput(last_hidden_state=hidden, logits=self.classifier(hidden))
