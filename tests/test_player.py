"""The player: Python's own reader of WAV files finds the samples again, and the label says what is heard."""

import base64
import io
import re
import wave

import numpy as np
import pytest
import torch

from course_utils.plotting import player as module
from course_utils.plotting.player import LONGEST, play, player, wav

RATE = 8000


def read_back(content):
    """Steps from silence, and the rate."""
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 1)
        steps = np.frombuffer(file.readframes(file.getnframes()), dtype=np.uint8)
        return steps.astype(float) - 128, file.getframerate()


@pytest.mark.parametrize("convert", [np.float32, np.float64, torch.tensor])
@pytest.mark.parametrize("loudest", [0.01, 1.0, 3.0])
def test_the_samples_come_back_up_to_one_factor_and_half_a_step(convert, loudest):
    samples = np.sin(np.arange(1000) / 5) * loudest
    back, rate = read_back(wav(convert(samples), RATE))
    assert rate == RATE
    factor = 127 / np.abs(samples).max()
    assert np.abs(back - factor * samples).max() <= 0.5 + 1e-4


def test_the_loudest_sample_and_silence():
    assert read_back(wav(np.array([-0.2, 0.0, 0.1]), RATE))[0].tolist() == [-127, 0, 64]
    assert read_back(wav(np.zeros(3), RATE))[0].tolist() == [0, 0, 0]


def test_a_tensor_that_needs_a_gradient_is_played():
    assert wav(torch.zeros(5, requires_grad=True), RATE) == wav(np.zeros(5), RATE)


def test_the_label_is_shown_read_out_and_escaped(monkeypatch):
    pages = []
    monkeypatch.setattr(module, "display", lambda bundle, raw: pages.append(bundle))
    play(np.zeros(80), RATE, '"left" <b> & noise')
    assert pages[0]["text/plain"] == 'Sound: "left" <b> & noise'
    page = pages[0]["text/html"]
    escaped = "&quot;left&quot; &lt;b&gt; &amp; noise"
    assert f'aria-label="{escaped}"' in page and f"<figcaption>{escaped}</figcaption>" in page
    assert "controls" in page and "autoplay" not in page
    sound = base64.b64decode(re.search(r'src="data:audio/wav;base64,([^"]+)"', page).group(1))
    assert sound == wav(np.zeros(80), RATE)


def test_a_clip_of_two_and_a_half_seconds_takes_27_kilobytes():
    assert len(player(np.zeros(20_000), RATE, "a clip")) < 28_000


@pytest.mark.parametrize("label", ["", "  ", None, 3])
def test_a_sound_without_words_is_refused(label):
    with pytest.raises(ValueError, match="label must say"):
        player(np.zeros(80), RATE, label)


@pytest.mark.parametrize(
    ("samples", "rate", "said"),
    [
        (np.zeros(0), RATE, r"shape \(0,\)"),
        (np.zeros((2, 80)), RATE, r"shape \(2, 80\)"),
        (np.zeros(round(LONGEST * RATE) + 1), RATE, "10 seconds"),
        (np.array([0.0, np.nan]), RATE, "finite"),
        (np.array([0.0, np.inf]), RATE, "finite"),
        (np.zeros(80, dtype=np.int16), RATE, "got int16"),
        (np.zeros(80), 0, "rate is 0"),
        (np.zeros(80), 8000.0, "rate is 8000.0"),
        (np.zeros(80), True, "rate is True"),
    ],
)
def test_bad_input_is_named(samples, rate, said):
    with pytest.raises(ValueError, match=said):
        wav(samples, rate)
