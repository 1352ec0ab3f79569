"""What the model answered when the course was made, for computers that do not have it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Container, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np
import torch
from torch import Tensor

from course_utils.datasets import natural_senses
from course_utils.datasets.ambiguous_words import CUES
from course_utils.datasets.archive import npz_bytes
from course_utils.datasets.files import DataError, read_verified
from course_utils.pretrained.files import INSTALL, MODEL, PretrainedError
from course_utils.pretrained.minilm import NUM_HEADS, NUM_LAYERS, MiniLM
from course_utils.pretrained.pieces import between, find_word, require_sentence

FILE = "minilm_recorded.npz"
REMAKE = "'python -m course_utils.pretrained record'"
SENSE, SHOWN, SHORTENED = "sense", "shown", "shortened"


class NotRecorded(PretrainedError):
    """Only the model itself can answer; the message says what is recorded and what to install."""


class Line(NamedTuple):
    """A sentence to record, and what of it besides its pieces.

    ``SENSE``: the states of ``word`` and the weights from it to ``cue``. ``SHOWN``: the vector, all weights, and the
    states of ``word`` where there is an ambiguous one. ``SHORTENED``, a shown sentence without one word: the vector.
    """

    kind: str
    text: str
    word: str = ""
    cue: str = ""


class Recording:
    """Answers as ``MiniLM`` does, rounded to half precision, for the sentences of ``datasets.natural_senses``.

    Of each of the 120: ``pieces``, ``word_states`` of the ambiguous word, ``weights_between`` it and the cue. Of each
    in ``SHOWN``: ``pieces``, ``vector``, ``weights``, ``weights_between`` any two words, ``word_states`` of the
    ambiguous word if there is one; and the ``vector`` of what remains when any one word is left out.

    Every answer raises ValueError as ``MiniLM`` does, and NotRecorded for all else.
    """

    live = False
    shown = "shown: recorded"
    source = f"Recorded answers of {MODEL}; the model itself is not used. To ask it: {INSTALL}."

    def __init__(self, folder: Path | None = None) -> None:
        """Raises DataError, with the remedy, when a file is missing or damaged, or the sentences have changed since."""
        lines = lines_to_record()
        with np.load(io.BytesIO(read_verified(FILE, folder)), allow_pickle=False) as stored:
            if stored["sentences"].tobytes() != _digest(lines):
                raise DataError(f"data/{FILE} was made from other sentences; {REMAKE} makes it anew.")
            self._cuts = {line.split()[0]: line.split()[1:] for line in stored["cuts"].tobytes().decode().splitlines()}
            rows = torch.from_numpy(stored["embedded_rows"].astype(np.int64))
            embedded, later, to_cue, vectors, weights = (
                torch.from_numpy(stored[name].astype(np.float32))
                for name in ("embedded", "states", "weights_to_cue", "vectors", "weights")
            )
        states = torch.cat([embedded[rows][:, None], later], dim=1)  # (words, 7, 384)
        self._lines = {line.text: line for line in lines}
        self._states = dict(zip([line.text for line in lines if line.word], states))
        self._to_cue = dict(zip([line.text for line in lines if line.kind == SENSE], to_cue))
        self._vectors = dict(zip([line.text for line in lines if line.kind != SENSE], vectors))
        shown = [line.text for line in lines if line.kind == SHOWN]
        shapes = [(NUM_LAYERS, NUM_HEADS, T, T) for T in (len(self.pieces(text)) for text in shown)]
        parts = weights.split([torch.Size(shape).numel() for shape in shapes])
        self._weights = {text: part.view(shape) for text, part, shape in zip(shown, parts, shapes)}

    def pieces(self, sentence: str) -> tuple[str, ...]:
        """The pieces that the model sees, ``T`` of them."""
        text = _plain(sentence)
        if text not in self._lines:
            self._refuse("nothing is recorded", sentence, self._lines)
        inner = [piece for word in text.split() for piece in self._cuts.get(word, [word])]
        return ("[CLS]", *inner, "[SEP]")

    def vector(self, sentence: str) -> Tensor:
        """The sentence's vector, ``(384,)``, of length 1."""
        text = _plain(sentence)
        if text not in self._vectors:
            self._refuse("no vector is recorded", sentence, self._weights)
        return self._vectors[text].clone()

    def weights(self, sentence: str) -> Tensor:
        """The attention weights of all layers and heads, ``(6, 12, T, T)``."""
        text = _plain(sentence)
        if text not in self._weights:
            self._refuse("not all weights are recorded", sentence, self._weights)
        return self._weights[text].clone()

    def word_states(self, sentence: str, word: str) -> Tensor:
        """The states of one word, ``(7, 384)``: at the embedding and after each layer, the mean over its pieces."""
        text, pieces = _plain(sentence), self.pieces(sentence)
        places = find_word(pieces, word)
        if text not in self._states or places != find_word(pieces, self._lines[text].word):
            self._refuse(f"no states of {word!r} are recorded", sentence, self._states)
        return self._states[text].clone()

    def weights_between(self, sentence: str, word: str, other: str) -> Tensor:
        """The weight that one word gives another, ``(6, 12)``: mean over the one's pieces, sum over the other's."""
        text, pieces = _plain(sentence), self.pieces(sentence)
        if text in self._weights:
            return between(self._weights[text], pieces, word, other)
        asked = find_word(pieces, word), find_word(pieces, other)
        line = self._lines[text]
        if text not in self._to_cue or asked != (find_word(pieces, line.word), find_word(pieces, line.cue)):
            self._refuse(f"no weights from {word!r} to {other!r} are recorded", sentence, self._weights)
        return self._to_cue[text].clone()

    @property
    def encoder(self) -> NoReturn:
        """Raises NotRecorded: a network cannot be recorded."""
        raise NotRecorded(f"A recording has no encoder; only the model itself has one: {INSTALL}.")

    def tokens(self, sentences: Sequence[str]) -> NoReturn:
        """Raises NotRecorded: they are for the encoder."""
        raise NotRecorded(f"A recording has no tokens, for it has no encoder; the model itself has both: {INSTALL}.")

    def _refuse(self, what: str, sentence: str, known: Container[str]) -> NoReturn:
        some = "; ".join([text for text in natural_senses.SHOWN if text in known])
        raise NotRecorded(
            f"There is no model here, and {what} of {sentence!r}. Ask for one of these: {some}. "
            f"The model itself takes any sentence: {INSTALL}."
        )


def record(model: MiniLM) -> bytes:
    """The content of ``data/minilm_recorded.npz``, from the model itself.

    The states at the embedding depend on word and position alone, so equal ones are kept once.
    """
    lines = lines_to_record()
    with_word = [line for line in lines if line.word]
    states = _half([model.word_states(line.text, line.word) for line in with_word])  # (words, 7, 384)
    embedded, rows = np.unique(states[:, 0], axis=0, return_inverse=True)
    senses = [line for line in lines if line.kind == SENSE]
    shown = [line.text for line in lines if line.kind == SHOWN]
    arrays = {
        "sentences": np.frombuffer(_digest(lines), np.uint8),
        "cuts": np.frombuffer(_cuts(model, lines).encode(), np.uint8),
        "embedded": embedded,  # (different ones, 384)
        "embedded_rows": rows.reshape(-1).astype(np.uint16),  # (words,): which of them
        "states": states[:, 1:],  # (words, 6, 384)
        "weights_to_cue": _half([model.weights_between(line.text, line.word, line.cue) for line in senses]),
        "vectors": _half([model.vector(line.text) for line in lines if line.kind != SENSE]),
        "weights": _half([torch.cat([model.weights(text).flatten() for text in shown])])[0],  # one after the other
    }
    return npz_bytes(arrays)


def lines_to_record() -> list[Line]:
    """The 120 sentences of ``natural_senses``, those in ``SHOWN``, and these without each one of their words.

    Each text stands there once, as the first that it is. Raises DataError as ``natural_senses.load`` does.
    """
    lines = [Line(SENSE, sentence.text, sentence.word, sentence.cue) for sentence in natural_senses.load()]
    for text in natural_senses.SHOWN:
        lines.append(Line(SHOWN, text, next((word for word in text.split() if word in CUES), "")))
    lines += [Line(SHORTENED, text) for whole in natural_senses.SHOWN for text in without_each_word(whole)]
    once: dict[str, Line] = {}
    for line in lines:
        once.setdefault(line.text, line)
    return list(once.values())


def without_each_word(text: str) -> list[str]:
    """The sentence without its first word, without its second, and so on."""
    words = text.split()
    return [" ".join(words[:place] + words[place + 1 :]) for place in range(len(words))]


def _cuts(model: MiniLM, lines: Sequence[Line]) -> str:
    """A line for each word that the model cuts: the word and its pieces."""
    words = sorted({word for line in lines for word in line.text.split()})
    cuts = {word: model.pieces(word)[1:-1] for word in words}
    return "\n".join(" ".join([word, *pieces]) for word, pieces in cuts.items() if pieces != (word,))


def _digest(lines: Sequence[Line]) -> bytes:
    return hashlib.sha256("\n".join(map("\t".join, lines)).encode()).digest()


def _half(tensors: Sequence[Tensor]) -> np.ndarray:
    return torch.stack(list(tensors)).numpy().astype(np.float16)


def _plain(sentence: str) -> str:
    """The sentence as it was recorded: capitals and further blanks make no difference to the model."""
    require_sentence(sentence)
    return " ".join(sentence.lower().split())
