"""Five ways to answer a question about a set of items, alike but for how they combine the items.

Every ``forward`` takes a query ``(batch, 1, features)`` and items ``(batch, T_k, features)``, and
returns logits ``(batch, classes)`` and the weights it gave the items, ``(batch, T_k)``.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from course_utils.attention import scaled_dot_product_attention, softmax


class LearnedAttention(nn.Module):
    """Compare query and items in a learned space, mix the items by the weights, read the mixture out.

    ``shared`` uses one projection for both; ``scaled=False`` leaves the root of d_k out.
    """

    def __init__(self, features: int, d_k: int, classes: int, *, shared: bool = False, scaled: bool = True) -> None:
        super().__init__()
        self.W_q = nn.Linear(features, d_k, bias=False)
        self.W_k = self.W_q if shared else nn.Linear(features, d_k, bias=False)
        self.read_out = nn.Linear(features, classes)
        self.factor = 1.0 if scaled else math.sqrt(d_k)  # undoes the division inside attention

    def forward(self, query: Tensor, items: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and weights; shapes as the module's first lines say."""
        context, weights = scaled_dot_product_attention(self.factor * self.W_q(query), self.W_k(items), items)
        return self.read_out(context[:, 0]), weights[:, 0]


class MatchWithoutSoftmax(nn.Module):
    """The same learned match, but the scores themselves are the weights: of any sign, summing to anything."""

    def __init__(self, features: int, d_k: int, classes: int) -> None:
        super().__init__()
        self.W_q = nn.Linear(features, d_k, bias=False)
        self.W_k = nn.Linear(features, d_k, bias=False)
        self.read_out = nn.Linear(features, classes)

    def forward(self, query: Tensor, items: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and scores; shapes as the module's first lines say."""
        scores = self.W_q(query) @ self.W_k(items).mT / math.sqrt(self.W_q.out_features)  # (batch, 1, T_k)
        return self.read_out((scores @ items)[:, 0]), scores[:, 0]


class PlainAttention(nn.Module):
    """Attention without W_q and W_k: the raw vectors are compared; only the read-out learns."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.read_out = nn.Linear(features, classes)

    def forward(self, query: Tensor, items: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and weights; shapes as the module's first lines say."""
        context, weights = scaled_dot_product_attention(query, items, items)
        return self.read_out(context[:, 0]), weights[:, 0]


class FixedWeights(nn.Module):
    """One learned weight for each place, the same for every input; a network reads query and mixture."""

    def __init__(self, features: int, items: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.scores = nn.Parameter(torch.zeros(items))
        self.read_out = nn.Sequential(nn.Linear(2 * features, hidden), nn.ReLU(), nn.Linear(hidden, classes))

    def forward(self, query: Tensor, items: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and weights; shapes as the module's first lines say."""
        weights = softmax(self.scores).expand(items.shape[:2])  # (batch, T_k), no item has a say in it
        context = (weights[:, None] @ items)[:, 0]
        return self.read_out(torch.cat([context, query[:, 0]], -1)), weights


class MeanOfEncodings(nn.Module):
    """Encode every item by itself, average, and let a network read the average and the query.

    Source: Zaheer et al. 2017, Deep Sets (arXiv:1703.06114).
    """

    def __init__(self, features: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(features, hidden), nn.ReLU())
        self.read_out = nn.Sequential(nn.Linear(hidden + features, hidden), nn.ReLU(), nn.Linear(hidden, classes))

    def forward(self, query: Tensor, items: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and equal weights; shapes as the module's first lines say."""
        encoded = self.encode(items).mean(1)  # (batch, hidden)
        uniform = items.new_full(items.shape[:2], 1 / items.shape[1])
        return self.read_out(torch.cat([encoded, query[:, 0]], -1)), uniform
