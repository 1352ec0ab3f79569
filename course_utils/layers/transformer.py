"""The block that transformers stack: attention between tokens, then a small network for each token by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.layers.multi_head import MultiHeadAttention

if TYPE_CHECKING:
    from course_utils.layers.multi_head import Cache


class FeedForward(nn.Module):
    """Widen every vector, bend it, and narrow it again; no token sees another one.

    Source: Vaswani et al. 2017, section 3.3 (arXiv:1706.03762); with GELU, Hendrycks & Gimpel 2016
    (arXiv:1606.08415).
    """

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.widen = nn.Linear(d_model, d_ff)
        self.narrow = nn.Linear(d_ff, d_model)

    def forward(self, x: Tensor) -> Tensor:
        """Shapes: x ``(..., d_model)``; the result is like x."""
        return self.narrow(F.gelu(self.widen(x)))


class TransformerBlock(nn.Module):
    """Let the tokens look at each other, then think by themselves; each step *adds* to the stream.

    ``d_ff`` is the width inside the feed-forward network, four times ``d_model`` unless given. With
    ``norm_first`` each step reads a normalised copy of the stream (pre-norm); without, the stream
    itself is normalised after each step (post-norm). There is no dropout.

    Raises ValueError when ``num_heads`` does not divide ``d_model`` or ``d_ff`` is below 1.

    Source: Vaswani et al. 2017, section 3.1 (arXiv:1706.03762); Xiong et al. 2020 (arXiv:2002.04745)
    for the two places of the normalisation.
    """

    def __init__(self, d_model: int, num_heads: int, d_ff: int | None = None, norm_first: bool = True) -> None:
        super().__init__()
        d_ff = 4 * d_model if d_ff is None else d_ff
        if d_ff < 1:
            raise ValueError(f"TransformerBlock: d_ff is {d_ff}, expected at least 1.")
        self.norm_first = norm_first
        self.attention = MultiHeadAttention(d_model, num_heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.norm_1, self.norm_2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        causal: bool = False,
        need_weights: bool = True,
        *,
        score_bias: Tensor | None = None,
        cache: Cache | None = None,
    ) -> tuple[Tensor, Tensor | None]:
        """Shapes: x ``(batch, T, d_model)``; returns the same shape, and weights ``(batch, heads, T, T_k)`` or None.

        The other arguments, and the errors, are those of ``MultiHeadAttention.forward``.
        """
        options = {
            "mask": mask,
            "causal": causal,
            "need_weights": need_weights,
            "score_bias": score_bias,
            "cache": cache,
        }
        if self.norm_first:
            update, weights = self.attention(self.norm_1(x), **options)
            x = x + update
            return x + self.feed_forward(self.norm_2(x)), weights
        update, weights = self.attention(x, **options)
        x = self.norm_1(x + update)
        return self.norm_2(x + self.feed_forward(x)), weights
