"""ModernBERT (Warner et al., 2024, arXiv:2412.13663) in pure torch.

Parameter names are Hugging Face's. Local layers attend in blocks, so that they cost what their
window costs, not the square of the length.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

from pruning_core.backbones.activations import ACTIVATIONS, check_activation
from pruning_core.backbones.attention import is_exporting, local_attention, rotary, rotate
from pruning_core.backbones.config_fields import check_fields, known_fields
from pruning_core.backbones.output import BackboneOutput
from pruning_core.validation import as_mapping, as_texts, check_choice, shown

THETAS = {"full_attention": "global_rope_theta", "sliding_attention": "local_rope_theta"}
"""Kinds of layers, and the base of the rotary frequencies of each."""


@dataclass(frozen=True, kw_only=True)
class ModernBertConfig:
    """The part of a Hugging Face `modernbert` configuration that decides the computation."""

    vocab_size: int = 50368
    hidden_size: int = 768
    intermediate_size: int = 1152
    num_hidden_layers: int = 22
    num_attention_heads: int = 12
    hidden_activation: str = "gelu"
    max_position_embeddings: int = 8192
    norm_eps: float = 1e-5
    norm_bias: bool = False
    pad_token_id: int | None = 50283
    attention_bias: bool = False
    attention_dropout: float = 0.0
    layer_types: tuple[str, ...] = ()
    global_attn_every_n_layers: int = 3
    global_rope_theta: float = 160_000.0
    local_rope_theta: float = 10_000.0
    local_attention: int = 128
    embedding_dropout: float = 0.0
    mlp_bias: bool = False
    mlp_dropout: float = 0.0
    classifier_pooling: str = "cls"
    classifier_dropout: float = 0.0
    classifier_bias: bool = False
    classifier_activation: str = "gelu"

    def __post_init__(self) -> None:
        check_fields(self)
        check_activation("hidden_activation", self.hidden_activation)
        check_activation("classifier_activation", self.classifier_activation)
        if self.classifier_pooling not in ("cls", "mean"):
            raise ValueError(
                f"`classifier_pooling` must be cls or mean, not {shown(self.classifier_pooling)}"
            )
        if self.layer_types and len(self.layer_types) != self.num_hidden_layers:
            raise ValueError(
                f"`layer_types` must name {self.num_hidden_layers} layers, not"
                f" {len(self.layer_types)}"
            )
        for kind in self.layer_types:
            check_choice("layer_types", kind, THETAS)
        least = {"local_attention": 2, "global_rope_theta": 1, "local_rope_theta": 1}
        for name, minimum in least.items():
            if getattr(self, name) < minimum:
                value = getattr(self, name)
                raise ValueError(f"`{name}` must be at least {minimum}, not {value}")
        if self.hidden_size // self.num_attention_heads % 2:
            raise ValueError(
                f"`hidden_size` ({self.hidden_size}) must give each of the `num_attention_heads`"
                f" ({shown(self.num_attention_heads)}) an even size"
            )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ModernBertConfig":
        """Read a config of transformers 4 or 5, which name the rotary parameters differently."""
        values = known_fields(cls, data)
        values["layer_types"] = tuple(as_texts("layer_types", values.get("layer_types") or ()))
        parameters = as_mapping("rope_parameters", data.get("rope_parameters"))
        for kind, name in THETAS.items():
            rope = as_mapping(f"rope_parameters.{kind}", parameters.get(kind))
            if rope.get("rope_type", "default") != "default":
                raise ValueError(f"`rope_type` must be default, not {shown(rope['rope_type'])}")
            if "rope_theta" in rope:
                values[name] = rope["rope_theta"]
        return cls(**values)

    def is_local(self, layer: int) -> bool:
        """Whether a layer attends to its neighbourhood only."""
        if self.layer_types:
            return self.layer_types[layer] == "sliding_attention"
        return layer % self.global_attn_every_n_layers != 0


class ModernBertEmbeddings(nn.Module):
    """Token embeddings, normed."""

    def __init__(self, config: ModernBertConfig) -> None:
        super().__init__()
        self.tok_embeddings = nn.Embedding(
            config.vocab_size, config.hidden_size, config.pad_token_id
        )
        self.norm = nn.LayerNorm(config.hidden_size, config.norm_eps, bias=config.norm_bias)
        self.drop = nn.Dropout(config.embedding_dropout)

    def forward(self, input_ids: Tensor) -> Tensor:
        output: Tensor = self.drop(self.norm(self.tok_embeddings(input_ids)))
        return output


class ModernBertAttention(nn.Module):
    """Rotary self-attention, to all tokens or to the neighbourhood."""

    def __init__(self, config: ModernBertConfig, layer: int) -> None:
        super().__init__()
        size, bias = config.hidden_size, config.attention_bias
        self.heads = config.num_attention_heads
        self.is_local = config.is_local(layer)
        self.theta = config.local_rope_theta if self.is_local else config.global_rope_theta
        self.reach = config.local_attention // 2
        self.dropout = config.attention_dropout
        self.Wqkv = nn.Linear(size, 3 * size, bias=bias)
        self.Wo = nn.Linear(size, size, bias=bias)
        self.out_drop = nn.Dropout(config.attention_dropout)

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        shape = (3, self.heads, -1)
        query, key, value = self.Wqkv(hidden).unflatten(-1, shape).permute(2, 0, 3, 1, 4)
        length = hidden.shape[1]
        cosines, sines = rotary(length, query.shape[-1], self.theta, hidden)
        query, key = rotate(query, cosines, sines), rotate(key, cosines, sines)
        dropout = self.dropout if self.training else 0.0
        if self.is_local and (is_exporting() or length > self.reach):
            context = local_attention(query, key, value, mask, self.reach, dropout)
        else:
            allowed = None if mask is None else mask[:, None, None]
            context = F.scaled_dot_product_attention(
                query, key, value, attn_mask=allowed, dropout_p=dropout
            )
        output: Tensor = self.out_drop(self.Wo(context.transpose(1, 2).flatten(2)))
        return output


class ModernBertMLP(nn.Module):
    """The gated feed-forward network."""

    def __init__(self, config: ModernBertConfig) -> None:
        super().__init__()
        inner, bias = config.intermediate_size, config.mlp_bias
        self.Wi = nn.Linear(config.hidden_size, 2 * inner, bias=bias)
        self.act = ACTIVATIONS[config.hidden_activation]()
        self.drop = nn.Dropout(config.mlp_dropout)
        self.Wo = nn.Linear(inner, config.hidden_size, bias=bias)

    def forward(self, hidden: Tensor) -> Tensor:
        value, gate = self.Wi(hidden).chunk(2, -1)
        output: Tensor = self.Wo(self.drop(self.act(value) * gate))
        return output


class ModernBertLayer(nn.Module):
    """Attention and feed-forward network, each normed before; the first layer's input is normed."""

    def __init__(self, config: ModernBertConfig, layer: int) -> None:
        super().__init__()
        size, eps, bias = config.hidden_size, config.norm_eps, config.norm_bias
        self.attn_norm = nn.LayerNorm(size, eps, bias=bias) if layer else nn.Identity()
        self.attn = ModernBertAttention(config, layer)
        self.mlp_norm = nn.LayerNorm(size, eps, bias=bias)
        self.mlp = ModernBertMLP(config)

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        hidden = hidden + self.attn(self.attn_norm(hidden), mask)
        output: Tensor = hidden + self.mlp(self.mlp_norm(hidden))
        return output


class ModernBertModel(nn.Module):
    """The bare encoder: `ModernBertModel` of transformers."""

    def __init__(self, config: ModernBertConfig) -> None:
        super().__init__()
        self.config = config
        self.embeddings = ModernBertEmbeddings(config)
        layers = (ModernBertLayer(config, layer) for layer in range(config.num_hidden_layers))
        self.layers = nn.ModuleList(layers)
        self.final_norm = nn.LayerNorm(config.hidden_size, config.norm_eps, bias=config.norm_bias)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
    ) -> BackboneOutput:
        """Token ids (B, T), mask (B, T) -> hidden states (B, T, H); there are no token types."""
        mask = None if attention_mask is None else attention_mask.bool()
        hidden = self.embeddings(input_ids)
        for layer in self.layers:
            hidden = layer(hidden, mask)
        return BackboneOutput(last_hidden_state=self.final_norm(hidden), pre_final_norm=hidden)


class ModernBertHead(nn.Module):
    """The ranking head's dense layer, activation and norm."""

    def __init__(self, config: ModernBertConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.dense = nn.Linear(size, size, bias=config.classifier_bias)
        self.act = ACTIVATIONS[config.classifier_activation]()
        self.norm = nn.LayerNorm(size, config.norm_eps, bias=config.norm_bias)

    def forward(self, pooled: Tensor) -> Tensor:
        output: Tensor = self.norm(self.act(self.dense(pooled)))
        return output


class ModernBertRanker(nn.Module):
    """`ModernBertForSequenceClassification` of transformers."""

    def __init__(self, config: ModernBertConfig, num_labels: int) -> None:
        super().__init__()
        self.pooling = config.classifier_pooling
        self.model = ModernBertModel(config)
        self.head = ModernBertHead(config)
        self.drop = nn.Dropout(config.classifier_dropout)
        self.classifier = nn.Linear(config.hidden_size, num_labels)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
    ) -> BackboneOutput:
        """Token ids (B, T) -> logits (B, num_labels), hidden states (B, T, H)."""
        output = self.model(input_ids, attention_mask)
        hidden = output.last_hidden_state
        if self.pooling == "cls":
            pooled = hidden[:, 0]
        elif attention_mask is None:
            pooled = hidden.mean(1)
        else:
            weights = attention_mask[..., None].to(hidden.dtype)
            pooled = (hidden * weights).sum(1) / weights.sum(1)
        return BackboneOutput(
            last_hidden_state=hidden,
            pre_final_norm=output.pre_final_norm,
            logits=self.classifier(self.drop(self.head(pooled))),
        )
