"""Writing with a language model, token by token: which tokens may come next, and the loop that appends them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from course_utils.efficient import KeyValueCache


class NextTokenModel(Protocol):
    """What writing needs of a model; ``caches`` only where it has ``blocks``, one cache for each."""

    def __call__(self, tokens: Tensor, **options: object) -> tuple[Tensor, object]:
        """Logits ``(batch, T, vocabulary)`` of the next token after each of ``tokens`` ``(batch, T)``."""
        ...


def next_probabilities(logits: Tensor, temperature: float = 1.0, top_k: int | None = None) -> Tensor:
    """Turn logits into the probabilities to draw the next token from.

    The logits are divided by ``temperature`` before the softmax: below 1 the likely tokens gain, above 1 the unlikely
    ones. Temperature 0 stands for the limit: the likeliest token alone (*greedy*). With ``top_k`` only the ``top_k``
    likeliest tokens keep a probability; among equals the earlier one stays.
    Shapes: logits ``(..., vocabulary)``; the result is like the logits.

    Raises TypeError when the logits are no floating-point tensor, ValueError when the temperature is negative or not
    finite, or ``top_k`` is no whole number from 1.
    """
    if not isinstance(logits, Tensor) or not logits.is_floating_point():
        kind = logits.dtype if isinstance(logits, Tensor) else type(logits).__name__
        raise TypeError(f"next_probabilities: logits must be a floating-point tensor, got {kind}.")
    if not (isinstance(temperature, int | float) and math.isfinite(temperature) and temperature >= 0):
        raise ValueError(f"next_probabilities: temperature is {temperature}, expected 0 or a positive number.")
    if top_k is not None and not (isinstance(top_k, int) and top_k >= 1):
        raise ValueError(f"next_probabilities: top_k is {top_k}, expected 1, 2, 3 ..., or None for all tokens.")
    if temperature < torch.finfo(logits.dtype).tiny:  # 0, or so near to it that the division would be by 0
        return torch.nn.functional.one_hot(logits.argmax(-1), logits.shape[-1]).to(logits.dtype)
    if top_k is not None:
        order = logits.argsort(dim=-1, descending=True, stable=True)
        logits = logits.scatter(-1, order[..., top_k:], -math.inf)
    if temperature < 1:  # the largest becomes 0, so that none can grow beyond all bounds
        logits = logits - logits.amax(-1, keepdim=True)
    return torch.softmax(logits / temperature, dim=-1)


@torch.no_grad()
def generate(
    model: NextTokenModel,
    prompt: Tensor,
    max_new: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    end: int | None = None,
    generator: torch.Generator | None = None,
    use_cache: bool = True,
) -> Tensor:
    """Append up to ``max_new`` tokens to every row of the prompt, each drawn from ``next_probabilities``.

    Shapes: prompt ``(batch, T)``, T at least 1; returns ``(batch, T + new)``, where ``new`` is ``max_new`` or, with
    ``end``, the number after which every row has written ``end``; what follows a row's ``end`` is ``end`` again. The
    draws depend on ``generator`` alone. ``use_cache`` keeps keys and values of the tokens already read (for models
    with ``blocks``); the result is the same without, but for rounding.

    Raises ValueError when ``max_new`` is no whole number from 1 or the model has nothing to cache, and what the model
    and ``next_probabilities`` raise.
    """
    if not (isinstance(max_new, int) and max_new >= 1):
        raise ValueError(f"generate: max_new is {max_new}, expected 1, 2, 3 ...")
    if use_cache and not hasattr(model, "blocks"):
        raise ValueError(f"generate: a {type(model).__name__} has no blocks to cache for; pass use_cache=False.")
    caches = [KeyValueCache() for _ in model.blocks] if use_cache else None
    tokens, unread = prompt, prompt
    ended = torch.zeros(len(prompt), dtype=torch.bool, device=prompt.device)
    for _ in range(max_new):
        options = {"caches": caches} if use_cache else {}
        logits, _ = model(unread, need_weights=False, **options)
        probabilities = next_probabilities(logits[:, -1], temperature, top_k)  # (batch, vocabulary)
        chosen = torch.multinomial(probabilities, 1, generator=generator)  # (batch, 1)
        if end is not None:
            chosen[ended] = end
            ended |= chosen[:, 0] == end
        tokens = torch.cat([tokens, chosen], dim=1)
        if ended.all() and end is not None:
            break
        unread = chosen if use_cache else tokens
    return tokens


@dataclass(frozen=True)
class Writing:
    """A text as a model wrote it, and for every token what it was drawn from and what was looked at before.

    ``given`` of the ``tokens`` were the prompt, which begins with ``<start>``. The token at position ``t`` was written
    by the query at ``t - 1``: ``weights[layer, head, t - 1]`` over the keys, ``probabilities[t - 1]`` over the
    ``vocabulary``. Shapes: weights ``(layers, heads, T - 1, T - 1)``, probabilities ``(T - 1, vocabulary)``.
    """

    tokens: tuple[str, ...]
    given: int
    weights: Tensor
    probabilities: Tensor
    vocabulary: tuple[str, ...]


@torch.no_grad()
def look_back(
    model: NextTokenModel, tokens: Tensor, given: int, vocabulary: Sequence[str], temperature: float, top_k: int | None
) -> Writing:
    """How this text came about, read in one pass: no token sees a later one, so each row is as it was when written.

    Shapes: tokens ``(T,)``, T at least 2. Errors as the model and ``next_probabilities`` raise them.
    """
    logits, weights = model(tokens[None, :-1], need_weights=True)
    probabilities = next_probabilities(logits[0], temperature, top_k)
    words = tuple(vocabulary[int(token)] for token in tokens)
    return Writing(words, given, torch.stack([layer[0] for layer in weights]), probabilities, tuple(vocabulary))
