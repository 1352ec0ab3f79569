"""Language models: from the tokens so far to the next one, at every position of a sequence at once."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_utils.efficient import KeyValueCache
from course_utils.layers import LearnedPositions, TransformerBlock

SEES = ("past", "all", "itself")


class LanguageModel(nn.Module):
    """A small Transformer: embedding plus position, a stack of blocks, a read-out of the next token.

    The read-out has a matrix of its own (it is not tied to the embedding). With ``norm_first`` (pre-norm) one more
    layer norm stands before it; post-norm blocks end with one already. ``sees`` says what a position may attend to:
    ``'past'`` (itself and what came before, as a language model must), ``'all'`` (no mask) or ``'itself'`` (attention
    cut off: the same parameters, but no token learns of another).

    Raises ValueError when a size is not positive, ``num_heads`` does not divide ``d_model``, or ``sees`` is unknown.

    Source: Vaswani et al. 2017, section 3 (arXiv:1706.03762), the decoder alone; Radford et al. 2019 (GPT-2), section
    2.3, for pre-norm and the layer norm at the end.
    """

    def __init__(
        self,
        vocabulary_size: int,
        d_model: int,
        num_heads: int,
        num_layers: int,
        max_length: int,
        norm_first: bool = True,
        sees: str = "past",
    ) -> None:
        super().__init__()
        sizes = {"vocabulary_size": vocabulary_size, "d_model": d_model, "num_layers": num_layers}
        for name, size in (sizes | {"max_length": max_length}).items():
            if size < 1:
                raise ValueError(f"LanguageModel: {name} is {size}, expected at least 1.")
        if sees not in SEES:
            raise ValueError(f"LanguageModel: sees is {sees!r}, expected one of {', '.join(map(repr, SEES))}.")
        self.vocabulary_size, self.max_length, self.sees = vocabulary_size, max_length, sees
        self.embedding = nn.Embedding(vocabulary_size, d_model)
        self.positions = LearnedPositions(max_length, d_model)
        self.blocks = nn.ModuleList(
            TransformerBlock(d_model, num_heads, norm_first=norm_first) for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()
        self.output = nn.Linear(d_model, vocabulary_size)

    def forward(
        self, tokens: Tensor, caches: Sequence[KeyValueCache] | None = None, need_weights: bool = True
    ) -> tuple[Tensor, list[Tensor] | None]:
        """Score every token of the vocabulary as the next one, after each position.

        Shapes: tokens ``(batch, T)``, whole numbers. Returns logits ``(batch, T, vocabulary_size)`` and for each layer
        weights ``(batch, heads, T, T_k)``, or None when ``need_weights`` is False. With ``caches``, one for each layer,
        ``tokens`` are those after the cached ones, ``T_k`` counts both, and the caches grow by ``T``.

        Raises TypeError or ValueError when the tokens are not whole numbers of the vocabulary, when they and the
        cached ones are more than ``max_length``, or when the caches do not fit the layers.
        """
        x, weights = self._run(tokens, caches, need_weights)
        return self.read_out(x[-1]), weights if need_weights else None

    def residual_stream(self, tokens: Tensor) -> list[Tensor]:
        """What flows through the model: the embedded tokens with their positions, then what each block leaves.

        Shapes: tokens ``(batch, T)``; the list holds ``num_layers + 1`` tensors ``(batch, T, d_model)``. Errors as in
        ``forward``.
        """
        return self._run(tokens, None, False)[0]

    def written(self, tokens: Tensor) -> dict[str, Tensor]:
        """What each part adds to the stream, by name: ``'embedding'``, ``'attention 1'``, ``'feed-forward 1'``, …

        Shapes: tokens ``(batch, T)``; each part ``(batch, T, d_model)``. Their sum is the last state of the stream.

        Raises ValueError for a post-norm model, whose norms stand in the stream itself, or one that does not see the
        past, and errors as in ``forward``.
        """
        if self.sees != "past" or not all(block.norm_first for block in self.blocks):
            raise ValueError("LanguageModel.written: only a pre-norm model that sees the past writes a sum of parts.")
        stream = self.residual_stream(tokens)
        parts = {"embedding": stream[0]}
        for number, (block, before, after) in enumerate(zip(self.blocks, stream, stream[1:]), start=1):
            update, _ = block.attention(block.norm_1(before), causal=True, need_weights=False)
            parts |= {f"attention {number}": update, f"feed-forward {number}": after - before - update}
        return parts

    def read_out(self, x: Tensor) -> Tensor:
        """Logits ``(..., vocabulary_size)`` of the next token from a state of the residual stream ``(..., d_model)``.

        Read anywhere but after the last block, this is the *logit lens* (nostalgebraist 2020).
        """
        return self.output(self.norm(x))

    def _run(
        self, tokens: Tensor, caches: Sequence[KeyValueCache] | None, need_weights: bool
    ) -> tuple[list[Tensor], list[Tensor]]:
        start = self._require(tokens, caches)
        past = self.sees == "past"
        mask = torch.eye(tokens.shape[1], dtype=torch.bool, device=tokens.device) if self.sees == "itself" else None
        stream, all_weights = [self.positions(self.embedding(tokens), start)], []
        for layer, block in enumerate(self.blocks):
            cache = caches[layer] if caches is not None else None
            x, weights = block(stream[-1], mask, causal=past, need_weights=need_weights, cache=cache)
            stream.append(x)
            all_weights.append(weights)
        return stream, all_weights

    def _require(self, tokens: object, caches: Sequence[KeyValueCache] | None) -> int:
        """Check the input; how many tokens the caches hold already."""
        require_tokens("LanguageModel", tokens, self.vocabulary_size)
        start = 0
        if caches is not None:
            if self.sees != "past":
                raise ValueError(f"LanguageModel: caches need a model that sees the past only; this one {self.sees!r}.")
            lengths = [cache.length for cache in caches]
            apart = len({id(cache) for cache in caches}) == len(self.blocks) == len(lengths)
            if not apart or len(set(lengths)) != 1:
                raise ValueError(
                    f"LanguageModel: caches hold {lengths} tokens; expected {len(self.blocks)} caches, a different one "
                    "for each layer, of equal length."
                )
            start = lengths[0]
        if start + tokens.shape[1] > self.max_length:
            raise ValueError(
                f"LanguageModel: {start + tokens.shape[1]} tokens, but positions were learned up to "
                f"max_length = {self.max_length}."
            )
        return start


class RecurrentLanguageModel(nn.Module):
    """The rival: the same read-out on the states of one GRU, which reads from left to right.

    Source: Cho et al. 2014 (arXiv:1406.1078) for the GRU.
    """

    def __init__(self, vocabulary_size: int, d_model: int, hidden: int) -> None:
        super().__init__()
        self.vocabulary_size = vocabulary_size
        self.embedding = nn.Embedding(vocabulary_size, d_model)
        self.recurrent = nn.GRU(d_model, hidden, batch_first=True)
        self.output = nn.Linear(hidden, vocabulary_size)

    def forward(self, tokens: Tensor, need_weights: bool = False) -> tuple[Tensor, None]:
        """Logits ``(batch, T, vocabulary_size)`` from tokens ``(batch, T)``; there are no weights to return.

        Raises TypeError or ValueError when the tokens are not whole numbers of the vocabulary.
        """
        require_tokens("RecurrentLanguageModel", tokens, self.vocabulary_size)
        states, _ = self.recurrent(self.embedding(tokens))  # (batch, T, hidden)
        return self.output(states), None


def require_tokens(function: str, tokens: object, vocabulary_size: int) -> None:
    """Refuse tokens that are not ``(batch, T)``, ``torch.long`` and in the vocabulary, with TypeError or ValueError."""
    if not isinstance(tokens, Tensor) or tokens.dtype != torch.long:
        kind = tokens.dtype if isinstance(tokens, Tensor) else type(tokens).__name__
        raise TypeError(f"{function}: tokens must be a tensor of whole numbers (torch.long), got {kind}.")
    if tokens.dim() != 2 or not tokens.numel():
        raise ValueError(f"{function}: tokens have shape {tuple(tokens.shape)}, expected (batch, T), not empty.")
    if not 0 <= int(tokens.min()) <= int(tokens.max()) < vocabulary_size:
        raise ValueError(
            f"{function}: tokens run from {int(tokens.min())} to {int(tokens.max())}, expected 0 to "
            f"{vocabulary_size - 1}."
        )
