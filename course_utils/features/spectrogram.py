"""A sound as a picture: short frames, the power of each frequency in them, grouped as the ear does, in decibels.

Time comes first in every result: a row is a moment, ``(..., T, bins)`` or ``(..., T, mels)``, as rows are positions in
``course_utils.attention``. Lengths and hops are counted in samples; a rate is in samples a second.
"""

from __future__ import annotations

import torch
from torch import Tensor

FRAME_SECONDS, HOP_SECONDS = 0.025, 0.010  # the usual ones for speech: a sound hardly changes within a frame
MELS = 32  # at 8,000 samples a second the lowest bands then begin a bin, 40 Hz, apart
FLOOR = 1e-10  # the power that counts as silence: -100 decibels


def frames(samples: Tensor, length: int, hop: int) -> Tensor:
    """Cut a sound into overlapping pieces, one every ``hop`` samples; what does not fill a last piece is left out.

    Shapes: samples ``(..., S)``; the result ``(..., T, length)`` with ``T = 1 + (S - length) // hop``.

    Raises TypeError or ValueError naming the argument, what came and what was expected.
    """
    _require_samples("frames", samples)
    _require_whole("frames", length=length, hop=hop)
    if samples.shape[-1] < length:
        raise ValueError(
            f"frames: samples have shape {tuple(samples.shape)}; {samples.shape[-1]} samples do not fill one frame "
            f"of length {length}."
        )
    return samples.unfold(-1, length, hop)


def frame_centres(count: int, length: int, hop: int) -> Tensor:
    """The middle of each of ``count`` frames, in samples from the beginning, shape ``(count,)``.

    Raises ValueError when a number is not a whole one above 0.
    """
    _require_whole("frame_centres", count=count, length=length, hop=hop)
    return torch.arange(count) * hop + length / 2


def power_spectrogram(samples: Tensor, length: int, hop: int) -> Tensor:
    """The power at each frequency in each frame: the squared size of the Fourier transform under a Hann window.

    Shapes: samples ``(..., S)``; the result ``(..., T, length // 2 + 1)``. Bin ``k`` is the frequency
    ``k * rate / length``. A sine of amplitude A in the middle of a bin gives ``(A * length / 4) ** 2`` there.

    Raises TypeError or ValueError as ``frames`` does.

    Source: Allen & Rabiner 1977, "A unified approach to short-time Fourier analysis and synthesis".
    """
    pieces = frames(samples, length, hop)
    window = torch.hann_window(length, dtype=samples.dtype, device=samples.device)
    return torch.fft.rfft(pieces * window).abs().square()


def hertz_to_mel(frequency: Tensor | float) -> Tensor:
    """Pitch as it is heard: equal steps in mel sound about equally far apart.

    Source: O'Shaughnessy 1987, "Speech communication": ``2595 log10(1 + f / 700)``.
    """
    return 2595 * torch.log10(1 + torch.as_tensor(frequency, dtype=torch.float64) / 700)


def mel_to_hertz(mel: Tensor | float) -> Tensor:
    """The inverse of ``hertz_to_mel``."""
    return 700 * (10 ** (torch.as_tensor(mel, dtype=torch.float64) / 2595) - 1)


def mel_filterbank(mels: int, length: int, rate: int) -> Tensor:
    """Overlapping triangles over the frequencies, as wide in mel as each other: narrow below, wide above.

    Shape of the result: ``(mels, length // 2 + 1)``, float32. Triangle ``i`` is 1 at its centre and 0 at the centres of
    its neighbours; the outermost end at 0 and at half the rate.

    Raises ValueError when a number is not a whole one above 0, or when a triangle lies between two bins and would
    always be silent.

    Source: Davis & Mermelstein 1980, section II, for triangles on a mel-like scale; theirs are evenly spaced in hertz
    below 1,000 and evenly in the logarithm above, ours by ``hertz_to_mel`` throughout.
    """
    _require_whole("mel_filterbank", mels=mels, length=length, rate=rate)
    corners = mel_to_hertz(torch.linspace(0, float(hertz_to_mel(rate / 2)), mels + 2, dtype=torch.float64))
    bins = torch.arange(length // 2 + 1) * (rate / length)  # in hertz
    left, centre, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]  # (mels, 1) each
    rising, falling = (bins - left) / (centre - left), (right - bins) / (right - centre)
    filterbank = torch.minimum(rising, falling).clamp(min=0).float()
    empty = (filterbank.sum(dim=1) == 0).sum().item()
    if empty:
        raise ValueError(
            f"mel_filterbank: {empty} of {mels} mel bands hold no frequency of a frame of {length} samples at "
            f"{rate} samples a second; fewer mels or a longer frame would do."
        )
    return filterbank


def decibels(power: Tensor) -> Tensor:
    """Ten times the base-10 logarithm: a factor of 10 in power is 10 decibels. Powers below ``FLOOR`` count as it.

    Raises TypeError when the power is not a floating-point tensor, ValueError when it is negative or NaN.
    """
    _require_float("decibels", "power", power)
    if power.numel() and not bool((power >= 0).all()):  # NaN is refused as well
        raise ValueError("decibels: power holds a negative number or NaN; expected 0 or more.")
    return 10 * torch.log10(power.clamp(min=FLOOR))


def log_mel(samples: Tensor, rate: int) -> Tensor:
    """Sounds as pictures: the power in each mel band of each frame, in decibels.

    Shapes: samples ``(..., S)``; the result ``(..., T, MELS)``, a frame of 25 ms every 10 ms.

    Raises TypeError or ValueError naming the argument, what came and what was expected.
    """
    _require_samples("log_mel", samples)
    _require_whole("log_mel", rate=rate)
    length, hop = frame_and_hop(rate)
    power = power_spectrogram(samples, length, hop)
    return decibels(power @ mel_filterbank(MELS, length, rate).to(power).T)


def frame_and_hop(rate: int) -> tuple[int, int]:
    """How many samples ``log_mel`` takes for a frame, and from one frame to the next: (200, 80) at 8,000 a second.

    Raises ValueError when the rate is no whole number of at least 100.
    """
    _require_whole("frame_and_hop", rate=rate)
    if rate < 100:
        raise ValueError(f"frame_and_hop: rate is {rate}, expected at least 100 samples a second.")
    return round(FRAME_SECONDS * rate), round(HOP_SECONDS * rate)


def _require_float(function: str, name: str, tensor: object) -> None:
    if not isinstance(tensor, Tensor):
        raise TypeError(
            f"{function}: {name} must be a torch.Tensor, got {type(tensor).__name__}; torch.as_tensor converts."
        )
    if not tensor.dtype.is_floating_point:
        raise TypeError(f"{function}: {name} must hold floating-point numbers, got {tensor.dtype}; use .float().")


def _require_samples(function: str, samples: object) -> None:
    _require_float(function, "samples", samples)
    if samples.dim() < 1 or not samples.numel():
        raise ValueError(f"{function}: samples have shape {tuple(samples.shape)}, expected (..., S), nothing empty.")
    if not bool(samples.isfinite().all()):
        raise ValueError(f"{function}: samples hold NaN or infinity.")


def _require_whole(function: str, **numbers: object) -> None:
    for name, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise ValueError(f"{function}: {name} is {number!r}, expected a whole number of at least 1.")
