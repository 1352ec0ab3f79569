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
    expected, when a mask forbids anything, there is no token, or the function returns another shape or something that
    is not finite.
    """
    if not callable(function):
        raise TypeError(f"one_head_at_a_time: function must be callable, got {type(function).__name__}.")

    def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor | None]:
        if mask is not None and not bool(mask.all()):
            raise ValueError("one_head_at_a_time: the function knows no mask; give sentences of one length together.")
        if 0 in query.shape:
            raise ValueError(f"one_head_at_a_time: query is empty, {tuple(query.shape)}; expected at least one token.")
        arrays = [_numpy(tensor.flatten(0, 1)) for tensor in (query, key, value)]  # (batch x heads, …)
        pairs = [_context_and_weights(function, q, k, v) for q, k, v in zip(*arrays)]
        lead = query.shape[:2]
        contexts, weights = zip(*pairs)
        context = torch.from_numpy(np.stack(contexts)).to(query).unflatten(0, lead)
        if any(w is None for w in weights):
            return context, None
        return context, torch.from_numpy(np.stack(weights)).to(query).unflatten(0, lead)

    return attend


def _numpy(tensor: Tensor) -> np.ndarray:
    tensor = tensor.detach().cpu()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()  # NumPy has no bfloat16


def _context_and_weights(
    function: PlainAttention, query: np.ndarray, key: np.ndarray, value: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    answer = function(query.copy(), key.copy(), value.copy())
    context, weights = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer, None)
    context = _require_array("context", context, (len(query), value.shape[-1]))
    if weights is not None:
        weights = _require_array("weights", weights, (len(query), len(key)))
    return context, weights


def _require_array(name: str, found: object, expected: tuple[int, int]) -> np.ndarray:
    """The array if it holds finite numbers in the expected shape, else ValueError saying what it is."""
    try:
        if found is None or np.iscomplexobj(found):  # NumPy would make numbers of them
            raise TypeError
        array = np.asarray(found, dtype=np.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError):  # RuntimeError: a tensor that records gradients
        came = f"{type(found).__name__}, no array of numbers"
    else:
        if array.shape == expected and np.isfinite(array).all():
            return array
        came = f"shape {array.shape}" if array.shape != expected else "numbers that are not all finite"
    raise ValueError(
        f"one_head_at_a_time: your function returned as {name} {came}; expected finite numbers of shape {expected}."
    )
