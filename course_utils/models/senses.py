"""Five ways to read the sense of an ambiguous word from its sentence, alike but for how the words are mixed.

All embed the words, mix them into one vector for each word, and read twelve senses out of every vector. Each has about
7,100 parameters (with learned positions 8,332). Weights, where there are any, have shape ``(batch, T, T)``: a row for
each word that looks.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course_utils.attention import padding_mask, scaled_dot_product_attention, softmax
from course_utils.datasets.ambiguous_words import (
    CUES,
    SENSES,
    VOCABULARY,
    encode_sentences,
    split_text,
)
from course_utils.layers import LearnedPositions, RelativeBias, SinusoidalPositions

POSITIONS = ("none", "learned", "sinusoidal", "relative")
D_MODEL = 32
BAG_SIZE, STATIC_SIZE, GRU_SIZES = 42, 57, (16, 21)  # wider where less is learned: as many parameters as attention
MAX_LENGTH = 40  # of learned positions; the longest sentence of the corpus has 24 words
MAX_DISTANCE = 12  # of the relative bias; farther words share one number


class SenseReader(nn.Module):
    """What all five share: the embedding and the read-out. ``mix`` is their own."""

    def __init__(self, d_model: int, d_mixed: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(len(VOCABULARY), d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)  # vectors of length 1: the first scores are small
        self.output = nn.Linear(d_mixed, len(SENSES))

    def mix(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor | None]:
        """One vector for each word, ``(batch, T, d_mixed)``, and the weights ``(batch, T, T)`` or None.

        Shapes: ids ``(batch, T)`` and lengths ``(batch,)``, as ``encode_sentences`` makes them.
        """
        raise NotImplementedError

    def embed(self, ids: Tensor) -> Tensor:
        """The words before they are mixed, ``(batch, T, d_model)``."""
        return self.embedding(ids)

    def forward(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor | None]:
        """Logits ``(batch, T, len(SENSES))``, for every word as if it were the ambiguous one, and weights as ``mix``.

        Raises TypeError or ValueError naming the argument, what came and what was expected.
        """
        _require_sentences(ids, lengths)
        mixed, weights = self.mix(ids, lengths)
        return self.output(mixed), weights


class SelfAttentionReader(SenseReader):
    """Every word asks all words of its sentence, itself among them, and adds what it gets to its own vector.

    ``positions`` says how order is put in: ``'none'``, ``'learned'`` or ``'sinusoidal'`` vectors added to the words,
    or ``'relative'``, a learned number for each distance, added to the scores.

    Raises ValueError for any other positions.

    Source: Vaswani et al. 2017, section 3.2 (arXiv:1706.03762), one head, without the last projection.
    """

    def __init__(self, positions: str = "relative") -> None:
        super().__init__(D_MODEL, D_MODEL)
        if positions not in POSITIONS:
            raise ValueError(
                f"SelfAttentionReader: positions is {positions!r}, expected one of {', '.join(map(repr, POSITIONS))}."
            )
        self.W_q = nn.Linear(D_MODEL, D_MODEL, bias=False)
        self.W_k = nn.Linear(D_MODEL, D_MODEL, bias=False)
        self.W_v = nn.Linear(D_MODEL, D_MODEL, bias=False)
        self.add_positions, self.relative_bias = nn.Identity(), None
        if positions == "learned":
            self.add_positions = LearnedPositions(MAX_LENGTH, D_MODEL)
        elif positions == "sinusoidal":
            self.add_positions = SinusoidalPositions(D_MODEL)
        elif positions == "relative":
            self.relative_bias = RelativeBias(1, MAX_DISTANCE)

    def embed(self, ids: Tensor) -> Tensor:
        """The words with their positions, where these are vectors, ``(batch, T, d_model)``."""
        return self.add_positions(self.embedding(ids))

    def mix(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """As in ``SenseReader``: each word's vector plus its context."""
        x = self.embed(ids)  # (batch, T, d_model)
        bias = None if self.relative_bias is None else self.relative_bias(ids.shape[1])  # (1, T, T)
        mask = padding_mask(lengths, ids.shape[1])
        context, weights = scaled_dot_product_attention(self.W_q(x), self.W_k(x), self.W_v(x), mask, score_bias=bias)
        return x + context, weights


class BagReader(SenseReader):
    """Every word gets the same mean of all words of its sentence, in whatever order they stand.

    With ``by_distance`` the mean is weighted: one learned number for each distance goes through the softmax, and what
    the words are has no say in it.
    """

    def __init__(self, by_distance: bool = False) -> None:
        super().__init__(BAG_SIZE, BAG_SIZE)
        self.W_v = nn.Linear(BAG_SIZE, BAG_SIZE, bias=False)
        self.relative_bias = RelativeBias(1, MAX_DISTANCE) if by_distance else None

    def mix(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """As in ``SenseReader``: each word's vector plus the mean."""
        x, T = self.embed(ids), ids.shape[1]
        scores = x.new_zeros(1, T, T) if self.relative_bias is None else self.relative_bias(T)
        weights = softmax(scores.expand(len(ids), T, T), padding_mask(lengths, T))
        return x + weights @ self.W_v(x), weights


class StaticReader(SenseReader):
    """Every word keeps its own vector: one guess for each word, whatever the sentence."""

    def __init__(self) -> None:
        super().__init__(STATIC_SIZE, STATIC_SIZE)

    def mix(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, None]:
        """As in ``SenseReader``: nothing is mixed."""
        return self.embed(ids), None


class BidirectionalReader(SenseReader):
    """Two GRUs read the sentence, one from each end; each word gets both states at its place.

    Source: Cho et al. 2014 (arXiv:1406.1078); Schuster & Paliwal 1997.
    """

    def __init__(self) -> None:
        embedding, hidden = GRU_SIZES
        super().__init__(embedding, 2 * hidden)
        self.gru = nn.GRU(embedding, hidden, batch_first=True, bidirectional=True)

    def mix(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, None]:
        """As in ``SenseReader``: the states of both directions, side by side."""
        packed = pack_padded_sequence(self.embed(ids), lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=ids.shape[1])
        return states, None


@dataclass(frozen=True)
class Reading:
    """One sentence as a trained model reads it.

    ``probabilities`` ``(T, len(SENSES))``: for each word, the senses read out of its vector; ``weights`` ``(T, T)``,
    None from a model without weights.
    """

    words: tuple[str, ...]
    probabilities: Tensor
    weights: Tensor | None

    @property
    def places(self) -> tuple[int, ...]:
        """Positions of the ambiguous words."""
        return tuple(place for place, word in enumerate(self.words) if word in CUES)

    def sense(self, place: int) -> tuple[str, float]:
        """The likelier sense of the ambiguous word at ``place``, and its probability.

        Raises ValueError when no ambiguous word stands there.
        """
        if place not in self.places:
            raise ValueError(f"sense: place is {place}, expected that of an ambiguous word: {list(self.places)}.")
        row = self.probabilities[place].tolist()
        own = [(row[label], sense) for label, (word, sense) in enumerate(SENSES) if word == self.words[place]]
        probability, sense = max(own)
        return sense, probability


@torch.no_grad()
def read(model: SenseReader, text: str) -> Reading:
    """Read one typed sentence with a trained model.

    Raises TypeError or ValueError as ``split_text`` does when a word is not known, and ValueError when the
    sentence is longer than learned positions reach.
    """
    words = split_text(text)
    if len(words) > MAX_LENGTH:
        raise ValueError(f"read: the sentence has {len(words):,} words, expected at most {MAX_LENGTH}.")
    logits, weights = model(*encode_sentences([words]))
    return Reading(words, torch.softmax(logits[0], -1), None if weights is None else weights[0])


def _require_sentences(ids: object, lengths: object) -> None:
    for name, tensor in (("ids", ids), ("lengths", lengths)):
        if not isinstance(tensor, Tensor) or tensor.dtype != torch.long:
            kind = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
            raise TypeError(f"SenseReader: {name} must be a tensor of whole numbers (torch.long), got {kind}.")
    if ids.dim() != 2 or lengths.shape != ids.shape[:1] or not ids.numel():
        raise ValueError(
            f"SenseReader: ids have shape {tuple(ids.shape)} and lengths {tuple(lengths.shape)}; "
            "expected (batch, T) and (batch,), neither empty."
        )
