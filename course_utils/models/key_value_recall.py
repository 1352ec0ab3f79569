"""Four ways to carry to the question what was read before it: all of it, the latest, a sum, or a hidden state."""

from __future__ import annotations

from functools import partial

from torch import Tensor, nn

from course_utils.attention import causal_mask, scaled_dot_product_attention
from course_utils.datasets.key_value_recall import KEYS, VALUES
from course_utils.efficient import linear_attention, sliding_window_attention
from course_utils.layers.multi_head import Attend

KINDS = ("full", "window", "linear", "gru")
D_MODEL = 32
WINDOW = 8  # tokens that the question sees, itself included: seven pairs
HIDDEN = 25  # units of the GRU: about as many parameters as the attentions have


class OneHead(nn.Module):
    """One head whose keys and values need not be as wide as the tokens: ``d_k`` and ``d_v`` features of ``d_model``.

    ``attend`` is what happens between the projections, as in ``MultiHeadAttention``; it gets ``(batch, T, ...)``.

    Raises ValueError when a size is below 1.
    """

    def __init__(self, d_model: int, d_k: int, d_v: int) -> None:
        super().__init__()
        if min(d_model, d_k, d_v) < 1:
            raise ValueError(f"OneHead: d_model is {d_model}, d_k is {d_k}, d_v is {d_v}; expected positive numbers.")
        self.W_q = nn.Linear(d_model, d_k)
        self.W_k = nn.Linear(d_model, d_k)
        self.W_v = nn.Linear(d_model, d_v)
        self.W_o = nn.Linear(d_v, d_model)
        self.attend: Attend = scaled_dot_product_attention

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Output ``(batch, T, d_model)`` of tokens ``(batch, T, d_model)``, and weights ``(batch, T, T)`` or None."""
        query, key, value = self.W_q(x), self.W_k(x), self.W_v(x)
        context, weights = self.attend(query, key, value, mask)
        return self.W_o(context), weights


class KeyValueReader(nn.Module):
    """Read tokens that hold a key and a value, from left to right, and name the value that the last one asks for.

    A token's vector is the sum of two learned ones, for its key and for its value. ``kind`` says what a later token
    gets of earlier ones: ``'full'`` is causal attention with one head; ``'window'`` the same among the latest
    ``window`` tokens; ``'linear'`` causal linear attention; ``'gru'`` a GRU with ``hidden`` units. What arrives at
    the last token is read out. There are no positions: the order of the pairs does not matter. The attentions' keys
    have ``d_k`` features and their values ``d_v``, by default as many as the tokens, ``d_model``.

    Raises ValueError for any other kind.

    Source: Katharopoulos et al. 2020 (arXiv:2006.16236) for linear attention; Cho et al. 2014 (arXiv:1406.1078) for
    the GRU.
    """

    def __init__(
        self,
        kind: str,
        d_model: int = D_MODEL,
        window: int = WINDOW,
        hidden: int = HIDDEN,
        d_k: int | None = None,
        d_v: int | None = None,
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"KeyValueReader: kind is {kind!r}, expected one of {', '.join(map(repr, KINDS))}.")
        super().__init__()
        self.kind, self.window, self.hidden = kind, window, hidden
        self.d_model, self.d_k, self.d_v = d_model, d_model if d_k is None else d_k, d_model if d_v is None else d_v
        self.key = nn.Embedding(KEYS, d_model)
        self.value = nn.Embedding(VALUES + 1, d_model)
        if kind == "gru":
            self.carry = nn.GRU(d_model, hidden, batch_first=True)
        else:
            self.carry = OneHead(d_model, self.d_k, self.d_v)
            if kind == "window":
                self.carry.attend = _causal(partial(sliding_window_attention, window=window))
            elif kind == "linear":
                self.carry.attend = _causal(linear_attention)
        self.read_out = nn.Linear(hidden if kind == "gru" else d_model, VALUES)

    def forward(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor | None]:
        """Logits ``(batch, VALUES)``, and what the question weighs: ``(batch, T)`` for full attention, else None.

        Shapes: keys and values ``(batch, T)``, as ``draw`` makes them.
        """
        x = self.key(keys) + self.value(values)  # (batch, T, d_model)
        if self.kind == "gru":
            states, _ = self.carry(x)  # (batch, T, hidden)
            return self.read_out(states[:, -1]), None
        # the efficient ones are causal by themselves: a mask would have T x T entries
        mask = causal_mask(x.shape[1], x.shape[1], device=x.device) if self.kind == "full" else None
        brought, weights = self.carry(x, mask)
        return self.read_out(brought[:, -1]), None if weights is None else weights[:, -1]

    def state_size(self, pairs: int) -> int:
        """How many numbers have to be kept of so many pairs until the question comes.

        Keys and values of all pairs, or of those in the window; for linear attention the sum of all products of key
        and value and the sum of the keys; for the GRU its hidden state.
        """
        if self.kind == "full":
            return (self.d_k + self.d_v) * pairs
        if self.kind == "window":
            return (self.d_k + self.d_v) * min(pairs, self.window - 1)
        return self.hidden if self.kind == "gru" else self.d_k * (self.d_v + 1)


def _causal(attention) -> Attend:
    def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> tuple[Tensor, None]:
        return attention(query, key, value, causal=True), None

    return attend
