"""Spectrograms against SciPy's transform, pure tones, Parseval's theorem and the formula of the mel."""

import math

import numpy as np
import pytest
import torch
from scipy import signal

from course_utils.features import spectrogram
from course_utils.features.spectrogram import (
    decibels,
    frame_and_hop,
    frame_centres,
    frames,
    hertz_to_mel,
    log_mel,
    mel_filterbank,
    mel_to_hertz,
    power_spectrogram,
)

RATE, LENGTH, HOP = 8000, 200, 80


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def tone(frequency, seconds=0.5, amplitude=1.0):
    time = torch.arange(round(seconds * RATE), dtype=torch.float64) / RATE
    return amplitude * torch.sin(2 * math.pi * frequency * time)


def test_frames_by_hand():
    pieces = frames(torch.arange(8.0), length=4, hop=3)
    assert pieces.tolist() == [[0, 1, 2, 3], [3, 4, 5, 6]]  # sample 7 does not fill a third
    assert frames(torch.arange(8.0), length=8, hop=1).shape == (1, 8)
    assert frame_centres(2, length=4, hop=3).tolist() == [2, 5]


@pytest.mark.parametrize(("length", "hop"), [(200, 80), (64, 64), (33, 10), (50, 70)])
def test_the_power_is_scipys(length, hop):
    samples = noise(1000)
    window = signal.windows.hann(length, sym=False)
    transform = signal.ShortTimeFFT(window, hop, fs=1, fft_mode="onesided", phase_shift=None)
    ours = power_spectrogram(samples, length, hop)
    theirs = transform.stft(samples.numpy(), k_offset=transform.m_num_mid, p0=0, p1=len(ours))
    assert ours.shape == (1 + (1000 - length) // hop, length // 2 + 1)
    assert np.allclose(ours.numpy().T, np.abs(theirs) ** 2)


@pytest.mark.parametrize("k", [1, 25, 60, 99])
def test_a_tone_lies_in_its_bin(k):
    power = power_spectrogram(tone(k * RATE / LENGTH, amplitude=0.3), LENGTH, HOP)
    assert power.argmax(dim=-1).tolist() == [k] * len(power)
    inside = power[:, k]
    assert torch.allclose(inside, torch.full_like(inside, (0.3 * LENGTH / 4) ** 2))
    if k > 1:  # a Hann window spreads a tone over three bins, the outer ones with a quarter of the power
        assert torch.allclose(power[:, k - 1] / inside, torch.full_like(inside, 0.25))


def test_parseval():
    """The power over all frequencies is the energy of the windowed samples."""
    samples = noise(3, 1000)
    power = power_spectrogram(samples, LENGTH, HOP)
    both_sides = power[..., 0] + 2 * power[..., 1:-1].sum(dim=-1) + power[..., -1]
    windowed = frames(samples, LENGTH, HOP) * torch.hann_window(LENGTH, dtype=torch.float64)
    assert torch.allclose(both_sides / LENGTH, windowed.square().sum(dim=-1))


def test_the_mel_of_oshaughnessy():
    assert hertz_to_mel(0).item() == 0
    assert hertz_to_mel(700).item() == pytest.approx(2595 * math.log10(2))
    assert hertz_to_mel(1000).item() == pytest.approx(1000, abs=0.05)  # the scale is made so
    frequencies = torch.linspace(0, 4000, 50, dtype=torch.float64)
    assert torch.allclose(mel_to_hertz(hertz_to_mel(frequencies)), frequencies)


def test_triangles_are_equally_wide_in_mel_and_share_out_each_frequency():
    filterbank = mel_filterbank(32, LENGTH, RATE)
    assert filterbank.shape == (32, 101)
    centres = mel_to_hertz(torch.arange(1, 33) * hertz_to_mel(4000) / 33)
    bins = torch.arange(101) * 40.0
    between = (bins >= centres[0]) & (bins <= centres[-1])
    assert torch.allclose(filterbank.sum(dim=0)[between], torch.ones(int(between.sum())), atol=1e-6)
    half_a_bin = 20.0
    for row, centre in zip(filterbank[10:], centres[10:]):  # wide enough that a bin lies near the top
        assert abs(bins[row.argmax()] - centre) <= half_a_bin
    assert torch.equal(filterbank[:, 0], torch.zeros(32)) and filterbank.min() >= 0


def test_too_many_mels_for_the_frame_are_refused():
    with pytest.raises(ValueError, match="[0-9]+ of 80 mel bands hold no frequency of a frame of 200"):
        mel_filterbank(80, LENGTH, RATE)


def test_decibels_by_hand():
    assert decibels(torch.tensor([1.0, 10, 100, 0.001])).tolist() == pytest.approx([0, 10, 20, -30], abs=1e-5)
    assert decibels(torch.tensor([0.0, 1e-12])).tolist() == [-100, -100]


def test_log_mel_has_time_first_and_ten_times_the_sound_is_twenty_decibels_more():
    samples = noise(2, 20_000)
    rows = log_mel(samples, RATE)
    assert rows.shape == (2, 248, 32)
    assert torch.allclose(log_mel(10 * samples, RATE), rows + 20)
    assert torch.allclose(rows[1], log_mel(samples[1], RATE))


def test_log_mel_shows_when_and_how_high():
    rows = log_mel(torch.cat([torch.zeros(4000, dtype=torch.float64), tone(1000)]), RATE)
    assert frame_and_hop(RATE) == (200, 80)
    assert torch.equal(rows[:48], torch.full_like(rows[:48], -100))  # frame 47 ends at sample 3,960
    centres = mel_to_hertz(torch.arange(1, 33) * hertz_to_mel(4000) / 33)
    band = rows[60].argmax().item()
    assert band == (centres - 1000).abs().argmin().item()


@pytest.mark.parametrize("samples", [[0.0] * 300, np.zeros(300), torch.zeros(300, dtype=torch.int16), None])
def test_no_tensor_of_floats(samples):
    for function in (lambda x: frames(x, 200, 80), lambda x: power_spectrogram(x, 200, 80), lambda x: log_mel(x, RATE)):
        with pytest.raises(TypeError, match="samples must"):
            function(samples)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: frames(torch.zeros(0), 4, 2), "nothing empty"),
        (lambda: frames(torch.tensor(1.0), 4, 2), r"shape \(\)"),
        (lambda: frames(torch.zeros(2, 3), 4, 2), "3 samples do not fill one frame of length 4"),
        (lambda: frames(torch.zeros(9), 4, 0), "hop is 0"),
        (lambda: frames(torch.zeros(9), 2.5, 1), "length is 2.5"),
        (lambda: frames(torch.tensor([0.0, math.nan]), 1, 1), "NaN"),
        (lambda: log_mel(torch.zeros(300), 0), "rate is 0"),
        (lambda: log_mel(torch.zeros(300), 50), "at least 100"),
        (lambda: log_mel(torch.zeros(300), True), "rate is True"),
        (lambda: log_mel(torch.zeros(199), RATE), "199 samples"),
        (lambda: mel_filterbank(0, 200, RATE), "mels is 0"),
        (lambda: frame_centres(0, 200, 80), "count is 0"),
        (lambda: decibels(torch.tensor([-1.0])), "negative"),
        (lambda: decibels(torch.tensor([math.nan])), "NaN"),
    ],
)
def test_bad_input_is_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_decibels_of_whole_numbers_are_refused():
    with pytest.raises(TypeError, match="power must hold floating-point"):
        decibels(torch.ones(2, dtype=torch.long))


def test_double_precision_stays_double():
    assert spectrogram.log_mel(noise(400), RATE).dtype == torch.float64
