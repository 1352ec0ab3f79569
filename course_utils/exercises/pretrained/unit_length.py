"""Vectors brought to length 1, as a cosine compares them."""

from __future__ import annotations

import numpy as np


def unit(x: np.ndarray) -> np.ndarray:
    """Each vector of the last axis divided by its length; same shape."""
    return x / np.linalg.norm(x, axis=-1, keepdims=True)
