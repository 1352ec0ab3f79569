"""A door for attention as lesson 02 writes it: NumPy, one head, one sentence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from course_utils.layers.multi_head import Attend

PlainAttention = Callable[[np.ndarray, np.ndarray, np.ndarray], object]


def one_head_at_a_time(function: PlainAttention) -> Attend:
    """Make ``MultiHeadAttention.attend`` from a function on the NumPy arrays of one head of one sentence.

    ``function(query, key, value)`` gets ``(T_q, d_k)``, ``(T_k, d_k)`` and ``(T_k, d_v)`` and returns the context
    ``(T_q, d_v)``, or the pair of context and weights ``(T_q, T_k)``. It cannot be trained through, and it knows no
    mask: sentences must come without padding.

    Raises TypeError when ``function`` cannot be called. The result raises ValueError, naming what came and what was
    expected, when a mask forbids anything or the function returns another shape or something that is not finite.
    """
    if not callable(function):
        raise TypeError(f"one_head_at_a_time: function must be callable, got {type(function).__name__}.")

    def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor | None]:
        if mask is not None and not bool(mask.all()):
            raise ValueError("one_head_at_a_time: the function knows no mask; give sentences of one length together.")
        arrays = [tensor.detach().cpu().flatten(0, 1).numpy() for tensor in (query, key, value)]  # (batch x heads, …)
        pairs = [_context_and_weights(function, q, k, v) for q, k, v in zip(*arrays)]
        lead = query.shape[:2]
        contexts, weights = zip(*pairs)
        context = torch.from_numpy(np.stack(contexts)).to(query).unflatten(0, lead)
        if any(w is None for w in weights):
            return context, None
        return context, torch.from_numpy(np.stack(weights)).to(query).unflatten(0, lead)

    return attend


def _context_and_weights(
    function: PlainAttention, query: np.ndarray, key: np.ndarray, value: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    answer = function(query.copy(), key.copy(), value.copy())
    context, weights = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer, None)
    found = {"context": (context, (len(query), value.shape[-1]))}
    if weights is not None:
        found["weights"] = (weights, (len(query), len(key)))
    checked = []
    for name, (array, expected) in found.items():
        array = _as_floats(array)
        if array is None or array.shape != expected or not np.isfinite(array).all():
            came = "something else" if array is None else f"shape {array.shape}"
            came += ", not all finite" if array is not None and array.shape == expected else ""
            raise ValueError(
                f"one_head_at_a_time: your function returned as {name} {came}; expected finite numbers of shape "
                f"{expected} for query {query.shape}, key {key.shape}, value {value.shape}."
            )
        checked.append(array)
    return checked[0], checked[1] if weights is not None else None


def _as_floats(array: object) -> np.ndarray | None:
    try:
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError):
        return None
