"""The 120 sentences of ``natural_senses`` as all-MiniLM-L6-v2 reads them, and how their senses are told (lesson 10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils import pretrained
from course_utils.datasets import natural_senses
from course_utils.datasets.ambiguous_words import SENSES
from course_utils.models.sentence_encoder import Encoded
from course_utils.pretrained import MiniLM, PretrainedError
from course_utils.pretrained.pieces import words_of
from course_utils.reproducibility import generator


class Places(NamedTuple):
    """What stands where in a batch of sentences: boolean, ``(N, T)`` each."""

    real: Tensor  # no padding
    parked: Tensor  # [CLS] and [SEP]
    word: Tensor  # the ambiguous word
    cue: Tensor  # its cue
    other: Tensor  # every other word


class Sentence(NamedTuple):
    """Of one of the sentences: its words, and at which positions the pieces of each stand."""

    words: tuple[str, ...]
    pieces: tuple[list[int], ...]
    word: int  # which of the words
    cue: int


@cache
def model() -> MiniLM:
    """The model itself. Raises PretrainedError, with the remedy, when only its recorded answers are here."""
    found = pretrained.load()
    if not found.live:
        raise PretrainedError(f"This experiment asks more than was recorded. {found.source}")
    return found


@cache
def sentences() -> tuple[Sentence, ...]:
    """The 120 sentences as the model cuts them."""
    read = []
    for sentence in natural_senses.load():
        words, pieces = zip(*words_of(model().pieces(sentence.text)))
        read.append(Sentence(words, pieces, sentence.place, sentence.cue_place))
    return tuple(read)


@cache
def labels() -> Tensor:
    """Word and sense of each sentence, an index into ``SENSES``, ``(N,)``: a word's two are 0 and 1, 2 and 3, …"""
    return torch.tensor([SENSES.index((sentence.word, sentence.sense)) for sentence in natural_senses.load()])


@cache
def batch() -> tuple[Tensor, Tensor]:
    """Tokens and mask of all sentences."""
    return model().tokens([sentence.text for sentence in natural_senses.load()])


@cache
def places() -> Places:
    """What stands where in ``batch``."""
    _, real = batch()
    word, cue, other = (torch.zeros_like(real) for _ in range(3))
    for row, sentence in enumerate(sentences()):
        for number, pieces in enumerate(sentence.pieces):
            (word if number == sentence.word else cue if number == sentence.cue else other)[row, pieces] = True
    return Places(real, real & ~(word | cue | other), word, cue, other)


def encode(
    barred: Tensor | None = None, attend: Callable | None = None, layers: Iterable[int] | None = None
) -> Encoded:
    """All sentences read, with some keys barred or another attention in some layers (None: in all)."""
    encoder = model().encoder
    with nullcontext() if attend is None else encoder.attending(attend, layers):
        return encoder(*batch(), barred)


@cache
def original() -> Encoded:
    """All sentences read as they are."""
    return encode()


def encode_from(layer: int, attend: Callable) -> Encoded:
    """All sentences read with another attention in one layer, from 0; what lies below it is not read again."""
    _, mask = batch()
    states, weights = original().states[: layer + 1], original().weights[:layer]
    with model().encoder.attending(attend, [layer]):
        for block in model().encoder.blocks[layer:]:
            state, of_layer = block(states[-1], mask[:, None, :])
            states, weights = [*states, state], [*weights, of_layer]
    return Encoded(F.normalize(mean_at(states[-1], mask), dim=-1), states, weights)


def states_of(encoded: Encoded, at: Tensor | None = None) -> Tensor:
    """The mean state at some places, by default the ambiguous word's: ``(layers + 1, N, d_model)``."""
    at = places().word if at is None else at
    shares = at / at.sum(-1, keepdim=True)  # (N, T)
    return torch.einsum("nt,lntd->lnd", shares, torch.stack(encoded.states))


@cache
def word_states() -> Tensor:
    """The ambiguous word's states in the sentences as they are, ``(layers + 1, N, d_model)``."""
    return states_of(original())


def distances(first: Tensor, second: Tensor) -> Tensor:
    """1 minus the cosine, row by row."""
    return 1 - F.cosine_similarity(first, second, dim=-1)


def cosines_between(first: Tensor, second: Tensor) -> Tensor:
    """The cosine of every row with every row: ``(N, d)`` and ``(M, d)`` to ``(N, M)``."""
    return F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T


def mean_at(vectors: Tensor, at: Tensor) -> Tensor:
    """Mean of vectors ``(N, T, d)`` at places ``(N, T)``: ``(N, d)``."""
    return (vectors * at[..., None]).sum(1) / at.sum(-1, keepdim=True)


def barred_between(queries: Tensor, keys: Tensor) -> Tensor:
    """Which query may not see which key, ``(N, T, T)``, of two times ``(N, T)``."""
    return queries[:, :, None] & keys[:, None, :]


def neighbours(states: Tensor, among: Tensor | None = None) -> Tensor:
    """Which other sentence with the same word has the nearest state by cosine: ``(N,)`` for states ``(N, d)``.

    ``among`` are the states to look among, by default the same ones; a sentence is never its own neighbour.
    """
    cosines = cosines_between(states, states if among is None else among)
    same_word = labels()[:, None] // 2 == labels() // 2
    return cosines.masked_fill(~same_word, -2).fill_diagonal_(-2).argmax(-1)


def right_neighbours(states: Tensor, among: Tensor | None = None) -> Tensor:
    """Where the nearest sentence has the same word in the same sense: boolean, ``(N,)``."""
    return labels()[neighbours(states, among)] == labels()


def neighbour_accuracy(states: Tensor, among: Tensor | None = None) -> float:
    """In how many sentences the nearest other one has the same word in the same sense; a guess gets about a half."""
    return share(right_neighbours(states, among))


def margins(states: Tensor, among: Tensor | None = None) -> Tensor:
    """How much nearer each sentence is to those of its own sense than to those of the other, in mean cosine, ``(N,)``.

    A sentence is not compared with itself.
    """
    cosines = cosines_between(states, states if among is None else among)
    same = (labels()[:, None] == labels()).fill_diagonal_(False)
    other = labels()[:, None] == labels() ^ 1
    return (cosines * same).sum(-1) / same.sum(-1) - (cosines * other).sum(-1) / other.sum(-1)


def halves(seed: int) -> tuple[Tensor, Tensor]:
    """Two halves of the sentences, five of each sense in each: boolean, ``(N,)``."""
    source = generator(seed)
    chosen = torch.zeros(len(labels()), dtype=torch.bool)
    for label in labels().unique():
        here = (labels() == label).nonzero()[:, 0]
        chosen[here[torch.randperm(len(here), generator=source)[: len(here) // 2]]] = True
    return chosen, ~chosen


def other_word(seed: int, second: bool = False) -> Tensor:
    """One word of each sentence at random, neither the ambiguous one nor its cue; or a second: boolean ``(N, T)``."""
    source = generator(3_000_000 + seed)
    chosen = torch.zeros_like(places().real)
    for row, sentence in enumerate(sentences()):
        free = [number for number in range(len(sentence.words)) if number not in (sentence.word, sentence.cue)]
        drawn = torch.randperm(len(free), generator=source)[:2].tolist()
        chosen[row, sentence.pieces[free[drawn[int(second)]]]] = True
    return chosen


def masses(at: Tensor) -> Tensor:
    """The weight that the ambiguous word gives to some places, ``(layers, heads, N)`` for places ``(N, T)``."""
    weights = torch.stack(original().weights)  # (layers, N, heads, T, T)
    return torch.einsum("nq,lnhqk,nk->lhn", places().word.float(), weights, at.float())


def chosen_head(scores: Tensor, among: Tensor) -> tuple[int, int]:
    """Layer and head, from 0, of the greatest mean over ``among``: scores ``(layers, heads, N)``, among ``(N,)``."""
    best = int(scores[..., among].mean(-1).flatten().argmax())
    return divmod(best, scores.shape[1])


def rarity(row: int) -> list[int]:
    """For each word of a sentence the number of its rarest piece: the vocabulary is sorted by frequency, roughly."""
    tokens = batch()[0][row]
    return [int(tokens[pieces].max()) for pieces in sentences()[row].pieces]


def rarest_other_word() -> Tensor:
    """Of each sentence the rarest word that is neither the ambiguous one nor its cue: boolean ``(N, T)``."""
    chosen = torch.zeros_like(places().real)
    for row, sentence in enumerate(sentences()):
        numbers = rarity(row)
        free = [number for number in range(len(sentence.words)) if number not in (sentence.word, sentence.cue)]
        chosen[row, sentence.pieces[max(free, key=numbers.__getitem__)]] = True
    return chosen


def share(right: Tensor) -> float:
    """The share of True."""
    return right.double().mean().item()
