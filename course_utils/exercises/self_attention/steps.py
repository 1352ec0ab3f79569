"""Self-attention in steps, each of which can be done differently: project, compare, divide, share out, mix."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course_utils.exercises.reference import softmax

_STEPS = {
    "project": lambda x, W_q, W_k, W_v: (x @ W_q, x @ W_k, x @ W_v),
    "compare": lambda query, key: query @ key.T,
    "divide_by": lambda d_k, d_model, T: math.sqrt(d_k),
    "share": softmax,
    "mix": lambda weights, x, query, key, value: weights @ value,
}


def with_steps(**different: Callable) -> Callable[..., np.ndarray]:
    """Self-attention with some of its steps done differently, as a function of x, W_q, W_k and W_v.

    ``project`` makes query, key and value, ``compare`` scores of query and key, ``divide_by`` (of d_k, d_model and T)
    the number that scales them, ``share`` weights of scores, ``mix`` (of weights, x, query, key and value) the context.
    """
    steps = _STEPS | different

    def answer(x: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> np.ndarray:
        query, key, value = steps["project"](x, W_q, W_k, W_v)
        scores = steps["compare"](query, key) / steps["divide_by"](query.shape[-1], x.shape[-1], len(x))
        return steps["mix"](steps["share"](scores), x, query, key, value)

    return answer


def made_from(query: str, key: str, value: str) -> Callable[..., np.ndarray]:
    """Query, key and value are these products: "x @ W_q", "x @ W_k", "x @ W_v", or "x" for the words themselves."""

    def project(x: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> tuple[np.ndarray, ...]:
        made = {"x @ W_q": x @ W_q, "x @ W_k": x @ W_k, "x @ W_v": x @ W_v, "x": x}
        return made[query], made[key], made[value]

    return with_steps(project=project)
