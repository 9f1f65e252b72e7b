"""Rotary positions, attention to a neighbourhood, scores by distance."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

BLOCK = 128
"""Rows of scores by distance that are computed together."""


def is_exporting() -> bool:
    """Whether one graph is being made for every length: it can have no loop over the length, no
    branch on it and no view with strides of its own.
    """
    # torch 2.6 has only the second of the two.
    found = getattr(torch.compiler, "is_exporting", torch.compiler.is_compiling)()
    return bool(found)


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

    Blocks of `reach` queries attend to their own block and the two next to it. `mask` (B, T) is
    True for tokens.
    """
    length = query.shape[2]
    if is_exporting():
        places = torch.arange(length, device=query.device)
        distance = (places[None] - places[:, None]).abs()  # (T, T)
        allowed = (distance <= reach)[None, None]
        if mask is not None:
            allowed = allowed & mask[:, None, None] | (distance == 0)
        return F.scaled_dot_product_attention(
            query, key, value, attn_mask=allowed, dropout_p=dropout
        )
    count = -(-length // reach)
    padding = count * reach - length

    def with_neighbours(states: Tensor) -> Tensor:
        padded = F.pad(states, (0, 0, reach, padding + reach))
        return padded.unfold(2, 3 * reach, reach).transpose(-1, -2)  # (B, heads, blocks, 3r, ...)

    blocks = F.pad(query, (0, 0, 0, padding)).unfold(2, reach, reach).transpose(-1, -2)
    places = torch.arange(3 * reach, device=query.device) - reach
    own = torch.arange(reach, device=query.device)
    near = (places[None] - own[:, None]).abs() <= reach  # (r, 3r)
    at = torch.arange(count, device=query.device)[:, None] * reach + places[None]
    inside = (at >= 0) & (at < length)  # (blocks, 3r)
    allowed = (near[None] & inside[:, None])[None, None]
    if mask is not None:
        tokens = F.pad(mask, (reach, padding + reach)).unfold(1, 3 * reach, reach)
        allowed = allowed & tokens[:, None, :, None]
    # A query of padding may see nothing; it sees itself, so that no value is undefined.
    allowed = allowed | (places[None] == own[:, None])
    output = F.scaled_dot_product_attention(
        blocks, with_neighbours(key), with_neighbours(value), attn_mask=allowed, dropout_p=dropout
    )
    return output.flatten(2, 3)[:, :, :length]


def by_distance(states: Tensor, table: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """Products of states (B, heads, T, D) with the row of `table` that the distance names.

    `table` (1, heads, 2T - 1, D) is ordered by the column's position minus the row's. Yields rows
    and their products (B, heads, n, T), in blocks, since a block of rows needs fewer distances
    than all of them; each is a view in which a row begins one column before the row above it.
    """
    length = states.shape[2]
    if is_exporting():
        places = torch.arange(length, device=states.device)
        distance = places[None] - places[:, None] + length - 1  # (T, T)
        products = states @ table.transpose(-1, -2)  # (B, heads, T, 2T - 1)
        yield slice(None), products.gather(-1, distance.expand(*products.shape[:2], -1, -1))
        return
    for start in range(0, length, BLOCK):
        rows = slice(start, min(start + BLOCK, length))
        count = rows.stop - start
        width = length + count - 1
        part = table[:, :, length - rows.stop : length - rows.stop + width]
        products = states[:, :, rows] @ part.transpose(-1, -2)  # (B, heads, n, width)
        shape = (*products.shape[:3], length)
        strides = (*products.stride()[:2], width - 1, 1)
        yield rows, products.as_strided(shape, strides, count - 1)
