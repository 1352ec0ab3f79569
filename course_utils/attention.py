"""Scaled dot-product attention and its masks: the mathematics of the course, and nothing else.

Every function takes any leading dimensions. ``T_q`` counts queries and ``T_k`` keys, even where
the two are equal. A boolean mask is True where a query MAY attend.
"""

from __future__ import annotations

import math

import numpy as np  # for the shapes alone: torch.broadcast_shapes loads sympy, a quarter of a second
import torch
from torch import Tensor


def softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Share out 1 along the last axis, in proportion to ``exp(scores)``, among the allowed positions.

    Shapes: scores ``(..., T_k)``; mask boolean, broadcast to the scores. The result has the shape
    of the scores. The largest score of a row is subtracted first (inside ``torch.softmax``), so
    scores of any finite size are safe. Where a mask forbids a whole row, the row is all zeros,
    and so is its gradient.

    Raises TypeError or ValueError when the scores are not a floating-point tensor or the mask
    is not boolean or does not fit.
    """
    _require_float_tensor("softmax", "scores", scores)
    if mask is None:
        return torch.softmax(scores, dim=-1)
    _require_mask("softmax", mask, scores.shape)
    nowhere = ~mask.any(dim=-1, keepdim=True)  # rows of nothing but -inf would turn into NaN
    weights = torch.softmax(scores.masked_fill(~mask, -math.inf).masked_fill(nowhere, 0.0), dim=-1)
    return weights.masked_fill(nowhere, 0.0)


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None, *, score_bias: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Mix the values for each query, weighted by how well each key answers it.

    Shapes: query ``(..., T_q, d_k)``, key ``(..., T_k, d_k)``, value ``(..., T_k, d_v)``; mask
    boolean, broadcast to ``(..., T_q, T_k)``, True where a query may attend; ``score_bias``, broadcast
    alike, is added to the scaled scores (as a relative position is). Returns ``(context, weights)``
    of shapes ``(..., T_q, d_v)`` and ``(..., T_q, T_k)``. A query that may attend nowhere gets zero
    weights and a zero context.

    Raises TypeError or ValueError naming the argument, what came and what was expected.

    Source: Vaswani et al. 2017, equation 1 (arXiv:1706.03762).
    """
    require_attention_inputs("scaled_dot_product_attention", query, key, value)
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])  # (..., T_q, T_k)
    if score_bias is not None:
        _require_float_tensor("scaled_dot_product_attention", "score_bias", score_bias)
        _require_fit("scaled_dot_product_attention", "score_bias", score_bias, scores.shape)
        scores = scores + score_bias
    if mask is not None:
        _require_mask("scaled_dot_product_attention", mask, scores.shape)
    weights = softmax(scores, mask)
    return weights @ value, weights  # (..., T_q, d_v)


def causal_mask(T_q: int, T_k: int | None = None, *, device: torch.device | str | None = None) -> Tensor:
    """Let each position attend to itself and to what came before it.

    Shape of the result: ``(T_q, T_k)``, boolean. With more keys than queries the queries are the
    *last* ``T_q`` positions, as when earlier keys are kept in a cache.

    Raises ValueError when a length is negative or there are fewer keys than queries.
    """
    T_k = T_q if T_k is None else T_k
    if not 0 <= T_q <= T_k:
        raise ValueError(f"causal_mask: T_q is {T_q} and T_k is {T_k}; expected 0 <= T_q <= T_k.")
    return torch.ones(T_q, T_k, dtype=torch.bool, device=device).tril(T_k - T_q)


def padding_mask(lengths: Tensor, T_k: int | None = None) -> Tensor:
    """Let every query attend to the real keys of its own sequence, and never to the padding.

    Shapes: lengths ``(batch,)``, whole numbers; the result is boolean, ``(batch, 1, T_k)``, where
    ``T_k`` is the greatest length unless given. The axis of size 1 stands for all queries.

    Raises TypeError or ValueError when the lengths are not whole numbers between 0 and ``T_k``.
    """
    whole = isinstance(lengths, Tensor) and not (lengths.is_floating_point() or lengths.is_complex())
    if not whole or lengths.dtype == torch.bool:
        raise TypeError(f"padding_mask: lengths must be a tensor of whole numbers, got {_kind(lengths)}.")
    if lengths.dim() != 1:
        raise ValueError(f"padding_mask: lengths must have shape (batch,), got {tuple(lengths.shape)}.")
    longest = int(lengths.max()) if len(lengths) else 0
    T_k = longest if T_k is None else T_k
    if longest > T_k or (len(lengths) and int(lengths.min()) < 0):
        raise ValueError(f"padding_mask: lengths must lie between 0 and T_k = {T_k}, got {lengths.tolist()}.")
    return (torch.arange(T_k, device=lengths.device) < lengths[:, None])[:, None, :]


def _kind(thing: object) -> str:
    """Name what came, in the reader's words."""
    if isinstance(thing, Tensor):
        return f"a tensor of {thing.dtype}"
    return f"{type(thing).__module__}.{type(thing).__qualname__}".removeprefix("builtins.")


def _require_float_tensor(function: str, name: str, tensor: object) -> None:
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{function}: {name} must be a torch.Tensor, got {_kind(tensor)}; torch.as_tensor converts.")
    if not tensor.dtype.is_floating_point:
        raise TypeError(f"{function}: {name} must hold floating-point numbers, got {_kind(tensor)}; use .float().")


def require_attention_inputs(function: str, query: Tensor, key: Tensor, value: Tensor) -> None:
    """Refuse, in the name of ``function``, inputs that do not fit together, with TypeError or ValueError."""
    for name, tensor in (("query", query), ("key", key), ("value", value)):
        _require_float_tensor(function, name, tensor)
        if tensor.dim() < 2:
            raise ValueError(
                f"{function}: {name} needs at least two axes, (positions, features); "
                f"its shape is {tuple(tensor.shape)}."
            )
        if tensor.dtype != query.dtype:
            raise TypeError(f"{function}: {name} is {tensor.dtype} but query is {query.dtype}; make them the same.")
    shapes = [tuple(tensor.shape) for tensor in (query, key, value)]
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(
            f"{function}: query has {query.shape[-1]} features (shape {shapes[0]}), "
            f"key has {key.shape[-1]} (shape {shapes[1]}); their dot product needs equal sizes."
        )
    if query.shape[-1] == 0:
        raise ValueError(f"{function}: query has no features (shape {shapes[0]}); expected at least one.")
    if key.shape[-2] != value.shape[-2]:
        raise ValueError(
            f"{function}: key has {key.shape[-2]} positions (shape {shapes[1]}), "
            f"value has {value.shape[-2]} (shape {shapes[2]}); each key needs exactly one value."
        )
    try:
        np.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    except ValueError:
        raise ValueError(
            f"{function}: the leading axes of query {shapes[0]}, key {shapes[1]} and value {shapes[2]} "
            "do not fit together."
        ) from None


def _require_mask(function: str, mask: object, scores_shape: torch.Size) -> None:
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
        raise TypeError(f"{function}: mask must be a boolean tensor, True where a query may attend; got {_kind(mask)}.")
    _require_fit(function, "mask", mask, scores_shape)


def _require_fit(function: str, name: str, tensor: Tensor, scores_shape: torch.Size) -> None:
    try:
        fits = np.broadcast_shapes(tensor.shape, scores_shape) == scores_shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"{function}: {name} has shape {tuple(tensor.shape)}, which cannot be broadcast to the scores' "
            f"shape {tuple(scores_shape)} = (..., T_q, T_k)."
        )
