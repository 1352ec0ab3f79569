"""Mistaken ways to make weights of scores. Queries and keys are the last two axes, ``(..., T_q, T_k)``."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.reference import softmax


def scores_themselves(scores: np.ndarray) -> np.ndarray:
    """No softmax at all."""
    return scores


def softmax_over_all(scores: np.ndarray) -> np.ndarray:
    """One softmax over the whole array."""
    return softmax(scores.reshape(-1)).reshape(scores.shape)


def without_keepdims(scores: np.ndarray) -> np.ndarray:
    """The sum has lost its axis, so the division runs along another one, or stops."""
    return np.exp(scores) / np.exp(scores).sum(-1)


def in_proportion(scores: np.ndarray) -> np.ndarray:
    """Shares in proportion to the scores, without an exponential."""
    return scores / scores.sum(-1, keepdims=True)


def softmax_twice(scores: np.ndarray) -> np.ndarray:
    """The softmax of weights."""
    return softmax(softmax(scores))


def highest_alone(scores: np.ndarray) -> np.ndarray:
    """1 on the highest score of each row."""
    return (scores == scores.max(-1, keepdims=True)).astype(float)


def even(scores: np.ndarray) -> np.ndarray:
    """The same weight on every key."""
    return np.ones_like(scores) / scores.shape[-1]


def causal(scores: np.ndarray) -> np.ndarray:
    """Later keys closed, where no mask is asked for."""
    return softmax(np.where(np.tri(*scores.shape[-2:]) > 0, scores, -np.inf))
