"""Ways to tell attention where a token stands: waves, a vector for each place, a score for each distance."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def sinusoidal_positions(length: int, d_model: int) -> Tensor:
    """Write every position as sines and cosines, from one turn in 2π steps to one in 10,000 times as many.

    Shape of the result: ``(length, d_model)``, sines in the even columns, cosines in the odd ones.

    Raises ValueError when the length is negative or ``d_model`` is not a positive even number.

    Source: Vaswani et al. 2017, section 3.5 (arXiv:1706.03762).
    """
    if length < 0 or d_model < 2 or d_model % 2:
        raise ValueError(
            f"sinusoidal_positions: length is {length} and d_model {d_model}; expected at least 0 and an even number."
        )
    rates = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10_000) / d_model))
    angles = torch.arange(length)[:, None] * rates  # (length, d_model / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


class SinusoidalPositions(nn.Module):
    """Add ``sinusoidal_positions`` to every vector. Nothing is learned, and there is no greatest length.

    Raises ValueError when ``d_model`` is not a positive even number.
    """

    def __init__(self, d_model: int) -> None:
        super().__init__()
        sinusoidal_positions(0, d_model)  # refuses a wrong d_model here, where it was given
        self.d_model = d_model

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        """Shapes: x ``(batch, T, d_model)``, its first token at position ``start``; the result is like x.

        Raises ValueError when x has another shape or ``start`` is negative.
        """
        _require_vectors("SinusoidalPositions", x, self.d_model, start)
        return x + sinusoidal_positions(start + x.shape[1], self.d_model)[start:].to(x)


class LearnedPositions(nn.Module):
    """Add a learned vector for each of ``max_length`` positions.

    Raises ValueError when a size is below 1.

    Source: Gehring et al. 2017, section 3.1 (arXiv:1705.03122).
    """

    def __init__(self, max_length: int, d_model: int) -> None:
        super().__init__()
        if max_length < 1 or d_model < 1:
            raise ValueError(
                f"LearnedPositions: max_length is {max_length} and d_model {d_model}; expected at least 1 each."
            )
        self.max_length, self.d_model = max_length, d_model
        self.vectors = nn.Parameter(0.02 * torch.randn(max_length, d_model))

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        """Shapes: x ``(batch, T, d_model)``, its first token at position ``start``; the result is like x.

        Raises ValueError when x has another shape or reaches beyond ``max_length``.
        """
        _require_vectors("LearnedPositions", x, self.d_model, start)
        if start + x.shape[1] > self.max_length:
            raise ValueError(
                f"LearnedPositions: positions {start} to {start + x.shape[1] - 1} are asked for, "
                f"but only {self.max_length} were learned, 0 to {self.max_length - 1}."
            )
        return x + self.vectors[start : start + x.shape[1]]


class RelativeBias(nn.Module):
    """A learned number for every head and every signed distance, to be added to the scores.

    The distance is key minus query, so the word before has distance -1. Distances beyond
    ``max_distance`` share the number of the farthest. All start at 0: that near keys count more must be
    learned.

    Raises ValueError when there is no head or the distance is negative.

    Source: Shaw, Uszkoreit & Vaswani 2018 (arXiv:1803.02155); as a number for each distance, Raffel
    et al. 2020, section 2.1 (arXiv:1910.10683).
    """

    def __init__(self, num_heads: int, max_distance: int) -> None:
        super().__init__()
        if num_heads < 1 or max_distance < 0:
            raise ValueError(
                f"RelativeBias: num_heads is {num_heads} and max_distance {max_distance}; expected at least 1 and 0."
            )
        self.max_distance = max_distance
        self.table = nn.Parameter(torch.zeros(num_heads, 2 * max_distance + 1))

    def forward(self, T_q: int, T_k: int | None = None) -> Tensor:
        """The scores to add, ``(num_heads, T_q, T_k)``.

        With more keys than queries the queries are the *last* ``T_q`` positions, as in ``causal_mask``.

        Raises ValueError when a length is negative or there are fewer keys than queries.
        """
        T_k = T_q if T_k is None else T_k
        if not 0 <= T_q <= T_k:
            raise ValueError(f"RelativeBias: T_q is {T_q} and T_k is {T_k}; expected 0 <= T_q <= T_k.")
        positions = torch.arange(T_k, device=self.table.device)
        distance = positions - positions[T_k - T_q :, None]  # (T_q, T_k): key minus query
        return self.table[:, distance.clamp(-self.max_distance, self.max_distance) + self.max_distance]


def _require_vectors(layer: str, x: object, d_model: int, start: int) -> None:
    if not isinstance(x, Tensor) or x.dim() != 3 or x.shape[-1] != d_model:
        came = f"shape {tuple(x.shape)}" if isinstance(x, Tensor) else f"type {type(x).__name__}"
        raise ValueError(f"{layer}: x has {came}, expected (batch, T, {d_model}).")
    if start < 0:
        raise ValueError(f"{layer}: start is {start}, expected at least 0.")
