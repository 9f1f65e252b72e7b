"""The disentangled attention of DeBERTa-v2 (arXiv:2111.09543), and its configuration.

The position terms are computed once for each distance and read as a shifted view, not gathered for
each pair of tokens.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pruning_core.backbones.activations import check_activation
from pruning_core.backbones.attention import by_distance
from pruning_core.backbones.bert import BertConfig
from pruning_core.backbones.config_fields import known_fields
from pruning_core.validation import as_texts, shown


@dataclass(frozen=True, kw_only=True)
class DebertaV2Config(BertConfig):
    """The part of a Hugging Face `deberta-v2` configuration that decides the computation."""

    vocab_size: int = 128100
    layer_norm_eps: float = 1e-7
    type_vocab_size: int = 0
    embedding_size: int | None = None
    relative_attention: bool = False
    max_relative_positions: int = -1
    position_buckets: int = -1
    position_biased_input: bool = True
    pos_att_type: tuple[str, ...] = ()
    share_att_key: bool = False
    norm_rel_ebd: str = "none"
    conv_kernel_size: int = 0
    pooler_dropout: float = 0.0
    pooler_hidden_act: str = "gelu"
    cls_dropout: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_activation("pooler_hidden_act", self.pooler_hidden_act)
        if self.conv_kernel_size:
            raise ValueError(
                f"`conv_kernel_size` must be 0, not {shown(self.conv_kernel_size)};"
                " `pip install pruning-transformers` runs this checkpoint"
            )
        if self.position_buckets > 0 and min(self.position_buckets, self.reach) < 2:
            raise ValueError(
                f"`position_buckets` ({self.position_buckets}) and `max_relative_positions`"
                f" ({self.max_relative_positions}) must be at least 2"
            )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "DebertaV2Config":
        values = known_fields(cls, data)
        kinds = values.get("pos_att_type") or ()
        if isinstance(kinds, str):
            kinds = [kind.strip() for kind in kinds.lower().split("|")]
        values["pos_att_type"] = tuple(as_texts("pos_att_type", kinds))
        return cls(**values)

    @property
    def reach(self) -> int:
        """The longest distance that is told apart."""
        limit = self.max_relative_positions
        return limit if limit > 0 else self.max_position_embeddings

    @property
    def span(self) -> int:
        """Rows of relative position embeddings for each direction."""
        return self.position_buckets if self.position_buckets > 0 else self.reach

    def rows(self, length: int) -> Tensor:
        """The row of the relative position embeddings for each distance (2 length - 1), from
        1 - length (the key comes after the query) to length - 1.
        """
        distance = torch.arange(1 - length, length)
        if self.position_buckets > 0:  # logarithmic beyond half of the buckets
            middle = self.position_buckets // 2
            far = distance.abs().clamp(min=middle).float() / middle
            steps = torch.log(far) / math.log((self.reach - 1) / middle) * (middle - 1)
            bucket = distance.sign() * (torch.ceil(steps).long() + middle)
            distance = torch.where(distance.abs() <= middle, distance, bucket)
        return (distance + self.span).clamp(0, 2 * self.span - 1)


class DisentangledSelfAttention(nn.Module):
    """Attention by content, content to position and position to content."""

    def __init__(self, config: DebertaV2Config) -> None:
        super().__init__()
        size = config.hidden_size
        self.heads = config.num_attention_heads
        self.kinds = config.pos_att_type if config.relative_attention else ()
        self.factor = 1 + sum(kind in config.pos_att_type for kind in ("c2p", "p2c"))
        self.dropout = config.attention_probs_dropout_prob
        self.pos_dropout = nn.Dropout(config.hidden_dropout_prob)
        self.query_proj = nn.Linear(size, size)
        self.key_proj = nn.Linear(size, size)
        self.value_proj = nn.Linear(size, size)
        shares = config.share_att_key
        if "c2p" in self.kinds and not shares:
            self.pos_key_proj = nn.Linear(size, size)
        if "p2c" in self.kinds and not shares:
            self.pos_query_proj = nn.Linear(size, size)

    def forward(
        self, hidden: Tensor, mask: Tensor | None, relative: Tensor | None, rows: Tensor | None
    ) -> Tensor:
        query, key, value = (
            self.split(layer(hidden)) for layer in (self.query_proj, self.key_proj, self.value_proj)
        )
        scale = (query.shape[-1] * self.factor) ** -0.5
        bias = None if mask is None else torch.where(mask[:, None, None], 0.0, -torch.inf)
        if relative is not None and rows is not None:
            positions = self.positions(query * scale, key * scale, self.pos_dropout(relative), rows)
            bias = positions if bias is None else positions + bias
        context = F.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=None if bias is None else bias.to(query.dtype),
            dropout_p=self.dropout if self.training else 0.0,
            scale=scale,
        )
        return context.transpose(1, 2).flatten(2)  # (B, T, H)

    def split(self, states: Tensor) -> Tensor:
        """(B, T, H) -> (B, heads, T, H / heads)."""
        return torch.unflatten(states, -1, (self.heads, -1)).transpose(1, 2)

    def positions(self, query: Tensor, key: Tensor, relative: Tensor, rows: Tensor) -> Tensor:
        """The position terms (B, heads, T, T) of the scores."""
        batch, heads, length, _ = query.shape
        scores = query.new_zeros(batch, heads, length, length)
        if "c2p" in self.kinds:
            layer = getattr(self, "pos_key_proj", self.key_proj)
            table = self.split(layer(relative)[None])[:, :, rows.flip(0)]  # by key - query
            for part, products in by_distance(query, table):
                scores[:, :, part] += products
        if "p2c" in self.kinds:
            layer = getattr(self, "pos_query_proj", self.query_proj)
            table = self.split(layer(relative)[None])[:, :, rows]  # by query - key
            for part, products in by_distance(key, table):
                scores[..., part] += products.transpose(-1, -2)
        return scores
