"""Features cut into heads, and heads put together again: as it should be, and as it should not."""

from __future__ import annotations

import numpy as np


def windows(x: np.ndarray, num_heads: int, step: int, width: int) -> np.ndarray:
    """For each head the next ``width`` features, the next ``step`` further on: ``(num_heads, T, width)``."""
    return np.array([x[:, h * step : h * step + width] for h in range(num_heads)])


def split(x: np.ndarray, num_heads: int) -> np.ndarray:
    """The features cut into heads as they should be, ``(num_heads, T, d_k)``."""
    d_k = x.shape[1] // num_heads
    return windows(x, num_heads, d_k, d_k)


def merge(heads: np.ndarray) -> np.ndarray:
    """The heads side by side, ``(T, d_model)``."""
    return np.concatenate(list(heads), axis=1)


def split_straight(x: np.ndarray, num_heads: int) -> np.ndarray:
    """A reshape alone, which mixes positions up."""
    return x.reshape(num_heads, len(x), -1)


def merge_straight(heads: np.ndarray) -> np.ndarray:
    """A reshape alone, without swapping back."""
    return heads.reshape(heads.shape[1], -1)


def split_in_turn(x: np.ndarray, num_heads: int) -> np.ndarray:
    """The features dealt out like cards."""
    return np.array([x[:, h::num_heads] for h in range(num_heads)])


def merge_in_turn(heads: np.ndarray) -> np.ndarray:
    """One feature of each head in turn."""
    return np.stack(list(heads), axis=-1).reshape(heads.shape[1], -1)


def swapped_sizes(x: np.ndarray, num_heads: int) -> np.ndarray:
    """d_k heads of num_heads features."""
    return split(x, x.shape[1] // num_heads)


def whole(x: np.ndarray, num_heads: int) -> np.ndarray:
    """All features for every head."""
    return np.array([x] * num_heads)


def by_positions(x: np.ndarray, num_heads: int) -> np.ndarray:
    """The positions divided among the heads, not the features."""
    return np.array(np.split(x, num_heads))
