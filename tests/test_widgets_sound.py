"""A clip, its noise, and where a reader listens: what is drawn, said and played follows the controls."""

from __future__ import annotations

import base64
import io
import re
import time
import wave
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.datasets.spoken_words import KEYWORDS, RATE, VOICES, WORDS, draw_clips
from course_utils.features.spectrogram import log_mel
from course_utils.models.keyword import Hearing, KeywordReader, moment_times, read
from course_utils.reproducibility import generator, set_seed
from course_utils.widgets.sound import BARS, LEFT, WIDTH, sound_explorer, sound_picture

MOMENT = 20  # where the canned reader listens


def hearing(samples, weights, keyword="stop"):
    frames = log_mel(samples, RATE)
    probabilities = torch.full((len(KEYWORDS),), 0.02)
    probabilities[KEYWORDS.index(keyword)] = 0.86
    return Hearing(probabilities, weights, moment_times(len(frames)), frames)


def one_moment(samples):
    """Hears *stop*, whatever is said: three quarters at one moment, a quarter at the last."""
    weights = torch.zeros(len(moment_times(248)))
    weights[MOMENT], weights[-1] = 0.75, 0.25
    return hearing(samples, weights)


def everywhere(samples):
    """The same weight everywhere, and what was said, by chance *yes*."""
    count = len(moment_times(248))
    return hearing(samples, torch.full((count,), 1 / count), "yes")


READERS = {"attention": one_moment, "mean": everywhere}


def parts(html):
    """The SVG, and what follows it."""
    end = html.index("</svg>") + len("</svg>")
    return ElementTree.fromstring(html[:end]), html[end:]


def elements(drawing, kind):
    return [node.attrib for node in drawing.iter() if node.tag.endswith(f"}}{kind}")]


def clip_with(keyword, start=1):
    return next(i for i in range(start, 200) if KEYWORDS[draw_clips(1, generator(i)).labels[0]] == keyword)


def test_the_words_say_what_is_said_heard_and_listened_to():
    number = clip_with("stop")
    clips = draw_clips(1, generator(number))
    _, words = sound_picture(number, 10, "attention", READERS, VOICES)
    start, end = (clips.intervals[0] / RATE).tolist()
    times = moment_times(248)
    mass = 0.75 * (start <= times[MOMENT] < end) + 0.25 * (start <= times[-1] < end)
    assert words == (
        f"Clip {number}, speech 10 dB above the noise. Said: {clips.told(0)}. With attention pooling heard: "
        f'"stop", probability 0.86 (correct). {mass:.2f} of the weight lies on the keyword, which takes '
        f"{(end - start) / 2.5:.2f} of the time; the largest weight, 0.75, at {times[MOMENT]:.2f} s."
    )
    _, mistaken = sound_picture(clip_with("right"), 10, "attention", READERS, VOICES)
    assert '(mistaken, it was "right")' in mistaken


def test_equal_weights_lie_on_the_keyword_for_as_long_as_it_takes():
    for number in (1, 2, 3):
        _, words = sound_picture(number, 0, "mean", READERS, VOICES)
        mass, share = (
            float(number) for number in re.search(r"(0\.\d\d) of the weight.*takes (0\.\d\d)", words).groups()
        )
        assert mass == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize(
    "snr_db, says", [(-10, "speech 10 dB below the noise"), (0, "speech as loud as the noise"), (7, "7 dB above")]
)
def test_the_noise_is_told_and_changes_the_sound_but_not_the_words(snr_db, says):
    html, words = sound_picture(3, snr_db, "mean", READERS, VOICES)
    assert says in words
    other, same = sound_picture(3, 25, "mean", READERS, VOICES)
    told = re.search(r"Said: .*? s\. ", words).group()
    assert told in same and parts(html)[1] != parts(other)[1]


def test_bars_are_as_high_as_the_weights_and_stand_at_their_times():
    drawing, _ = parts(sound_picture(1, 10, "attention", READERS, VOICES)[0])
    bars = elements(drawing, "rect")
    times = moment_times(248)
    assert [float(bar["height"]) for bar in bars] == pytest.approx(
        [0.75 * BARS if i == MOMENT else 0.25 * BARS if i == len(times) - 1 else 0 for i in range(len(times))], abs=0.1
    )
    middles = [float(bar["x"]) + float(bar["width"]) / 2 for bar in bars]
    assert middles == pytest.approx([LEFT + WIDTH * time / 2.5 for time in times.tolist()], abs=0.2)


def test_the_true_interval_is_marked_across_both_pictures_and_every_word_named():
    clips = draw_clips(1, generator(4))
    drawing, _ = parts(sound_picture(4, 10, "mean", READERS, VOICES)[0])
    marks = [line for line in elements(drawing, "line") if float(line["stroke-width"]) == 2]
    assert [float(mark["x1"]) for mark in marks] == pytest.approx(
        [LEFT + WIDTH * sample / 20_000 for sample in clips.intervals[0].tolist()], abs=0.1
    )
    (picture,) = elements(drawing, "image")
    for mark in marks:
        assert mark["x1"] == mark["x2"] and float(mark["y1"]) < float(picture["y"])
        assert float(mark["y2"]) > float(picture["y"]) + float(picture["height"])
    texts = {node.text: node.attrib for node in drawing.iter() if node.tag.endswith("text")}
    for word, place in zip(clips.words[0].tolist(), clips.places[0].tolist()):
        name = WORDS[word].upper() if word < len(KEYWORDS) else WORDS[word]
        assert float(texts[name]["x"]) == pytest.approx(LEFT + WIDTH * sum(place) / 2 / 20_000, abs=0.1)
        assert ("font-weight" in texts[name]) == (word < len(KEYWORDS))


def test_the_spectrogram_stands_on_the_same_time_axis_with_low_bands_below():
    """A high tone in the middle of a clip: its bright pixels lie in the upper half, at its time."""

    def beep(samples):
        tone = torch.zeros(20_000)
        tone[8000:10_000] = torch.sin(2 * torch.pi * 3000 * torch.arange(2000) / RATE)
        return Hearing(torch.full((8,), 1 / 8), torch.full((62,), 1 / 62), moment_times(248), log_mel(tone, RATE))

    drawing, _ = parts(sound_picture(1, 10, "beep", {"beep": beep}, VOICES)[0])
    (image,) = elements(drawing, "image")
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(image["href"].split(",")[1]))).convert("L"), float)
    assert pixels.shape == (32, 248)
    rows, columns = np.nonzero(pixels > pixels.min() + 0.8 * (pixels.max() - pixels.min()))
    assert rows.max() < 10
    left, width = float(image["x"]), float(image["width"])
    seconds = (left + width * (columns + 0.5) / 248 - LEFT) / WIDTH * 2.5
    assert seconds.min() == pytest.approx(1.0, abs=0.02) and seconds.max() == pytest.approx(1.25, abs=0.02)


def test_the_player_plays_the_clip_that_is_shown():
    for number, snr_db in ((1, 10), (2, 0)):
        html, _ = sound_picture(number, snr_db, "mean", READERS, VOICES)
        sound = re.search(r'src="data:audio/wav;base64,([^"]+)"', parts(html)[1]).group(1)
        with wave.open(io.BytesIO(base64.b64decode(sound))) as file:
            heard = np.frombuffer(file.readframes(20_000), np.uint8).astype(float) - 128
            assert file.getframerate() == RATE
        samples = draw_clips(1, generator(number), snr_db=float(snr_db)).samples[0].numpy()
        assert np.corrcoef(heard, samples)[0, 1] > 0.99
        assert f"Clip {number}: " in parts(html)[1] and "aria-label" in parts(html)[1]


def test_the_explorer_follows_its_controls():
    explorer = sound_explorer(READERS, VOICES)
    assert explorer.words.startswith("Clip 1, speech 10 dB above")
    assert explorer.set(clip=5).startswith("Clip 5, ")
    assert explorer.set(snr_db=-4).startswith("Clip 5, speech 4 dB below")
    assert "With mean pooling" in explorer.set(pooling="mean")
    assert "<audio" in explorer._picture.value and "<svg" in explorer._picture.value
    for name, value in (("clip", 0), ("snr_db", 99), ("pooling", "sum")):
        with pytest.raises(ValueError, match=f"{name} cannot be"):
            explorer.set(**{name: value})
    assert all(control.description for control in explorer._controls.values())


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="no reader 'max'; there are 'attention', 'mean'"):
        sound_picture(1, 10, "max", READERS, VOICES)
    with pytest.raises(ValueError, match="no voice 'en-us'"):
        sound_picture(1, 10, "mean", READERS, ["en-us"])
    wrong = {"wrong": lambda samples: hearing(samples, torch.ones(3) / 3)}
    with pytest.raises(ValueError, match=r"weights of shape \(3,\) and times of shape \(62,\)"):
        sound_picture(1, 10, "wrong", wrong, VOICES)
    with pytest.raises(ValueError, match="sound_explorer: readers is empty"):
        sound_explorer({}, VOICES)
    with pytest.raises(ValueError, match="snr_db is inf"):
        sound_picture(1, float("inf"), "mean", READERS, VOICES)


def test_a_move_is_answered_at_once():
    """Mixing, features, a real model, picture and player: within 80 ms, the quickest of several."""
    set_seed(0)
    model = KeywordReader("attention").eval()
    readers = {"attention": lambda samples: read(model, samples)}
    took = []
    for number in range(1, 8):
        started = time.perf_counter()
        sound_picture(number, 10, "attention", readers, VOICES)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.08
