"""Three ways to make one vector of many: their mean, their maximum, or a mixture that attention weighs.

Each returns ``(pooled, weights)``: what comes out, ``(batch, d_model)``, and how much each position had to do with it,
``(batch, T)``, a row of which sums to 1.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.attention import scaled_dot_product_attention


class MeanPool(nn.Module):
    """Give every position the same weight, 1/T."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Shapes: x ``(batch, T, d_model)``; as the module says.

        Raises TypeError or ValueError when x is no such tensor or has no position.
        """
        _require_positions("MeanPool", x)
        return x.mean(dim=1), x.new_full(x.shape[:2], 1 / x.shape[1])


class MaxPool(nn.Module):
    """Keep the greatest number of each feature, wherever it stands.

    The weight of a position is the share of features that have their maximum there (the first place, where several
    are equal).
    """

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Shapes and errors as in ``MeanPool``."""
        _require_positions("MaxPool", x)
        pooled, places = x.max(dim=1)  # (batch, d_model) both
        return pooled, F.one_hot(places, x.shape[1]).to(x.dtype).mean(dim=1)


class AttentionPool(nn.Module):
    """Let one learned query, the same for every input, attend to all positions; keys and values are x itself.

    The query starts at zero, which weighs all positions alike: training starts from the mean. A matrix W_k would add
    nothing: with one query, ``query · (W_k x)`` is another query times x.

    Raises ValueError when ``d_model`` is below 1.

    Source: Yang et al. 2016, section 2.2 (ACL N16-1174), without the hidden layer; Ilse et al. 2018, equation 8
    (arXiv:1802.04712).
    """

    def __init__(self, d_model: int) -> None:
        super().__init__()
        if d_model < 1:
            raise ValueError(f"AttentionPool: d_model is {d_model}, expected at least 1.")
        self.query = nn.Parameter(torch.zeros(d_model))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Shapes and errors as in ``MeanPool``; the last axis of x must have ``d_model`` features."""
        _require_positions("AttentionPool", x)
        if x.shape[-1] != len(self.query):
            raise ValueError(
                f"AttentionPool: x has {x.shape[-1]} features (shape {tuple(x.shape)}), the query has "
                f"{len(self.query)}; their dot product needs equal sizes."
            )
        query = self.query.expand(len(x), 1, -1)  # (batch, T_q = 1, d_model)
        context, weights = scaled_dot_product_attention(query, x, x)
        return context[:, 0], weights[:, 0]


def _require_positions(layer: str, x: object) -> None:
    if not isinstance(x, Tensor) or not x.dtype.is_floating_point:
        kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(f"{layer}: x must be a tensor of floating-point numbers, got {kind}.")
    if x.dim() != 3 or not x.numel():
        raise ValueError(f"{layer}: x has shape {tuple(x.shape)}, expected (batch, T, d_model), nothing empty.")
