"""Sounds laid over each other: the power of a sound, noise, and a mixture at a chosen signal-to-noise ratio."""

from __future__ import annotations

import torch
from torch import Tensor

LOWEST = 50.0  # hertz: pink noise has nothing below, where no small loudspeaker sounds and no speech is


def power(samples: Tensor, speaking: Tensor | None = None) -> Tensor:
    """The mean of the squared samples, over the last axis.

    Shapes: samples ``(..., length)``, floating point; speaking ``(..., length)``, boolean: only samples where it is
    True are counted. Returns ``(...)``.

    Raises TypeError when the samples are no floating-point tensor or ``speaking`` is not boolean; ValueError when they
    are empty or not finite, the shapes differ, or ``speaking`` is nowhere True.
    """
    return _power("power", "samples", samples, speaking)


def mix(signal: Tensor, noise: Tensor, snr_db: float | Tensor, speaking: Tensor | None = None) -> Tensor:
    """``signal + noise``, with the noise scaled so that ``10 * log10(power(signal) / power(noise))`` is ``snr_db``.

    The signal stays as it is. With ``speaking`` its power is that of the samples where ``speaking`` is True: a ratio
    to the speech while somebody speaks, which silent gaps do not change. The noise is counted everywhere.

    Shapes: signal, noise and speaking ``(..., length)``; snr_db in decibels, one number or ``(...)``.

    Raises TypeError and ValueError as ``power`` does, and ValueError when the shapes differ, a sound is silent, or
    ``snr_db`` is not finite or so low that the noise would be infinite.
    """
    of_signal, of_noise = _power("mix", "signal", signal, speaking), _power("mix", "noise", noise)  # (...)
    if signal.shape != noise.shape:
        raise ValueError(f"mix: noise has the shape {tuple(noise.shape)}, signal {tuple(signal.shape)}.")
    if isinstance(snr_db, bool) or not isinstance(snr_db, (int, float, Tensor)):
        raise TypeError(f"mix: snr_db must be a number or a tensor, got {_kind(snr_db)}.")
    ratio = torch.as_tensor(snr_db, dtype=torch.float64)
    if not ratio.isfinite().all():
        raise ValueError(f"mix: snr_db is {snr_db}, expected a finite number of decibels.")
    if ratio.dim() and ratio.shape != signal.shape[:-1]:
        raise ValueError(
            f"mix: snr_db has the shape {tuple(ratio.shape)}, expected one number or {tuple(signal.shape[:-1])}."
        )
    for name, found in (("signal", of_signal), ("noise", of_noise)):
        if (found == 0).any():
            raise ValueError(f"mix: {name} is silent, so no ratio to it can be set.")
    scale = (of_signal.double() / of_noise.double() / 10 ** (ratio / 10)).sqrt().to(noise.dtype)  # (...)
    if not scale.isfinite().all():
        raise ValueError(f"mix: snr_db is {snr_db}, so low that {noise.dtype} cannot hold the noise.")
    return signal + scale[..., None] * noise


def pink_noise(count: int, length: int, rate: float, generator: torch.Generator) -> Tensor:
    """Noise of power 1 on average, with as much in each octave as in any other, from ``LOWEST`` hertz upwards.

    A spectrum is drawn from the normal distribution, and each frequency f of it is scaled by 1/sqrt(f). Returns
    ``(count, length)``, float32.

    Raises TypeError when the count or the length is no whole number or the generator no torch.Generator; ValueError
    when the count or the length is below 1, the rate is not above 0, or no frequency lies between ``LOWEST`` and half
    the rate.
    """
    for name, size in (("count", count), ("length", length)):
        if isinstance(size, bool) or not isinstance(size, int):
            raise TypeError(f"pink_noise: {name} must be a whole number, got {_kind(size)}.")
        if size < 1:
            raise ValueError(f"pink_noise: {name} is {size}, expected at least 1.")
    if not isinstance(generator, torch.Generator):
        raise TypeError(f"pink_noise: generator must be a torch.Generator, got {_kind(generator)}.")
    if not 0 < rate < float("inf"):
        raise ValueError(f"pink_noise: rate is {rate}, expected a number of samples a second above 0.")
    hertz = torch.fft.rfftfreq(length, 1 / rate)  # (length // 2 + 1,)
    if hertz[-1] < LOWEST:
        raise ValueError(f"pink_noise: {length} samples at {rate} hertz hold no frequency from {LOWEST:g} hertz on.")
    amplitude = torch.where(hertz < LOWEST, 0.0, hertz.clamp(min=LOWEST).rsqrt())
    amplitude *= length / (2 * amplitude.square().sum().sqrt())  # Parseval: then the power of the samples is 1
    spectrum = torch.view_as_complex(torch.randn(count, len(hertz), 2, generator=generator))
    return torch.fft.irfft(spectrum * amplitude, n=length)


def _power(function: str, name: str, sound: object, speaking: object = None) -> Tensor:
    """``power``, with the names by which the caller's reader knows the sound."""
    if not isinstance(sound, Tensor) or not sound.is_floating_point():
        raise TypeError(f"{function}: {name} must be a floating-point tensor, got {_kind(sound)}.")
    if sound.dim() == 0 or sound.shape[-1] == 0:
        raise ValueError(f"{function}: {name} has the shape {tuple(sound.shape)}, expected at least one sample.")
    if speaking is None:
        mean = sound.square().mean(-1)
    else:
        if not isinstance(speaking, Tensor) or speaking.dtype != torch.bool:
            raise TypeError(f"{function}: speaking must be a boolean tensor, got {_kind(speaking)}.")
        if speaking.shape != sound.shape:
            raise ValueError(
                f"{function}: speaking has the shape {tuple(speaking.shape)}, {name} {tuple(sound.shape)}."
            )
        counted = speaking.sum(-1)
        if (counted == 0).any():
            raise ValueError(f"{function}: speaking is False everywhere in a sound, so there is no sample to count.")
        mean = (sound.square() * speaking).sum(-1) / counted
    if not mean.isfinite().all():
        raise ValueError(f"{function}: {name} holds samples that are infinite, undefined or too large to square.")
    return mean


def _kind(thing: object) -> str:
    return f"a tensor of {thing.dtype}" if isinstance(thing, Tensor) else type(thing).__name__
