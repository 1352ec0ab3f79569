"""What logits stand for."""

from __future__ import annotations

import numpy as np
import torch


def log_softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Logarithms of the probabilities that a softmax along one axis gives. The result has the shape of the logits."""
    return torch.log_softmax(torch.as_tensor(logits), axis).numpy()
