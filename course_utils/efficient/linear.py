"""Attention without a softmax, whose past fits into a state of fixed size."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.efficient.sizes import empty_context

CHUNK = 128  # positions read at a time; any number gives the same context


def linear_attention(query: Tensor, key: Tensor, value: Tensor, *, causal: bool = False) -> Tensor:
    """Weigh the values by ``φ(query) · φ(key)`` with ``φ(x) = elu(x) + 1``, at a cost linear in the length.

    Shapes: query ``(..., T_q, d_k)``, key ``(..., T_k, d_k)``, value ``(..., T_k, d_v)``; the context is
    ``(..., T_q, d_v)``. When ``causal``, the queries are the last ``T_q`` positions, as in ``causal_mask``. Neither
    scaled nor equal to softmax attention. All that is known of the keys is a state ``(..., d_k, d_v + 1)``, so memory
    beyond the context does not grow with the length (as long as autograd does not record). Where all weights of a
    query round to 0, as they do when it or all keys lie far below 0 (-104 in float32), the context is NaN.

    Raises TypeError or ValueError naming the argument, what came and what was expected.

    Source: Katharopoulos et al. 2020, equations 5 to 12 (arXiv:2006.16236).
    """
    context = empty_context("linear_attention", query, key, value, query_is_last=causal)
    T_q, T_k = query.shape[-2], key.shape[-2]
    known = T_k - T_q if causal else T_k  # keys that every query may attend to
    wide = torch.promote_types(query.dtype, torch.float32)
    state = query.new_zeros(query.shape[-1], value.shape[-1] + 1, dtype=wide)
    for start in range(0, known, CHUNK):
        block = slice(start, min(start + CHUNK, known))
        state = state + _features(key[..., block, :]).transpose(-2, -1) @ _with_ones(value[..., block, :])
    for start in range(0, T_q, CHUNK):
        rows = slice(start, start + CHUNK)
        features = _features(query[..., rows, :])
        mixed = features @ state
        if causal:
            own = slice(known + start, min(known + start + CHUNK, T_k))  # the queries' own positions
            features_of_keys, values = _features(key[..., own, :]), _with_ones(value[..., own, :])
            mixed = mixed + (features @ features_of_keys.transpose(-2, -1)).tril() @ values
            state = state + features_of_keys.transpose(-2, -1) @ values
        context[..., rows, :] = mixed[..., :-1] / mixed[..., -1:]
    return context


def _features(x: Tensor) -> Tensor:
    """``elu(x) + 1``, without rounding small ones to 0: ``exp(x)`` up to 0, ``x + 1`` above.

    No ``clamp``: its gradient at the bound, here at 0, is another one since PyTorch 2.15.
    """
    x = _wide(x)
    above = F.relu(x)
    return torch.exp(x - above) + above


def _with_ones(value: Tensor) -> Tensor:
    """One more feature, always 1: mixed like the others it becomes the sum of the weights."""
    return F.pad(_wide(value), (0, 1), value=1.0)


def _wide(x: Tensor) -> Tensor:
    """In float32 at least: a sum over many positions in 16 bits stops growing, or overflows."""
    return x.to(torch.promote_types(x.dtype, torch.float32))
