"""Lesson 01, C3: how much gradient reaches ``k`` steps back, in nets that were never trained.

A linear net whose recurrent matrix is a rotation times rho shrinks or grows it by exactly rho per
step; tanh only takes away from that; the recall models show it for PyTorch's own starting weights.
Untrained on purpose: training may bend the curve either way, since the loss pays for a memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.datasets.delayed_recall import delayed_recall
from course_utils.experiments.recall import KINDS, OPEN, untrained
from course_utils.interpretability import gradient_by_distance, log_slope
from course_utils.models.recall import orthogonal_matrix, recurrent_states
from course_utils.reproducibility import generator, set_seed

DISTANCE = 50  # the farthest token; rows are one longer
SPECTRAL_RADII = (0.5, 0.9, 1.0, 1.1)  # fades fast, fades, keeps, explodes
WIDTH = 32  # units of the linear and the tanh net; a rotation's factor does not depend on it
INPUT_SCALE = 0.5  # standard deviation of the tanh net's inputs: bent, not saturated
NUM_SEQUENCES = 64  # the linear net's gradient does not depend on the inputs, the others' little
MODELS = (*KINDS, OPEN)


def plain_gradients(
    spectral_radius: float, activation: Callable[[Tensor], Tensor], seed: int, distance: int = DISTANCE
) -> Tensor:
    """Size of the gradient at distances ``0 .. distance`` in a net with a random rotation times ``spectral_radius``.

    ``activation`` is ``torch.tanh``, or ``torch.nn.Identity()`` for the linear net. Shape of the
    result: ``(distance + 1,)``.
    """
    random = generator(seed)
    W_h = orthogonal_matrix(WIDTH, spectral_radius, random)
    inputs = INPUT_SCALE * torch.randn(NUM_SEQUENCES, distance + 1, WIDTH, generator=random, dtype=torch.float64)
    return gradient_by_distance(lambda x: recurrent_states(x, W_h, activation)[:, -1], inputs)


def model_gradients(kind: str, seed: int, distance: int = DISTANCE) -> Tensor:
    """Size of the gradient at distances ``0 .. distance`` in an untrained recall model; shape ``(distance + 1,)``.

    ``kind`` is one of ``MODELS``.
    """
    model = untrained(kind, seed).double()
    tokens, _ = delayed_recall(NUM_SEQUENCES, distance + 1, generator(seed))
    return gradient_by_distance(lambda vectors: model.read(vectors)[0], model.embedding(tokens))


def run(seed: int) -> dict[str, float]:
    """Factors per step, attention's slope, and the gradient at ``DISTANCE`` over the one at distance 1.

    Distance 0 is left out throughout: there attention's token is also the one that asks.
    """
    set_seed(seed)
    metrics = {}
    for radius in SPECTRAL_RADII:
        for name, activation in (("linear", torch.nn.Identity()), ("tanh", torch.tanh)):
            metrics[f"factor_{name}_{radius}"] = math.exp(log_slope(plain_gradients(radius, activation, seed), first=1))
    for kind in MODELS:
        sizes = model_gradients(kind, seed)
        metrics[f"ratio_{kind}_{DISTANCE}"] = float(sizes[DISTANCE] / sizes[1])
        metrics[f"slope_{kind}"] = log_slope(sizes, first=1)
    return metrics
