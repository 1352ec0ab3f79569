"""Attention to the neighbours only: a band of the map instead of the whole."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.attention import scaled_dot_product_attention
from course_utils.efficient.sizes import empty_context, require_size


def sliding_window_attention(query: Tensor, key: Tensor, value: Tensor, *, window: int, causal: bool = False) -> Tensor:
    """Mix the values near each query: key ``j`` is seen from position ``i`` when ``|i - j| < window``.

    When ``causal``, when ``0 <= i - j < window``: the query's own position and ``window - 1`` before it. Shapes: query
    ``(..., T_q, d_k)``, key ``(..., T_k, d_k)``, value ``(..., T_k, d_v)``; the context is ``(..., T_q, d_v)``. The
    queries are the last ``T_q`` positions, as in ``causal_mask``. As many queries as the window is wide are computed
    at a time, each time among equally many keys, so compute is linear in the length and memory beyond the context
    does not grow with it (as long as autograd does not record).

    Raises TypeError or ValueError naming the argument, what came and what was expected.

    Source: Child et al. 2019 (arXiv:1904.10509); Beltagy et al. 2020, section 3.1 (arXiv:2004.05150).
    """
    context = empty_context("sliding_window_attention", query, key, value, query_is_last=True)
    require_size("sliding_window_attention", "window", window)
    T_q, T_k = query.shape[-2], key.shape[-2]
    window = min(window, T_k)  # a wider one sees no more
    ahead = 0 if causal else window - 1
    for start in range(0, T_q, window):
        rows = slice(start, min(start + window, T_q))
        position = torch.arange(rows.start, rows.stop, device=query.device)[:, None] + T_k - T_q
        near = _keys_near(T_k - T_q + start, window, ahead, T_k)
        distance = position - torch.arange(near.start, near.stop, device=query.device)
        seen = (distance < window) & (distance >= -ahead)  # (queries, keys near)
        context[..., rows, :], _ = scaled_dot_product_attention(
            query[..., rows, :], key[..., near, :], value[..., near, :], seen
        )
    return context


def _keys_near(first: int, window: int, ahead: int, T_k: int) -> slice:
    """Those that ``window`` queries from position ``first`` on may see; at the ends further ones, to be as many."""
    many = min(window - 1 + window + ahead, T_k)
    start = min(max(first - window + 1, 0), T_k - many)
    return slice(start, start + many)
