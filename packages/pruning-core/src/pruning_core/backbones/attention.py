"""Rotary positions, attention to a neighbourhood, scores by distance."""

import torch
from torch import Tensor
from torch.nn import functional as F


def rotary(length: int, size: int, theta: float, like: Tensor) -> tuple[Tensor, Tensor]:
    """Cosines and sines (T, head size) of the rotary position embedding (arXiv:2104.09864)."""
    steps = torch.arange(0, size, 2, dtype=torch.float, device=like.device) / size
    angles = torch.outer(torch.arange(length, device=like.device).float(), theta**-steps)
    angles = torch.cat([angles, angles], -1)
    return angles.cos().to(like.dtype), angles.sin().to(like.dtype)


def rotate(states: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Turn queries or keys (B, heads, T, head size) by their positions."""
    first, second = states.chunk(2, -1)
    return states * cosines + torch.cat([-second, first], -1) * sines


def local_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, reach: int, dropout: float
) -> Tensor:
    """Attention (B, heads, T, head size) of each token to those at most `reach` away.

    Blocks of `reach` queries attend to their own block and the two beside it. `mask` (B, T) is
    True for tokens.
    """
    length = query.shape[2]
    count = -(-length // reach)
    behind = count * reach - length

    def beside(states: Tensor) -> Tensor:
        padded = F.pad(states, (0, 0, reach, behind + reach))
        return padded.unfold(2, 3 * reach, reach).transpose(-1, -2)  # (B, heads, blocks, 3r, ...)

    blocks = F.pad(query, (0, 0, 0, behind)).unfold(2, reach, reach).transpose(-1, -2)
    places = torch.arange(3 * reach, device=query.device) - reach
    own = torch.arange(reach, device=query.device)
    near = (places[None] - own[:, None]).abs() <= reach  # (r, 3r)
    at = torch.arange(count, device=query.device)[:, None] * reach + places[None]
    inside = (at >= 0) & (at < length)  # (blocks, 3r)
    allowed = (near[None] & inside[:, None])[None, None]
    if mask is not None:
        tokens = F.pad(mask, (reach, behind + reach)).unfold(1, 3 * reach, reach)
        allowed = allowed & tokens[:, None, :, None]
    # A query of padding may see nothing; it sees itself, so that no value is undefined.
    allowed = allowed | (places[None] == own[:, None])
    output = F.scaled_dot_product_attention(
        blocks, beside(key), beside(value), attn_mask=allowed, dropout_p=dropout
    )
    return output.flatten(2, 3)[:, :, :length]


def shifted(scores: Tensor) -> Tensor:
    """Scores (B, heads, T, 2T - 1) of row i and distance d -> the view (B, heads, T, T) in which
    column j of row i has the distance j - i.
    """
    batch, heads, length, width = scores.shape
    strides = (*scores.stride()[:2], width - 1, 1)
    start = scores.storage_offset() + length - 1
    return scores.as_strided((batch, heads, length, length), strides, start)
