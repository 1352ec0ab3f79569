"""A sentence as one vector: BERT's encoder built from the course's own blocks, and the mean over its last states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.layers import LearnedPositions, TransformerBlock

NORM_EPS = 1e-12  # as in BERT; PyTorch's own is 1e-5


class Encoded(NamedTuple):
    """What the encoder makes of a batch of sentences."""

    vectors: Tensor  # (batch, d_model): one for each sentence, of length 1
    states: list[Tensor]  # num_layers + 1 of (batch, T, d_model): the embedding, then after each layer
    weights: list[Tensor | None]  # num_layers of (batch, heads, T, T); None where the layer's attend gives none


class SentenceEncoder(nn.Module):
    """Token and position embeddings, normalised; post-norm blocks; the mean over real tokens, brought to length 1.

    The last step is that of sentence-BERT. There is one kind of sentence, so BERT's embedding of the kind has no place
    of its own: whoever loads BERT's numbers adds it to every position. There is no dropout.

    Raises ValueError when a size is below 1 or ``num_heads`` does not divide ``d_model``.

    Source: Devlin et al. 2019, section 3 (arXiv:1810.04805); Reimers & Gurevych 2019, section 3 (arXiv:1908.10084).
    """

    def __init__(
        self, vocabulary_size: int, d_model: int, num_heads: int, num_layers: int, d_ff: int, max_length: int
    ) -> None:
        super().__init__()
        if vocabulary_size < 1 or num_layers < 1:
            raise ValueError(
                f"SentenceEncoder: vocabulary_size is {vocabulary_size} and num_layers {num_layers}; "
                "expected at least 1 each."
            )
        self.vocabulary_size = vocabulary_size
        self.positions = LearnedPositions(max_length, d_model)
        self.blocks = nn.ModuleList(
            TransformerBlock(d_model, num_heads, d_ff, norm_first=False) for _ in range(num_layers)
        )
        self.embedding = nn.Embedding(vocabulary_size, d_model)
        self.norm = nn.LayerNorm(d_model)
        for module in self.modules():
            if isinstance(module, nn.LayerNorm):
                module.eps = NORM_EPS

    def forward(self, tokens: Tensor, mask: Tensor | None = None, barred: Tensor | None = None) -> Encoded:
        """Read a batch of sentences.

        Shapes: tokens ``(batch, T)`` of torch.long; mask boolean ``(batch, T)``, True = a real token, False = padding
        (None: all are real). ``barred`` takes keys away from queries in every layer: boolean ``(T, T)`` or
        ``(batch, T, T)``, True = this query may NOT see this key. A query that may see nothing gets a context of zeros.
        States and weights of padded tokens mean nothing.

        Raises TypeError or ValueError naming the argument, what came and what was expected.
        """
        self._require(tokens, mask, barred)
        may_attend = None if mask is None else mask[:, None, :]  # (batch, 1, T)
        if barred is not None:
            may_attend = ~barred if may_attend is None else may_attend & ~barred
        x = self.norm(self.positions(self.embedding(tokens)))  # (batch, T, d_model)
        states, all_weights = [x], []
        for block in self.blocks:
            x, weights = block(x, may_attend)
            states.append(x)
            all_weights.append(weights)
        return Encoded(F.normalize(_mean(x, mask), dim=-1), states, all_weights)

    @contextmanager
    def attending(self, function: Callable, layers: Iterable[int] | None = None) -> Iterator[SentenceEncoder]:
        """Within ``with encoder.attending(function):`` let these layers, by default all, attend by another function.

        ``function`` is an ``attend`` as ``MultiHeadAttention`` describes it; a function of NumPy arrays becomes one by
        ``one_head_at_a_time``. Afterwards, even after an error, the layers attend as before.

        Raises TypeError when the function cannot be called or ``layers`` is one number, ValueError naming a layer that
        is not there.
        """
        if not callable(function):
            raise TypeError(f"attending: function must be callable, got {type(function).__name__}.")
        if layers is not None and not isinstance(layers, Iterable):
            raise TypeError(f"attending: layers must be a list of numbers, got {layers!r}.")
        chosen = range(len(self.blocks)) if layers is None else list(layers)
        strange = [layer for layer in chosen if layer not in range(len(self.blocks))]
        if strange:
            raise ValueError(f"attending: there is no layer {strange[0]!r}, only 0 to {len(self.blocks) - 1}.")
        before = [block.attention.attend for block in self.blocks]
        try:
            for layer in chosen:
                self.blocks[layer].attention.attend = function
            yield self
        finally:
            for block, attend in zip(self.blocks, before):
                block.attention.attend = attend

    def _require(self, tokens: object, mask: object, barred: object) -> None:
        if not isinstance(tokens, Tensor) or tokens.dtype != torch.long:
            raise TypeError(f"SentenceEncoder: tokens must be a tensor of torch.long, got {_kind(tokens)}.")
        if tokens.dim() != 2 or not tokens.numel():
            raise ValueError(
                f"SentenceEncoder: tokens have shape {tuple(tokens.shape)}, expected (batch, T), not empty."
            )
        lowest, highest = int(tokens.min()), int(tokens.max())
        if lowest < 0 or highest >= self.vocabulary_size:
            raise ValueError(
                f"SentenceEncoder: tokens go from {lowest} to {highest}, "
                f"expected numbers from 0 to {self.vocabulary_size - 1}."
            )
        batch, T = tokens.shape
        for name, tensor, shapes in (("mask", mask, [(batch, T)]), ("barred", barred, [(T, T), (batch, T, T)])):
            if tensor is None:
                continue
            if not isinstance(tensor, Tensor) or tensor.dtype != torch.bool:
                raise TypeError(f"SentenceEncoder: {name} must be a boolean tensor, got {_kind(tensor)}.")
            if tuple(tensor.shape) not in shapes:
                expected = " or ".join(map(str, shapes))
                raise ValueError(f"SentenceEncoder: {name} has shape {tuple(tensor.shape)}, expected {expected}.")
        if mask is not None and not bool(mask.any(-1).all()):
            raise ValueError("SentenceEncoder: mask leaves a sentence without a real token.")


def _mean(states: Tensor, mask: Tensor | None) -> Tensor:
    """The mean over real tokens: states ``(batch, T, d_model)`` to ``(batch, d_model)``."""
    if mask is None:
        return states.mean(1)
    real = mask[..., None].to(states)  # (batch, T, 1)
    return (states * real).sum(1) / real.sum(1)


def _kind(thing: object) -> object:
    return thing.dtype if isinstance(thing, Tensor) else type(thing).__name__
