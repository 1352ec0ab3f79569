"""Networks for the two jobs: attention with any number of heads, and a read-out that must name two colours."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from course_utils.datasets.two_jobs import COLOURS, JOBS, LETTERS, PLACES
from course_utils.layers import MultiHeadAttention

D_MODEL = 32
HIDDEN = 32  # units of the read-out that is not linear
READ_OUTS = ("linear", "mlp")


class TwoJobsNetwork(nn.Module):
    """Look round the circle once, and read two colours out of what the look brought.

    A token is the sum of three learned vectors, for its letter, its colour and its place. ``read_out`` is
    ``'linear'``, or ``'mlp'`` with one hidden layer. With ``layers=2`` what a first attention brought is added to
    each token before the second looks, and what the second brought is added as well; ``residual=True`` adds the
    token to what a single layer brought. The number of parameters does not depend on ``num_heads``.

    Raises ValueError when ``num_heads`` does not divide ``d_model``, or for any other layers or read-out.
    """

    def __init__(
        self,
        num_heads: int,
        d_model: int = D_MODEL,
        layers: int = 1,
        read_out: str = "linear",
        residual: bool = False,
    ) -> None:
        if layers not in (1, 2):
            raise ValueError(f"TwoJobsNetwork: layers is {layers}, expected 1 or 2.")
        if read_out not in READ_OUTS:
            raise ValueError(f"TwoJobsNetwork: read_out is {read_out!r}, expected 'linear' or 'mlp'.")
        super().__init__()
        self.letter = nn.Embedding(len(LETTERS), d_model)
        self.colour = nn.Embedding(len(COLOURS), d_model)
        self.place = nn.Embedding(PLACES, d_model)
        self.first = MultiHeadAttention(d_model, num_heads) if layers == 2 else None
        self.attention = MultiHeadAttention(d_model, num_heads)
        self.residual = residual or layers == 2
        logits = len(JOBS) * len(COLOURS)
        if read_out == "linear":
            self.read_out = nn.Linear(d_model, logits)
        else:
            self.read_out = nn.Sequential(nn.Linear(d_model, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, logits))

    def embed(self, letters: Tensor, colours: Tensor) -> Tensor:
        """The tokens as vectors: ``(batch, PLACES)`` twice to ``(batch, PLACES, d_model)``."""
        return self.letter(letters) + self.colour(colours) + self.place.weight

    def forward(self, letters: Tensor, colours: Tensor) -> tuple[Tensor, Tensor]:
        """Logits ``(batch, PLACES, jobs, colours)`` and the last attention's weights ``(batch, heads, T_q, T_k)``.

        Shapes: letters and colours ``(batch, PLACES)``, as ``draw`` makes them.
        """
        x = self.embed(letters, colours)
        if self.first is not None:
            x = x + self.first(x)[0]  # the second look knows what the first one saw
        brought, weights = self.attention(x)
        if self.residual:
            brought = x + brought
        return self.read_out(brought).unflatten(-1, (len(JOBS), len(COLOURS))), weights


@torch.no_grad()
def head_contexts(attention: MultiHeadAttention, x: Tensor) -> Tensor:
    """What each head brings, before ``W_o`` mixes it: ``(batch, T, d_model)`` to ``(batch, heads, T, d_k)``."""
    _, weights = attention(x)
    _, _, value = attention.project(x)
    return weights @ value  # (batch, heads, T, d_k)


@torch.no_grad()
def without_heads(model: TwoJobsNetwork, heads: Iterable[int], average: Tensor | None = None) -> TwoJobsNetwork:
    """A copy of the model in which the given heads (from 0) hand over nothing, or always their average.

    A head reaches the output through its own ``d_k`` rows of ``W_o`` alone, which are columns of PyTorch's
    ``W_o.weight``; these are set to zero. ``average`` of shape ``(heads, d_k)``, each head's mean context, is what a
    head then hands over instead, whatever the input.

    Raises ValueError when there is no such head.

    Source: Michel, Levy & Neubig 2019, section 2.3 (arXiv:1905.10650), for heads set to zero.
    """
    ablated = copy.deepcopy(model)
    attention = ablated.attention  # a copy, so nothing outside changes
    for head in set(heads):
        if not 0 <= head < attention.num_heads:
            raise ValueError(f"without_heads: head is {head}, expected 0 to {attention.num_heads - 1}.")
        columns = slice(head * attention.d_k, (head + 1) * attention.d_k)
        if average is not None:
            attention.W_o.bias += attention.W_o.weight[:, columns] @ average[head]
        attention.W_o.weight[:, columns] = 0.0
    return ablated
