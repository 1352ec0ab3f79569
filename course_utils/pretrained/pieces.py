"""Sentences, the pieces that the model cuts them into, and the words these belong to."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from torch import Tensor


def require_sentence(sentence: object) -> None:
    """Raise ValueError when the sentence is no text or there is nothing in it."""
    if not isinstance(sentence, str):
        raise ValueError(f"sentence must be a text, got {type(sentence).__name__}.")
    if not sentence.strip():
        raise ValueError("sentence is empty, expected an English one.")
    try:
        sentence.encode()
    except UnicodeEncodeError:  # half of a sign, which the tokenizer takes for no text
        raise ValueError(f"sentence is {sentence!r}, which holds a broken sign; expected an English one.") from None


def words_of(pieces: Sequence[str]) -> list[tuple[str, list[int]]]:
    """Each word and the positions of its pieces: a piece that begins with ``##`` continues the word before it.

    The first piece, ``[CLS]``, and the last, ``[SEP]``, belong to no word. Marks are words of their own.
    """
    words: list[tuple[str, list[int]]] = []
    for place, piece in enumerate(pieces[1:-1], start=1):
        if piece.startswith("##") and words:
            word, places = words[-1]
            words[-1] = (word + piece[2:], [*places, place])
        else:
            words.append((piece, [place]))
    return words


def find_word(pieces: Sequence[str], word: str) -> list[int]:
    """Positions of the word's pieces; capitals and accents do not count, as for the model.

    Raises ValueError when it is no text or does not stand there exactly once.
    """
    if not isinstance(word, str):
        raise ValueError(f"word must be a text, got {type(word).__name__}.")
    plain = "".join(
        sign for sign in unicodedata.normalize("NFD", word.strip().lower()) if not unicodedata.combining(sign)
    )
    words = words_of(pieces)
    found = [places for other, places in words if other == plain]
    if len(found) != 1:
        there = " ".join(other for other, _ in words)
        raise ValueError(
            f"word {word!r} stands {len(found)} times among the words of the sentence, expected once: {there}"
        )
    return found[0]


def between(weights: Tensor, pieces: Sequence[str], word: str, other: str) -> Tensor:
    """The weight that a word gives another one: the mean over its pieces of the sum over the other's.

    Shapes: weights ``(layers, heads, T, T)`` of the ``T`` pieces; the result is ``(layers, heads)``.

    Raises ValueError as ``find_word`` does, for each of the two.
    """
    places, others = find_word(pieces, word), find_word(pieces, other)
    return weights[:, :, places][..., others].sum(-1).mean(-1)
