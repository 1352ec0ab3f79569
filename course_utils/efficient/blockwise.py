"""Exact attention whose weights are never all there at once: a softmax that is mended as it reads."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils.efficient.sizes import empty_context, require_size


def blockwise_attention(
    query: Tensor, key: Tensor, value: Tensor, *, causal: bool = False, block_size: int = 512
) -> Tensor:
    """The context of plain attention, with ``block_size`` × ``block_size`` weights in memory instead of all.

    Shapes: query ``(..., T_q, d_k)``, key ``(..., T_k, d_k)``, value ``(..., T_k, d_v)``; the context is
    ``(..., T_q, d_v)``. When ``causal``, the queries are the last ``T_q`` positions, as in ``causal_mask``, and blocks
    that lie wholly in the future are left out. Compute stays quadratic. Memory beyond the context does not grow with
    the length, as long as autograd does not record: the backward pass needs all weights, and they are kept for it.

    Raises TypeError or ValueError naming the argument, what came and what was expected.

    Source: Milakov and Gimelshein 2018, algorithm 3 (arXiv:1805.02867), for the softmax; Rabe and Staats 2021
    (arXiv:2112.05682) and Dao et al. 2022, algorithm 1 (arXiv:2205.14135), for attention.
    """
    context = empty_context("blockwise_attention", query, key, value, query_is_last=causal)
    require_size("blockwise_attention", "block_size", block_size)
    T_q, T_k = query.shape[-2], key.shape[-2]
    for start in range(0, T_q, block_size):
        rows = slice(start, start + block_size)
        first = T_k - T_q + start if causal else None
        context[..., rows, :] = _read_all_keys(query[..., rows, :], key, value, block_size, first)
    return context


def _read_all_keys(query: Tensor, key: Tensor, value: Tensor, block_size: int, first: int | None) -> Tensor:
    """Attend from one block of queries, reading the keys block by block; ``first`` is its position if causal."""
    query = query / math.sqrt(query.shape[-1])
    end = key.shape[-2] if first is None else first + query.shape[-2]  # nobody here may attend any further
    leading = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    wide = torch.promote_types(query.dtype, torch.float32)  # a sum in 16 bits stops growing after some blocks
    largest = query.new_full((*leading, query.shape[-2], 1), -math.inf, dtype=wide)
    total, mixed = torch.zeros_like(largest), query.new_zeros(*leading, query.shape[-2], value.shape[-1], dtype=wide)
    for start in range(0, end, block_size):
        block = slice(start, min(start + block_size, end))
        scores = query @ key[..., block, :].transpose(-2, -1)  # (..., queries, keys of the block)
        if first is not None and block.stop > first + 1:
            position = torch.arange(first, end, device=query.device)[:, None]
            scores = scores.masked_fill(torch.arange(start, block.stop, device=query.device) > position, -math.inf)
        largest, total, mixed = _add_block(scores, value[..., block, :], largest, total, mixed)
    return mixed / total


def _add_block(
    scores: Tensor, value: Tensor, largest: Tensor, total: Tensor, mixed: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """One step of the online softmax: what was read so far, and now the scores and values of one more block.

    ``total`` is the sum of the weights so far, ``mixed`` that of the values times them, both divided by
    ``exp(largest)``, the largest score so far. A larger one mends both. Gradients need not pass through the largest:
    the context does not depend on it.
    """
    larger = torch.maximum(largest, scores.detach().amax(-1, keepdim=True))
    weights, mend = torch.exp(scores - larger), torch.exp(largest - larger)
    return larger, total * mend + weights.sum(-1, keepdim=True), mixed * mend + weights.to(value.dtype) @ value
