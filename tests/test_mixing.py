"""Power, noise, and mixtures whose signal-to-noise ratio, measured afterwards, is the one that was asked for."""

from __future__ import annotations

import math

import pytest
import torch

from course_utils.datasets.mixing import LOWEST, mix, pink_noise, power
from course_utils.reproducibility import generator


def decibels_of(signal, noise):
    """Independent of the module: sums in double precision."""
    return 10 * math.log10((signal.double() ** 2).sum().item() / (noise.double() ** 2).sum().item())


def sounds(*shape):
    draw = generator(3)
    return 0.05 * torch.randn(*shape, generator=draw), torch.rand(*shape, generator=draw) - 0.4


def test_power_in_closed_form():
    """A sine has half its squared amplitude, over whole periods; a square wave all of it."""
    wave = 0.3 * torch.sin(2 * torch.pi * 5 * torch.arange(1000) / 1000)
    assert power(wave).item() == pytest.approx(0.3**2 / 2, rel=1e-6)
    assert power(torch.tensor([[0.5, -0.5], [1.0, 0.0]])).tolist() == [0.25, 0.5]
    assert power(torch.tensor([3.0, 0.0, 0.0, 1.0]), torch.tensor([True, False, False, True])).item() == 5.0


@pytest.mark.parametrize("snr_db", [-20, -3.5, 0, 10, 40])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_the_ratio_measured_after_mixing_is_the_one_asked_for(snr_db, kind):
    signal, noise = (sound.to(kind) for sound in sounds(20_000))
    mixture = mix(signal.double(), noise.double(), snr_db)
    assert decibels_of(signal, mixture - signal) == pytest.approx(snr_db, abs=1e-4)
    narrow = mix(signal, noise, snr_db)
    assert narrow.dtype == kind
    torch.testing.assert_close(narrow.double(), mixture, atol=1e-6, rtol=0)


def test_only_the_noise_is_scaled_and_every_clip_by_its_own_ratio():
    signal, noise = (sound.double() for sound in sounds(3, 5000))
    asked = torch.tensor([-10.0, 0.0, 25.0])
    added = mix(signal, noise, asked) - signal
    for row in range(3):
        assert decibels_of(signal[row], added[row]) == pytest.approx(asked[row].item(), abs=1e-4)
        quotient = added[row] / noise[row]
        assert quotient.min().item() == pytest.approx(quotient.max().item(), rel=1e-6) and quotient.min() > 0


def test_silent_gaps_do_not_change_the_ratio_to_speech():
    """A word in a long silence, and the word alone: the same noise is added where ``speaking`` says so."""
    word, noise = (sound.double() for sound in sounds(4000))
    long = torch.cat([torch.zeros(8000), word, torch.zeros(4000)]).double()
    noise = noise.repeat(4)
    speaking = torch.zeros(16_000, dtype=torch.bool)
    speaking[8000:12_000] = True
    added = mix(long, noise, 10.0, speaking) - long
    assert decibels_of(word, added[:4000]) == pytest.approx(10, abs=1e-4)
    assert decibels_of(long, added) == pytest.approx(10 - 10 * math.log10(4), abs=1e-4)  # gaps counted: 6 dB less
    unasked = mix(long, noise, 10.0) - long
    assert decibels_of(long, unasked) == pytest.approx(10, abs=1e-4)


def test_pink_noise_has_as_much_power_in_each_octave_and_none_below():
    noise = pink_noise(64, 16_000, 8000, generator(0))
    assert noise.shape == (64, 16_000) and noise.dtype == torch.float32
    assert power(noise).mean().item() == pytest.approx(1, abs=0.02)
    spectrum = torch.fft.rfft(noise.double()).abs().square().mean(0)
    hertz = torch.fft.rfftfreq(16_000, 1 / 8000)
    assert spectrum[hertz < LOWEST].sum() < 1e-6 * spectrum.sum()
    octaves = [spectrum[(hertz >= low) & (hertz < 2 * low)].sum().item() for low in (50, 100, 200, 400, 800, 1600)]
    assert max(octaves) < 1.1 * min(octaves)


def test_the_same_generator_gives_the_same_noise():
    assert torch.equal(pink_noise(2, 800, 8000, generator(1)), pink_noise(2, 800, 8000, generator(1)))
    assert not torch.equal(pink_noise(2, 800, 8000, generator(1)), pink_noise(2, 800, 8000, generator(2)))


SOUND = torch.tensor([0.1, -0.2, 0.3])


@pytest.mark.parametrize(
    "changed, error, says",
    [
        ({"signal": [0.1, 0.2, 0.3]}, TypeError, "signal must be a floating-point tensor, got list"),
        ({"noise": torch.tensor([1, 2, 3])}, TypeError, r"noise must be .*torch.int64"),
        ({"noise": SOUND[:2]}, ValueError, r"noise has the shape \(2,\), signal \(3,\)"),
        ({"signal": SOUND[:0], "noise": SOUND[:0]}, ValueError, r"signal has the shape \(0,\)"),
        ({"signal": torch.tensor(0.5)}, ValueError, r"signal has the shape \(\)"),
        ({"signal": torch.zeros(3)}, ValueError, "signal is silent"),
        ({"noise": torch.zeros(3)}, ValueError, "noise is silent"),
        ({"signal": torch.tensor([0.1, math.inf, 0.2])}, ValueError, "signal holds .*infinite"),
        ({"noise": torch.tensor([0.1, math.nan, 0.2])}, ValueError, "noise holds .*undefined"),
        ({"snr_db": math.inf}, ValueError, "snr_db is inf"),
        ({"snr_db": math.nan}, ValueError, "snr_db is nan"),
        ({"snr_db": -1e4}, ValueError, "snr_db is -10000.0, so low that torch.float32 cannot hold the noise"),
        ({"snr_db": torch.tensor([1.0, 2.0])}, ValueError, r"snr_db has the shape \(2,\), expected one number or \(\)"),
        ({"snr_db": "loud"}, TypeError, "snr_db must be a number .*got str"),
        ({"speaking": torch.ones(3)}, TypeError, "speaking must be a boolean tensor, got a tensor of torch.float32"),
        ({"speaking": torch.ones(2, dtype=torch.bool)}, ValueError, r"speaking has the shape \(2,\), signal \(3,\)"),
        ({"speaking": torch.zeros(3, dtype=torch.bool)}, ValueError, "False everywhere"),
        (
            {"speaking": torch.tensor([False, False, True]), "signal": torch.tensor([1.0, 1.0, 0.0])},
            ValueError,
            "silen",
        ),
    ],
)
def test_bad_input_is_named(changed, error, says):
    arguments = {"signal": SOUND, "noise": SOUND.flip(0), "snr_db": 10.0, **changed}
    with pytest.raises(error, match=f"mix: {says}" if says[0] in "sn" and says != "silen" else says):
        mix(**arguments)


def test_power_and_noise_name_what_is_wrong():
    with pytest.raises(TypeError, match="power: samples must be a floating-point tensor, got a tensor of torch.int64"):
        power(torch.tensor([1, 2]))
    with pytest.raises(ValueError, match="power: samples has the shape"):
        power(torch.zeros(2, 0))
    for count, length in ((0, 100), (1, 0)):
        with pytest.raises(ValueError, match="expected at least 1"):
            pink_noise(count, length, 8000, generator(0))
    with pytest.raises(TypeError, match="count must be a whole number, got float"):
        pink_noise(2.0, 100, 8000, generator(0))
    with pytest.raises(TypeError, match="generator must be a torch.Generator, got int"):
        pink_noise(1, 100, 8000, 0)
    for rate in (0, math.nan, -8000):
        with pytest.raises(ValueError, match=f"rate is {rate}, expected a number of samples a second above 0"):
            pink_noise(1, 100, rate, generator(0))
    with pytest.raises(ValueError, match="no frequency from 50 hertz on"):
        pink_noise(1, 100, 60, generator(0))
