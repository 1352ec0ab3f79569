"""A padded batch: its scores, which of its keys are real, and its weights under a mask."""

from __future__ import annotations

import math

import numpy as np

from course_utils.exercises.reference import softmax


def scaled_scores(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Dot products by √d_k: ``(batch, T_q, T_k)``."""
    return query @ np.swapaxes(key, -2, -1) / math.sqrt(query.shape[-1])


def real(key: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """True on morphemes, False on padding: ``(batch, 1, T_k)``."""
    return (np.arange(key.shape[1]) < lengths[:, None])[:, None, :]


def masked(query: np.ndarray, key: np.ndarray, mask: np.ndarray, fill: float = -np.inf, axis: int = -1) -> np.ndarray:
    """Weights, with ``fill`` for the scores where the mask is False."""
    return softmax(np.where(mask, scaled_scores(query, key), fill), axis)
