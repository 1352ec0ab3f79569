"""Attention as a trainable layer: projections around ``scaled_dot_product_attention``."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.attention import causal_mask, scaled_dot_product_attention


class Cache(Protocol):
    """What a layer needs of a key-value cache; ``efficient.KeyValueCache`` is one."""

    length: int

    def append(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Add keys and values ``(batch, heads, T, d_k)`` and return all there are."""


Attend = Callable[[Tensor, Tensor, Tensor, Tensor | None], tuple[Tensor, Tensor | None]]


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each on its own slice of the features.

    ``d_model`` features are split over ``num_heads`` heads of ``d_k = d_model / num_heads`` each.
    Holds the four projections ``W_q, W_k, W_v, W_o``, with biases.

    ``attend`` is what happens between them, by default ``scaled_dot_product_attention``. Another function can be put
    in its place: it gets query, key and value ``(batch, heads, T, d_k)`` and the mask or None, and returns the context
    ``(batch, heads, T_q, d_k)`` and the weights, or None in their place.

    Raises ValueError when ``num_heads`` does not divide ``d_model``.

    Source: Vaswani et al. 2017, section 3.2.2 (arXiv:1706.03762).
    """

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        if d_model < 1 or num_heads < 1 or d_model % num_heads:
            raise ValueError(
                f"MultiHeadAttention: d_model is {d_model} and num_heads is {num_heads}; "
                "expected positive numbers, d_model a multiple of num_heads."
            )
        self.d_model, self.num_heads, self.d_k = d_model, num_heads, d_model // num_heads
        self.W_q = nn.Linear(d_model, d_model)
        self.W_k = nn.Linear(d_model, d_model)
        self.W_v = nn.Linear(d_model, d_model)
        self.W_o = nn.Linear(d_model, d_model)
        self.attend: Attend = scaled_dot_product_attention

    def forward(
        self,
        query: Tensor,
        key: Tensor | None = None,
        value: Tensor | None = None,
        mask: Tensor | None = None,
        causal: bool = False,
        need_weights: bool = True,
        *,
        score_bias: Tensor | None = None,
        cache: Cache | None = None,
    ) -> tuple[Tensor, Tensor | None]:
        """Attend from ``query`` to ``key`` (by default the query itself) and mix ``value`` (by default the key).

        Shapes: query ``(batch, T_q, d_model)``; key and value ``(batch, T_k, d_model)``; mask
        boolean, True = may attend: ``(T_q, T_k)``, ``(batch, T_q, T_k)`` or
        ``(batch, heads, T_q, T_k)``, any axis may be 1. ``causal`` adds ``causal_mask``.
        ``score_bias``, of such a shape or ``(heads, T_q, T_k)``, is added to the scaled scores. With a
        ``cache``, key and value are the new tokens alone; those kept come before them and count in T_k.
        Returns output ``(batch, T_q, d_model)`` and weights ``(batch, heads, T_q, T_k)``, or None
        in their place when ``need_weights`` is False; then PyTorch's fused kernel does the work, unless ``attend``
        was replaced.

        Raises TypeError or ValueError naming the argument, what came and what was expected.
        """
        q, k, v = self.project(query, key, value)
        T_q, T_k = q.shape[2], k.shape[2] + (0 if cache is None else cache.length)
        if causal and T_q > T_k:
            raise ValueError(f"MultiHeadAttention: causal attention needs T_q <= T_k, got T_q = {T_q}, T_k = {T_k}.")
        shape = (query.shape[0], self.num_heads, T_q, T_k)
        mask, score_bias = self._over_heads(mask, shape), self._require_bias(score_bias, shape)
        replaced = self.attend is not scaled_dot_product_attention
        if replaced and score_bias is not None:
            raise ValueError("MultiHeadAttention: score_bias needs the built-in attend; another one would not see it.")
        if cache is not None:
            k, v = cache.append(k, v)

        if not need_weights and not replaced and causal and mask is None and score_bias is None and T_q == T_k:
            context, weights = F.scaled_dot_product_attention(q, k, v, is_causal=True), None  # skips half the work
        else:
            if causal:
                past = causal_mask(T_q, T_k, device=query.device)
                mask = past if mask is None else mask & past
            if replaced:
                context, weights = self._require_pair(self.attend(q, k, v, mask), shape)
            elif need_weights:
                context, weights = scaled_dot_product_attention(q, k, v, mask, score_bias=score_bias)
            else:
                if score_bias is not None:  # PyTorch takes a mask of numbers to add: -inf where one may not attend
                    mask = score_bias if mask is None else score_bias.masked_fill(~mask, -math.inf)
                context, weights = F.scaled_dot_product_attention(q, k, v, mask), None
        return self.W_o(self._merge(context)), weights if need_weights else None

    def project(
        self, query: Tensor, key: Tensor | None = None, value: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Query, key and value as the heads compare and mix them, before anything is compared.

        Shapes and errors as in ``forward``. Returns ``(batch, heads, T_q, d_k)``, ``(batch, heads, T_k, d_k)`` twice.
        """
        key = query if key is None else key
        value = key if value is None else value
        self._require(query=query, key=key, value=value)
        return self._split(self.W_q(query)), self._split(self.W_k(key)), self._split(self.W_v(value))

    def _require_pair(self, answer: object, shape: tuple[int, int, int, int]) -> tuple[Tensor, Tensor | None]:
        """What another ``attend`` returned, if it is a context and weights of the right shapes, or None for weights."""
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise ValueError(
                f"MultiHeadAttention: attend returned {_kind(answer)}, expected the pair of context and weights "
                "(or None in their place)."
            )
        context, weights = answer
        for name, tensor, expected in (("a context", context, (*shape[:3], self.d_k)), ("weights", weights, shape)):
            if name == "weights" and tensor is None:
                continue
            if not isinstance(tensor, Tensor) or tuple(tensor.shape) != expected:
                came = f"shape {tuple(tensor.shape)}" if isinstance(tensor, Tensor) else f"type {_kind(tensor)}"
                raise ValueError(f"MultiHeadAttention: attend returned {name} of {came}, expected {expected}.")
        return context, weights

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.num_heads, self.d_k)).transpose(1, 2)  # (batch, heads, T, d_k)

    @staticmethod
    def _merge(x: Tensor) -> Tensor:
        return x.transpose(1, 2).flatten(2)  # (batch, T, d_model)

    def _require(self, **tensors: Tensor) -> None:
        for name, tensor in tensors.items():
            if not isinstance(tensor, Tensor):
                raise TypeError(f"MultiHeadAttention: {name} must be a torch.Tensor, got {type(tensor).__name__}.")
            if tensor.dim() != 3 or tensor.shape[-1] != self.d_model:
                raise ValueError(
                    f"MultiHeadAttention: {name} has shape {tuple(tensor.shape)}, expected (batch, T, {self.d_model})."
                )
            if tensor.dtype != self.W_q.weight.dtype:
                raise TypeError(
                    f"MultiHeadAttention: {name} is {tensor.dtype}, "
                    f"but the layer's weights are {self.W_q.weight.dtype}."
                )
        sizes = {name: tuple(tensor.shape[:2]) for name, tensor in tensors.items()}
        if len({batch for batch, _ in sizes.values()}) != 1 or sizes["key"] != sizes["value"]:
            raise ValueError(
                "MultiHeadAttention: query, key and value need one batch size, key and value one length; "
                f"(batch, T) came as query {sizes['query']}, key {sizes['key']}, value {sizes['value']}."
            )

    def _over_heads(self, mask: Tensor | None, shape: tuple[int, int, int, int]) -> Tensor | None:
        if mask is None:
            return None
        if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
            raise TypeError(f"MultiHeadAttention: mask must be a boolean tensor, True = may attend; got {_kind(mask)}.")
        per_head = mask.unsqueeze(1) if mask.dim() == 3 else mask  # (batch, 1, T_q, T_k)
        if not _fits(per_head, shape):
            raise ValueError(
                f"MultiHeadAttention: mask has shape {tuple(mask.shape)}; expected (T_q, T_k), (batch, T_q, T_k) or "
                f"(batch, heads, T_q, T_k), here {shape}."
            )
        return per_head

    @staticmethod
    def _require_bias(score_bias: Tensor | None, shape: tuple[int, int, int, int]) -> Tensor | None:
        if score_bias is None:
            return None
        if not isinstance(score_bias, Tensor) or not score_bias.is_floating_point():
            raise TypeError(
                "MultiHeadAttention: score_bias must be a tensor of numbers to add to the scores; "
                f"got {_kind(score_bias)}."
            )
        if not _fits(score_bias, shape):
            raise ValueError(
                f"MultiHeadAttention: score_bias has shape {tuple(score_bias.shape)}; expected (T_q, T_k), "
                f"(heads, T_q, T_k) or (batch, heads, T_q, T_k), here {shape}."
            )
        return score_bias


def _kind(thing: object) -> object:
    return thing.dtype if isinstance(thing, Tensor) else type(thing).__name__


def _fits(tensor: Tensor, shape: tuple[int, int, int, int]) -> bool:
    """Whether every axis, counted from the last, is 1 or that of the scores; (T_q, T_k) is the least."""
    axes = zip(reversed(tensor.shape), reversed(shape))
    return 2 <= tensor.dim() <= 4 and all(have in (1, want) for have, want in axes)
