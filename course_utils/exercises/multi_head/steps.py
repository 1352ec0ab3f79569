"""Multi-head attention in steps, each of which can be done differently: split, divide, share out, merge."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_utils.exercises.multi_head import cutting
from course_utils.exercises.reference import softmax


def heads(
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    num_heads: int,
    *,
    split: Callable = cutting.split,
    split_value: Callable | None = None,
    divide_by: Callable = lambda d_k, d_model, T_k: np.sqrt(d_k),
    share: Callable = softmax,
) -> np.ndarray:
    """The context of each head, ``(num_heads, T_q, d_k)``, with a step of one's choice done differently."""
    q, k = split(query, num_heads), split(key, num_heads)
    v = (split_value or split)(value, num_heads)
    scores = q @ k.swapaxes(1, 2) / divide_by(q.shape[-1], query.shape[-1], len(key))
    return share(scores) @ v


def maps(query: np.ndarray, key: np.ndarray, value: np.ndarray, num_heads: int) -> np.ndarray:
    """The weights of each head, ``(num_heads, T_q, T_k)``."""
    return heads(query, key, value, num_heads, split_value=lambda x, h: np.eye(len(x)))


def with_steps(merge: Callable = cutting.merge, **different: Callable) -> Callable[..., np.ndarray]:
    """Multi-head attention with some of its steps done differently."""
    return lambda *given: merge(heads(*given, **different))
