"""Spoken words: 24 English words in 16 synthetic voices, and clips in which one keyword stands among other words.

The recordings were made once, with espeak-ng (``course_utils.datasets.speech_synthesis``); ``data/README.md`` tells
how, and under which licence.
"""

from __future__ import annotations

import functools
import io
import itertools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.datasets.files import DataError, read_verified
from course_utils.datasets.mixing import mix, pink_noise

FILE = "spoken_words.npz"
RATE = 8000  # samples a second, as on the telephone: nothing above 4,000 hertz
KEYWORDS = (  # a label is an index into these
    *("yes", "no", "up", "down", "left", "right", "stop", "go"),
    *("apple", "basket", "bird", "cloud", "dance", "farm", "garden", "lemon"),
)
DISTRACTORS = ("music", "paper", "ship", "summer", "table", "water", "window", "yellow")
WORDS = (*KEYWORDS, *DISTRACTORS)
MALE_VOICES = (
    *("en-us+m1", "en-gb+m2", "en-gb-scotland+m3", "en-029+m4"),
    *("en-gb-x-rp+m5", "en-gb-x-gbclan+m6", "en-gb-x-gbcwmd+m7", "en-us-nyc+m8"),
)  # accent + variant, as espeak-ng calls them
FEMALE_VOICES = (
    *("en-gb+f1", "en-us+f2", "en-029+f3", "en-gb-scotland+f4"),
    *("en-gb-x-gbclan+f5", "en-gb-x-rp+Annie", "en-us-nyc+belinda", "en-gb-x-gbcwmd+steph"),
)
VOICES = (*MALE_VOICES, *FEMALE_VOICES)
TAKES = 2  # recordings of each word in each voice, of different pitch and speed
LEVEL = 0.05  # root mean square of every recording: noise ten decibels louder still stays within -1 to 1
LONGEST = 5000  # samples of a recording, at most
CLIP = 20_000  # samples of a clip: 2.5 seconds
SAID = 4  # words in a clip, the keyword among them
MU = 255.0


class Clips(NamedTuple):
    """Clips of ``SAID`` words each, in the order in which they are said. Places are samples, the end not included."""

    samples: Tensor  # (count, CLIP) float32
    labels: Tensor  # (count,): the keyword, an index into KEYWORDS
    intervals: Tensor  # (count, 2): start and end of the keyword
    words: Tensor  # (count, SAID): all that is said, as indices into WORDS
    voices: Tensor  # (count, SAID): who says it, as indices into VOICES
    places: Tensor  # (count, SAID, 2): start and end of each word

    def told(self, row: int) -> str:
        """What is said when in one clip: ``'"lemon" 0.10-0.52 s, "STOP" 0.77-1.10 s'``, the keyword in capitals."""
        parts = []
        for word, (start, end) in zip(self.words[row].tolist(), self.places[row].tolist()):
            name = WORDS[word].upper() if word < len(KEYWORDS) else WORDS[word]
            parts.append(f'"{name}" {start / RATE:.2f}-{end / RATE:.2f} s')
        return ", ".join(parts)


def encode_mu_law(samples: np.ndarray) -> np.ndarray:
    """Samples from -1 to 1 as one byte each: 128 is silence, and quiet sounds get finer steps than loud ones.

    The code is ``round(127 * sign(x) * log(1 + 255 * |x|) / log(256)) + 128``: the smooth law with mu = 255, not the
    straight pieces that telephones put in its place.

    Raises TypeError when the samples are no floating-point array, ValueError when one is not finite or lies outside
    -1 to 1.

    Source: ITU-T G.711 (1988), mu-law.
    """
    if not isinstance(samples, np.ndarray) or not np.issubdtype(samples.dtype, np.floating):
        raise TypeError(f"encode_mu_law: samples must be a floating-point array, got {_kind(samples)}.")
    if samples.size and not np.abs(samples).max() <= 1:  # also where it is not a number
        raise ValueError("encode_mu_law: samples must lie between -1 and 1.")
    pressed = np.sign(samples) * np.log1p(MU * np.abs(samples.astype(np.float64))) / np.log1p(MU)
    return (np.rint(127 * pressed) + 128).astype(np.uint8)


def decode_mu_law(codes: np.ndarray) -> np.ndarray:
    """The float32 samples of ``encode_mu_law``'s bytes, each wrong by at most 2.3 % of ``|x| + 1/255``.

    Raises TypeError when the codes are not bytes (uint8).
    """
    if not isinstance(codes, np.ndarray) or codes.dtype != np.uint8:
        raise TypeError(f"decode_mu_law: codes must be a uint8 array, got {_kind(codes)}.")
    pressed = (codes.astype(np.float64) - 128) / 127
    return (np.sign(pressed) * np.expm1(np.abs(pressed) * np.log1p(MU)) / MU).astype(np.float32)


def load_words(folder: Path | None = None) -> dict[tuple[str, str], tuple[Tensor, ...]]:
    """The recordings of each ``(word, voice)``: ``TAKES`` float32 tensors of at most ``LONGEST`` samples.

    They begin and end with the word and have the same loudness, ``LEVEL``.

    Raises DataError, with the remedy, when ``data/spoken_words.npz`` is missing or is not the published file.
    """
    with np.load(io.BytesIO(read_verified(FILE, folder)), allow_pickle=False) as stored:
        names = (tuple(stored["word_names"].tolist()), tuple(stored["voice_names"].tolist()))
        if names != (WORDS, VOICES):
            raise DataError(f"data/{FILE} holds other words or voices than course_utils.datasets.spoken_words names.")
        samples = torch.from_numpy(decode_mu_law(stored["codes"]))
        offsets, words, voices = (stored[name].tolist() for name in ("offsets", "words", "voices"))
    recordings: dict[tuple[str, str], tuple[Tensor, ...]] = {}
    for word, voice, start, end in zip(words, voices, offsets, offsets[1:]):
        key = (WORDS[word], VOICES[voice])
        recordings[key] = (*recordings.get(key, ()), samples[start:end])
    return recordings


def split_voices(seed: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Twelve voices to learn from and four unseen ones, two male and two female: ``(learned, unseen)``.

    Any 784 seeds in a row give 784 different choices.

    Raises TypeError when the seed is not a whole number, ValueError when it is negative.
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"split_voices: seed must be a whole number, got {type(seed).__name__}.")
    if seed < 0:
        raise ValueError(f"split_voices: seed is {seed}, expected 0 or more.")
    pairs = [list(itertools.combinations(voices, 2)) for voices in (MALE_VOICES, FEMALE_VOICES)]  # 28 of each
    choices = math.prod(map(len, pairs))
    number = 485 * int(seed) % choices  # 485 and 784 share no factor, so every choice has its turn
    unseen = {*pairs[0][number // len(pairs[1])], *pairs[1][number % len(pairs[1])]}
    return tuple(v for v in VOICES if v not in unseen), tuple(v for v in VOICES if v in unseen)


def draw_clips(
    count: int, generator: torch.Generator, voices: Sequence[str] = VOICES, snr_db: float | Tensor = 10.0
) -> Clips:
    """Draw clips of 2.5 seconds: one keyword and three different distractors, in any order, under pink noise.

    Each word is said by any of the ``voices`` in any of its takes, at a random time; words do not overlap. ``snr_db``
    (one number, or one for each clip) is the power of the speech while somebody speaks over that of the noise, in
    decibels. The same generator gives the same words, places and noise for every ``snr_db``: only its loudness differs.

    Raises TypeError when the count is no whole number or the generator no torch.Generator; ValueError when the count
    is below 1, there is no voice or an unknown one, or ``snr_db`` is not finite; DataError as ``load_words`` does.
    """
    _require_draw(count, generator, voices)
    recordings = _published()
    labels = torch.randint(len(KEYWORDS), (count,), generator=generator)
    others = len(KEYWORDS) + torch.rand(count, len(DISTRACTORS), generator=generator).argsort(-1)[:, : SAID - 1]
    order = torch.rand(count, SAID, generator=generator).argsort(-1)
    words = torch.cat([labels[:, None], others], -1).gather(-1, order)  # (count, SAID)
    numbers = torch.tensor([VOICES.index(voice) for voice in voices])
    spoken_by = numbers[torch.randint(len(voices), (count, SAID), generator=generator)]
    takes = torch.randint(TAKES, (count, SAID), generator=generator)
    said = [
        recordings[WORDS[word], VOICES[voice]][take]
        for word, voice, take in zip(words.flatten().tolist(), spoken_by.flatten().tolist(), takes.flatten().tolist())
    ]
    lengths = torch.tensor([len(recording) for recording in said]).view(count, SAID)
    silent = CLIP - lengths.sum(-1, keepdim=True)
    before = (torch.rand(count, SAID, generator=generator).sort(-1).values * (silent + 1)).long()  # silence before each
    starts = before + lengths.cumsum(-1) - lengths
    places = torch.stack([starts, starts + lengths], -1)  # (count, SAID, 2)
    speech = torch.zeros(count, CLIP)
    speaking = torch.zeros(count, CLIP, dtype=torch.bool)
    for i, ((start, end), recording) in enumerate(zip(places.flatten(0, 1).tolist(), said)):
        speech[i // SAID, start:end] = recording
        speaking[i // SAID, start:end] = True
    samples = mix(speech, pink_noise(count, CLIP, RATE, generator), snr_db, speaking)
    keyword = (order == 0).long().argmax(-1)
    return Clips(samples, labels, places[torch.arange(count), keyword], words, spoken_by, places)


@functools.lru_cache(maxsize=1)
def _published() -> dict[tuple[str, str], tuple[Tensor, ...]]:
    return load_words()


def _require_draw(count: object, generator: object, voices: Sequence[str]) -> None:
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"draw_clips: count must be a whole number, got {type(count).__name__}.")
    if count < 1:
        raise ValueError(f"draw_clips: count is {count}, expected at least 1.")
    if not isinstance(generator, torch.Generator):
        raise TypeError(f"draw_clips: generator must be a torch.Generator, got {type(generator).__name__}.")
    if isinstance(voices, str) or not voices:
        raise ValueError(f"draw_clips: voices is {voices!r}, expected a list with at least one of {', '.join(VOICES)}.")
    unknown = [voice for voice in voices if voice not in VOICES]
    if unknown:
        raise ValueError(f"draw_clips: there is no voice {unknown[0]!r}; the voices are {', '.join(VOICES)}.")


def _kind(thing: object) -> str:
    return f"an array of {thing.dtype}" if isinstance(thing, np.ndarray) else type(thing).__name__
