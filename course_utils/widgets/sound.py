"""Something to move in the lesson on sounds: a clip, the noise in it, and which moments a reader listens to."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

import ipywidgets
import matplotlib
import numpy as np
from torch import Tensor

from course_utils.datasets.spoken_words import CLIP, KEYWORDS, RATE, WORDS, Clips, draw_clips
from course_utils.features.spectrogram import frame_and_hop
from course_utils.models.keyword import Hearing
from course_utils.plotting import svg
from course_utils.plotting.figures import COLOURS
from course_utils.plotting.player import player
from course_utils.reproducibility import generator
from course_utils.widgets.explorer import Explorer

CLIPS = 40  # to choose from
START_SNR_DB = 10  # decibels: at this level the maps were measured
QUIETEST, LOUDEST = -35.0, 20.0  # decibels of a mel band: the ends of the colours, alike for every clip
LEFT, WIDTH = 58, 560  # pixels: room for the axes' names, and the 2.5 seconds
TOP, SOUND, GAP, BARS = 24, 128, 14, 80  # room for the words, the spectrogram, a gap, a bar of weight 1

Read = Callable[[Tensor], Hearing]


def sound_picture(
    clip: int, snr_db: float, pooling: str, readers: Mapping[str, Read], voices: Sequence[str]
) -> tuple[str, str]:
    """One clip as a spectrogram, below it the weight of every moment, and a player: ``(SVG and player, words)``.

    ``clip`` is the seed by which ``draw_clips`` draws it, of these ``voices``; ``snr_db`` is how far the speech is
    above the noise, in decibels; ``pooling`` is the name of a reader. With another ``snr_db`` the words stay the same.

    Raises ValueError when there is no reader of that name or its weights are not one for each of its times, and as
    ``draw_clips`` does.
    """
    if pooling not in readers:
        raise ValueError(f"sound_picture: there is no reader {pooling!r}; there are {', '.join(map(repr, readers))}.")
    clips = draw_clips(1, generator(clip), voices, float(snr_db))
    hearing = readers[pooling](clips.samples[0])
    if hearing.weights.dim() != 1 or hearing.weights.shape != hearing.times.shape:
        raise ValueError(
            f"sound_picture: the reader {pooling!r} gives weights of shape {tuple(hearing.weights.shape)} and times of "
            f"shape {tuple(hearing.times.shape)}, expected (T,) for both."
        )
    said = ", ".join(f'"{WORDS[word]}"' for word in clips.words[0].tolist())
    sound = player(clips.samples[0], RATE, f"Clip {clip}: {said}; {_noise(snr_db)}.")
    return _picture(clips, hearing, pooling) + sound, _words(clips, hearing, clip, snr_db, pooling)


def sound_explorer(readers: Mapping[str, Read], voices: Sequence[str]) -> Explorer:
    """Sliders for the clip and the noise, a choice between readers by their pooling. Arguments as ``sound_picture``.

    Raises ValueError when there is no reader, and as ``sound_picture`` does.
    """
    if not readers:
        raise ValueError("sound_explorer: readers is empty, expected at least one, by the name of its pooling.")
    controls = {
        "clip": ipywidgets.IntSlider(value=1, min=1, max=CLIPS, description="clip"),
        "snr_db": ipywidgets.IntSlider(value=START_SNR_DB, min=-10, max=30, description="speech above noise, dB"),
        "pooling": ipywidgets.Dropdown(options=tuple(readers), description="pooling"),
    }
    return Explorer(
        "What a reader listens to", functools.partial(sound_picture, readers=readers, voices=voices), controls
    )


def _words(clips: Clips, hearing: Hearing, clip: int, snr_db: float, pooling: str) -> str:
    """What the picture shows and the player plays, for those who do not see or hear it."""
    keyword = KEYWORDS[clips.labels[0]]
    start, end = (clips.intervals[0] / RATE).tolist()
    on_keyword = ((hearing.times >= start) & (hearing.times < end)).to(hearing.weights)
    verdict = "correct" if hearing.keyword == keyword else f'mistaken, it was "{keyword}"'
    peak = int(hearing.weights.argmax())
    heard = f'"{hearing.keyword}", probability {hearing.probabilities.max():.2f} ({verdict})'
    return (
        f"Clip {clip}, {_noise(snr_db)}. Said: {clips.told(0)}. With {pooling} pooling heard: {heard}. "
        f"{float(hearing.weights @ on_keyword):.2f} of the weight lies on the keyword, which takes "
        f"{(end - start) * RATE / CLIP:.2f} of the time; the largest weight, {hearing.weights[peak]:.2f}, "
        f"at {hearing.times[peak]:.2f} s."
    )


def _noise(snr_db: float) -> str:
    if snr_db == 0:
        return "speech as loud as the noise"
    return f"speech {abs(snr_db):g} dB {'above' if snr_db > 0 else 'below'} the noise"


def _picture(clips: Clips, hearing: Hearing, pooling: str) -> str:
    bottom = TOP + SOUND + GAP + BARS
    length, hop = frame_and_hop(RATE)
    left, right = _place((length - hop) / 2), _place((length - hop) / 2 + hop * len(hearing.log_mel))
    elements = [
        svg.image(left, TOP, right - left, SOUND, _pixels(hearing.log_mel)),
        svg.text(LEFT - 8, TOP + 12, "high", anchor="end", size=12),
        svg.text(LEFT - 8, TOP + SOUND, "low", anchor="end", size=12),
        svg.text(LEFT - 8, bottom - BARS + 10, "weight 1", anchor="end", size=12),
        svg.text(LEFT - 8, bottom, "0", anchor="end", size=12),
        svg.line(LEFT, bottom, LEFT + WIDTH, bottom),
        svg.text(LEFT + WIDTH / 2, bottom + 34, "time in seconds", anchor="middle", size=12),
    ]
    moment = WIDTH / len(hearing.weights)  # pixels
    for time, weight in zip(hearing.times.tolist(), hearing.weights.tolist()):
        x, height = _place(time * RATE) - moment / 2, BARS * weight
        elements.append(svg.rectangle(x, bottom - height, moment, height, fill=COLOURS[0], opacity=0.85))
    for word, (start, end) in zip(clips.words[0].tolist(), clips.places[0].tolist()):
        keyword = word < len(KEYWORDS)
        name = WORDS[word].upper() if keyword else WORDS[word]
        elements.append(svg.text(_place((start + end) / 2), TOP - 8, name, anchor="middle", size=12, bold=keyword))
    for sample in clips.intervals[0].tolist():
        x = _place(sample)
        elements.append(svg.line(x, TOP - 4, x, bottom, opacity=1.0, colour=COLOURS[1], width=2))
    for half_second in range(6):
        x = _place(half_second * RATE / 2)
        elements += [
            svg.line(x, bottom, x, bottom + 4),
            svg.text(x, bottom + 18, f"{half_second / 2:g}", anchor="middle", size=11),
        ]
    label = f"Spectrogram of the clip, and below it the weight of each moment with {pooling} pooling"
    return svg.document(LEFT + WIDTH + 12, bottom + 42, label, elements)


def _place(sample: float) -> float:
    """Where a moment stands, from the left."""
    return LEFT + WIDTH * sample / CLIP


def _pixels(log_mel: Tensor) -> np.ndarray:
    """Low bands below, colours from ``QUIETEST`` to ``LOUDEST``: ``(mels, frames, 3)``."""
    share = (log_mel.numpy().T[::-1] - QUIETEST) / (LOUDEST - QUIETEST)  # (mels, frames)
    return matplotlib.colormaps["cividis"](share.clip(0, 1), bytes=True)[:, :, :3]
