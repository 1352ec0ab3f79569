"""Sharing out 1 without a guard: where exponentials overflow, or amounts sum to 0, the shares are not numbers."""

from __future__ import annotations

import numpy as np


def plain_softmax(scores: np.ndarray, axis: int | None = -1) -> np.ndarray:
    """A softmax without the maximum taken off."""
    with np.errstate(all="ignore"):
        return np.exp(scores) / np.exp(scores).sum(axis=axis, keepdims=True)


def shares(amounts: np.ndarray) -> np.ndarray:
    """Each amount by its row's sum."""
    with np.errstate(all="ignore"):
        return amounts / amounts.sum(-1, keepdims=True)
