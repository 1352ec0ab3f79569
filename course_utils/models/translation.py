"""Translators of number words, a GRU on each side: one fixed context vector, or attention over the source.

Both read the German with the same kind of encoder and write English with the same kind of decoder. They differ in where
the decoder's context comes from at each word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course_utils.attention import padding_mask, scaled_dot_product_attention, softmax
from course_utils.datasets.number_words import ENGLISH, GERMAN, encode_german, join_english, split_german

# About 13,000 parameters each, shared out as each does best: a fixed context gains most from a wide state.
ATTENTION_SIZES = 16, 28  # embedding, hidden
FIXED_SIZES = 8, 31
MAX_WORDS = 16  # greedy decoding stops here at the latest; the longest number has 11 English words
VALUES = ("embeddings", "states")
SCORINGS = ("dot-product", "additive")


class Memory(NamedTuple):
    """What the encoder leaves behind for the decoder."""

    embeddings: Tensor  # (batch, T_k, embedding): each morpheme by itself
    states: Tensor  # (batch, T_k, hidden): each morpheme with all that came before it
    last: Tensor  # (batch, hidden): the state after the last morpheme read, all that a fixed context keeps
    mask: Tensor  # (batch, 1, T_k): True on morphemes, False on padding


@dataclass(frozen=True)
class Translation:
    """One German word, its English, and where the decoder looked for each English word.

    ``weights`` has shape ``(T_q, T_k)``, one row for each word of ``english``, one column for each morpheme of
    ``german``; None from a translator without attention.
    """

    german: tuple[str, ...]
    english: tuple[str, ...]
    weights: Tensor | None

    @property
    def text(self) -> str:
        """The English as it is written, with hyphens and commas."""
        return join_english(self.english)


class Translator(nn.Module):
    """What the two translators share: the layers, the encoder and greedy decoding. ``decode`` is their own."""

    def __init__(self, embedding: int, hidden: int, decoder_inputs: int, bidirectional: bool = False) -> None:
        super().__init__()
        per_direction = hidden // 2 if bidirectional else hidden
        self.source_embedding = nn.Embedding(len(GERMAN), embedding)
        self.target_embedding = nn.Embedding(len(ENGLISH), embedding)
        self.encoder = nn.GRU(embedding, per_direction, batch_first=True, bidirectional=bidirectional)
        self.decoder = nn.GRU(decoder_inputs, hidden, batch_first=True)
        self.output = nn.Linear(2 * hidden, len(ENGLISH))  # reads the decoder's state beside the context

    def encode(self, source: Tensor, lengths: Tensor) -> Memory:
        """Read the German from left to right, or from both ends; padding is never read.

        Shapes: source ``(batch, T_k)`` and lengths ``(batch,)``, as ``encode_german`` makes them.
        Raises TypeError or ValueError naming the argument, what came and what was expected.
        """
        _require_source(source, lengths)
        embeddings = self.source_embedding(source)  # (batch, T_k, embedding)
        packed = pack_padded_sequence(embeddings, lengths, batch_first=True, enforce_sorted=False)
        states, last = self.encoder(packed)
        states, _ = pad_packed_sequence(states, batch_first=True, total_length=source.shape[1])
        last = last.transpose(0, 1).flatten(1)  # (batch, hidden): what each direction ends on, side by side
        return Memory(embeddings, states, last, padding_mask(lengths, source.shape[1]))

    def decode(self, memory: Memory, given: Tensor, state: Tensor) -> tuple[Tensor, Tensor | None, Tensor]:
        """Predict the word after each given one.

        Shapes: given ``(batch, T_q)``, state ``(batch, hidden)`` from before the first of them. Returns logits
        ``(batch, T_q, len(ENGLISH))``, weights ``(batch, T_q, T_k)`` or None, and the state after the last.
        """
        raise NotImplementedError

    def forward(self, source: Tensor, lengths: Tensor, given: Tensor) -> tuple[Tensor, Tensor | None]:
        """Predict each English word from the German and the right English words before it (teacher forcing).

        Shapes: as ``encode_pairs`` makes them. Returns logits ``(batch, T_q, len(ENGLISH))`` and weights
        ``(batch, T_q, T_k)``, or None without attention. Errors as in ``encode``.
        """
        memory = self.encode(source, lengths)
        logits, weights, _ = self.decode(memory, given, memory.last)
        return logits, weights

    @torch.no_grad()
    def greedy(self, source: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor | None]:
        """Write English word by word, always the likeliest, until every row has its ``<end>``.

        Shapes: as in ``encode``. Returns ids ``(batch, T_q)`` and weights ``(batch, T_q, T_k)`` or None; what
        follows a row's ``<end>`` is without meaning. Errors as in ``encode``.
        """
        memory = self.encode(source, lengths)
        state, word = memory.last, torch.full((len(source), 1), ENGLISH.START)
        words, rows = [], []
        ended = torch.zeros(len(source), 1, dtype=torch.bool)
        while len(words) < MAX_WORDS and not ended.all():
            logits, weights, state = self.decode(memory, word, state)
            word = logits[..., ENGLISH.END :].argmax(-1) + ENGLISH.END  # (batch, 1), never <pad> or <start>
            ended |= word == ENGLISH.END
            words.append(word)
            rows.append(weights)
        return torch.cat(words, dim=1), None if rows[0] is None else torch.cat(rows, dim=1)


class FixedContextTranslator(Translator):
    """The whole German word must fit into one vector, the encoder's last state, given to the decoder at every step.

    It enters as the decoder's first state, beside every input and beside every output. ``hidden`` is its width.
    With ``bidirectional`` half of it comes from a second reading, from right to left.

    Raises ValueError when a bidirectional encoder is to share out an odd width.

    Source: Cho et al. 2014, section 2.2 (arXiv:1406.1078).
    """

    def __init__(self, hidden: int = FIXED_SIZES[1], bidirectional: bool = False) -> None:
        if bidirectional and hidden % 2:
            raise ValueError(f"FixedContextTranslator: hidden is {hidden}, expected an even number for two directions.")
        embedding, _ = FIXED_SIZES
        super().__init__(embedding, hidden, decoder_inputs=embedding + hidden, bidirectional=bidirectional)

    def decode(self, memory: Memory, given: Tensor, state: Tensor) -> tuple[Tensor, None, Tensor]:
        """As in ``Translator``: the same context at every word, and no weights."""
        context = memory.last[:, None].expand(-1, given.shape[1], -1)  # (batch, T_q, hidden): the same at every word
        inputs = torch.cat([self.target_embedding(given), context], dim=-1)
        states, state = self.decoder(inputs, state[None])
        return self.output(torch.cat([states, context], dim=-1)), None, state[0]


class AttentionTranslator(Translator):
    """For each English word, ask the German morphemes afresh: queries from the decoder, keys from the encoder.

    ``values``: what is mixed, ``'embeddings'`` (each morpheme by itself) or ``'states'`` (each with what came before
    it). ``scoring``: ``'dot-product'``, or ``'additive'``, a small network on query plus key.

    Raises ValueError for any other choice.

    Source: Luong et al. 2015, section 3.1 (arXiv:1508.04025), with scores scaled as in Vaswani et al. 2017, equation 1
    (arXiv:1706.03762); additive scores as in Bahdanau et al. 2015, appendix A.1.2 (arXiv:1409.0473).
    """

    def __init__(self, values: str = "embeddings", scoring: str = "dot-product") -> None:
        if values not in VALUES:
            raise ValueError(f"AttentionTranslator: values is {values!r}, expected 'embeddings' or 'states'.")
        if scoring not in SCORINGS:
            raise ValueError(f"AttentionTranslator: scoring is {scoring!r}, expected 'dot-product' or 'additive'.")
        embedding, hidden = ATTENTION_SIZES
        super().__init__(embedding, hidden, decoder_inputs=embedding)
        self.values, self.scoring = values, scoring
        self.W_q = nn.Linear(hidden, hidden)
        self.W_k = nn.Linear(hidden, hidden)
        self.W_v = nn.Linear(embedding if values == "embeddings" else hidden, hidden)
        if scoring == "additive":
            self.v = nn.Linear(hidden, 1, bias=False)

    def decode(self, memory: Memory, given: Tensor, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As in ``Translator``: a context of its own for every word, and the weights that made it."""
        states, state = self.decoder(self.target_embedding(given), state[None])
        context, weights = self.attend(states, memory)
        return self.output(torch.cat([states, context], dim=-1)), weights, state[0]

    def attend(self, states: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """Cross-attention from decoder states ``(batch, T_q, hidden)`` to the source: context and weights."""
        query = self.W_q(states)  # (batch, T_q, hidden)
        key = self.W_k(memory.states)  # (batch, T_k, hidden)
        value = self.W_v(memory.embeddings if self.values == "embeddings" else memory.states)
        if self.scoring == "dot-product":
            return scaled_dot_product_attention(query, key, value, memory.mask)
        scores = self.v(torch.tanh(query[:, :, None] + key[:, None])).squeeze(-1)  # (batch, T_q, T_k)
        weights = softmax(scores, memory.mask)
        return weights @ value, weights  # (batch, T_q, hidden)


def translate(model: Translator, german: str) -> Translation:
    """Translate one German number word with a trained model.

    Raises TypeError or ValueError as ``split_german`` does when the word is not understood.
    """
    morphemes = split_german(german)
    ids, weights = model.greedy(*encode_german([morphemes]))
    english = ENGLISH.decode(ids[0])
    return Translation(morphemes, english, None if weights is None else weights[0, : len(english)])


def _require_source(source: object, lengths: object) -> None:
    for name, tensor in (("source", source), ("lengths", lengths)):
        if not isinstance(tensor, Tensor) or tensor.dtype != torch.long:
            kind = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
            raise TypeError(f"encode: {name} must be a tensor of whole numbers (torch.long), got {kind}.")
    if source.dim() != 2 or lengths.shape != source.shape[:1] or not source.numel():
        raise ValueError(
            f"encode: source has shape {tuple(source.shape)} and lengths {tuple(lengths.shape)}; "
            "expected (batch, T_k) and (batch,), neither empty."
        )
    if not 1 <= int(lengths.min()) <= int(lengths.max()) <= source.shape[1]:
        raise ValueError(f"encode: lengths must lie between 1 and T_k = {source.shape[1]}, got {lengths.tolist()}.")
    if not 0 <= int(source.min()) <= int(source.max()) < len(GERMAN):
        raise ValueError(
            f"encode: source holds {int(source.min())} to {int(source.max())}, expected 0 to {len(GERMAN) - 1}."
        )
