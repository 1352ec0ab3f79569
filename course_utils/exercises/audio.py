"""Exercises of the lesson on sound."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch

from course_utils.attention import scaled_dot_product_attention
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(8)
_LOUD = 20.0  # decibels of signal over noise in the first case of 8.1; what its messages count is counted there
_SOUNDS = (
    (np.array([3.0, -1.0, 1.0, -1.0, 0.0, 0.0]), np.array([5.0, -5.0, 4.0, 2.0, 2.0, 1.0]), _LOUD),
    (0.3 + _GENERATOR.normal(size=40), 0.2 * _GENERATOR.uniform(-1.0, 1.0, size=40), -5.0),
    (_GENERATOR.normal(size=25) * np.repeat([0.0, 1.0, 0.0, 2.0, 0.0], 5), 30.0 * _GENERATOR.normal(size=25), 0.0),
)

# samples, length, hop. Nothing is left over in the first; in the second, the third and the last the end fills no frame.
_CUTS = (
    (np.arange(10.0, 16.0), 3, 1),
    (_GENERATOR.normal(size=12), 5, 2),
    (_GENERATOR.normal(size=30), 8, 3),
    (_GENERATOR.normal(size=5), 5, 2),
    (_GENERATOR.normal(size=10), 2, 3),
)

# In the first T, bins and mels are equal: a product in the wrong order gives a number there, which can be explained,
# and not an error. In the third a frame is silent. In the last one is nearly so: its powers lie above 0 and below or
# near the floor, where 1e-10 added is not 1e-10 as a floor.
_SPECTRA = (
    (
        np.array([[100.0, 10.0, 1.0], [1.0, 1000.0, 20.0], [50.0, 1.0, 200.0]]),
        np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.5], [0.5, 0.0, 2.0]]),
    ),
    (_GENERATOR.exponential(size=(5, 7)) + 0.01, _GENERATOR.uniform(0.1, 1.0, size=(4, 7))),
    (
        np.array([[1e5, 2.0, 30.0, 4.0], [0.0, 0.0, 0.0, 0.0], [0.5, 0.02, 0.3, 0.1]]),
        np.array([[1.0, 0.5, 0.0, 0.0], [0.0, 0.5, 1.0, 0.8]]),
    ),
    (np.array([[4e-11, 8e-11, 0.0], [2.0, 0.5, 30.0]]), np.array([[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]])),
)

# mels, T and 1 all differ, so that no wrong axis fits. In the last the scores are large, as decibels make them.
_SPECTROGRAMS = (
    (np.array([[1.0, 3.0, 2.5], [4.0, 0.0, 1.0]]), np.array([1.0, -1.0])),
    (_GENERATOR.normal(size=(5, 8)), _GENERATOR.normal(size=5)),
    (
        np.array(
            [
                [-90.0, -45.0, -44.0, -50.0, -60.0],
                [-80.0, -50.0, -52.0, -60.0, -70.0],
                [-95.0, -48.0, -49.0, -40.0, -65.0],
                [-99.0, -60.0, -58.0, -70.0, -80.0],
            ]
        ),
        np.array([30.0, 12.0, 25.0, 6.0]),
    ),
)

_VOICES = (
    (["f1", "m1", "f2", "f1", "m1", "f1", "f2", "m1"], {"f1"}),
    (["m3", "f1", "f10", "m30", "m3", "f10", "f1", "m3", "f10", "m2"], {"f10", "m3"}),
    (["m1", "f1", "m1"], {"f2"}),
)


# --- 8.1: a mixture at a chosen ratio ---------------------------------------------------------------------------------


def _power(samples: np.ndarray) -> float:
    return float(np.mean(np.square(samples)))


def _mixture(signal: np.ndarray, noise: np.ndarray, snr_db: float) -> np.ndarray:
    level = 10 * np.log10([_power(signal), _power(noise)])
    return signal + noise * 10 ** ((level[0] - level[1] - snr_db) / 20)


def _scaled_by(factor: Callable[[float, float, float], float]) -> Callable[..., np.ndarray]:
    """A mistake in the factor of the noise; it sees both root mean squares, and the decibels."""
    return lambda signal, noise, snr_db: (
        signal + noise * factor(math.sqrt(_power(signal)), math.sqrt(_power(noise)), snr_db)
    )


def _sized_by(size: Callable[[np.ndarray], float]) -> Callable[..., np.ndarray]:
    """A mistake in what of a sound the ratio is taken."""
    return lambda signal, noise, snr_db: signal + noise * size(signal) / size(noise) * 10 ** (-snr_db / 20)


def _changed(change: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake that a right mixture suffers afterwards."""
    return lambda signal, noise, snr_db: change(_mixture(signal, noise, snr_db))


_Factor = Callable[[float, float, float], float]  # from both root mean squares and the decibels
_SIZES: tuple[tuple[str, str, _Factor], ...] = (
    (
        "noise multiplied by its size",
        "the noise's own size stands above the line, where it belongs below",
        lambda s, n: n / s,
    ),
    ("noise not normalised", "the noise's own power does not count in yours", lambda s, n: s),
    ("signal's power forgotten", "the signal's power does not count in yours", lambda s, n: 1 / n),
    ("both powers forgotten", "neither power counts in yours", lambda s, n: 1.0),
    (
        "root of the powers forgotten",
        "you took the ratio of the powers, and samples need its root",
        lambda s, n: (s / n) ** 2,
    ),
)
_DECIBELS: tuple[tuple[str, str, Callable[[float], float]], ...] = (
    ("10 for amplitudes", "10 ** (-snr_db / 10) belongs to powers", lambda db: 10 ** (-db / 10)),
    ("sign", "the more decibels, the *less* noise, so the sign is turned round", lambda db: 10 ** (db / 20)),
    ("natural logarithm", "you turned decibels back with exp", lambda db: math.exp(-db / 20)),
)
_RIGHT_FACTOR = "Right is the signal's root mean square over the noise's, times 10 ** (-snr_db / 20) (section 4)."


def _factor(name: str, said: str, factor: _Factor) -> Misconception:
    return Misconception(
        name, _scaled_by(factor), f"Your mixture is {{got}}, expected {{expected}}: {said}. {_RIGHT_FACTOR}"
    )


_ONE_IN_THE_FACTOR = (
    _factor(
        "root of root mean squares",
        "you took a root of what were root mean squares already",
        lambda s, n, db: math.sqrt(s / n) * 10 ** (-db / 20),
    ),
    _factor(
        "root forgotten on the noise",
        "the root is missing on the noise's power",
        lambda s, n, db: s / n**2 * 10 ** (-db / 20),
    ),
    _factor(
        "root forgotten on the signal",
        "the root is missing on the signal's power",
        lambda s, n, db: s**2 / n * 10 ** (-db / 20),
    ),
    _factor(
        "sign, and 10 for amplitudes",
        "the sign is turned round, and 10 belongs to powers",
        lambda s, n, db: s / n * 10 ** (db / 10),
    ),
    _factor("multiplied by the decibels", "you multiplied by the decibels", lambda s, n, db: s / n * db),
    _factor(
        "sum for the signal, mean for the noise",
        "the squares of the signal are added up, those of the noise are a mean. Take the mean of both",
        lambda s, n, db: s / n * math.sqrt(6) * 10 ** (-db / 20),
    ),
    _factor(
        "mean for the signal, sum for the noise",
        "the squares of the noise are added up, those of the signal are a mean. Take the mean of both",
        lambda s, n, db: s / n / math.sqrt(6) * 10 ** (-db / 20),
    ),
)
_TWO_IN_THE_FACTOR = tuple(
    _factor(
        f"two things: {size}, {back}",
        f"two things, {what} and {how}",
        lambda s, n, db, of_size=of_size, of_back=of_back: of_size(s, n) * of_back(db),
    )
    for size, what, of_size in _SIZES
    for back, how, of_back in _DECIBELS
    if (size, back)
    not in {  # named above
        ("noise multiplied by its size", "sign"),
        ("both powers forgotten", "10 for amplitudes"),
        ("root of the powers forgotten", "10 for amplitudes"),
    }
)


MIXTURE = Exercise(
    id="8.1",
    answer="mix",
    title="Write mix(signal, noise, snr_db): the noise scaled so that the signal lies snr_db over it, and added.",
    objective="mix a sound with noise at a chosen signal-to-noise ratio",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=_SOUNDS,
    right=_mixture,
    misconceptions=(
        Misconception(
            "10·log10 of amplitudes",
            _scaled_by(lambda s, n, db: s / n * 10 ** (-db / 10)),
            "Your mixture is {got}: the noise in it lies 40 dB below the signal, and 20 were asked for, half as many. "
            "You divided the decibels by 10 and scaled the *samples* with the result. 10·log10 belongs to powers; for "
            "amplitudes it is 20·log10, so the samples are scaled by 10 ** (-snr_db / 20) (section 4).",
            seen="https://github.com/radioML/dataset/issues/10",
        ),
        Misconception(
            "20·log10 of powers",
            _scaled_by(lambda s, n, db: s / n * 10 ** (-db / 40)),
            "Your mixture is {got}: the noise in it lies 10 dB below the signal, and 20 were asked for. You divided "
            "the decibels by 20 for a ratio of *powers*, or took one root too many. A power has 10·log10: "
            "power(signal) / 10 ** (snr_db / 10) (section 4).",
        ),
        Misconception(
            "natural logarithm",
            _scaled_by(lambda s, n, db: s / n * math.exp(-db / 20)),
            "Your mixture is {got}: the noise in it lies 8.7 dB below the signal, and 20 were asked for. You turned "
            "decibels back with exp. Decibels count powers of ten: 10 ** (snr_db / 10), not np.exp(snr_db / 10) "
            "(section 4).",
        ),
        Misconception(
            "natural logarithm of amplitudes",
            _scaled_by(lambda s, n, db: s / n * math.exp(-db / 10)),
            "Your mixture is {got}: the noise in it lies 17.4 dB below the signal, and 20 were asked for. You turned "
            "decibels back with exp. Decibels count powers of ten: samples are scaled by 10 ** (-snr_db / 20).",
            seen="https://github.com/pytorch/audio/pull/2285",
        ),
        Misconception(
            "decibels taken for a ratio of powers",
            _scaled_by(lambda s, n, db: s / n / np.sqrt(db)),
            "Your mixture is {got}: your signal has 20 times the power of the noise, which is 13 dB. 20 dB is a power "
            "100 times as large: 10 ** (20 / 10) (section 4).",
        ),
        Misconception(
            "decibels taken for a ratio of amplitudes",
            _scaled_by(lambda s, n, db: s / n / np.float64(db)),
            "Your mixture is {got}: the samples of your signal are 20 times as large as those of the noise, which is "
            "26 dB. 20 dB is a factor of 10 in amplitude: 10 ** (20 / 20). (Did you multiply the noise by the *power* "
            "that it should have? Divide that by the power it has, and take the root.)",
        ),
        Misconception(
            "bels",
            _scaled_by(lambda s, n, db: s / n * 10 ** (-db / 2)),
            "Your mixture is {got}: the noise in it lies 200 dB below the signal. Decibels are *tenths* of powers of "
            "ten: 10 ** (snr_db / 10).",
        ),
        Misconception(
            "sign of the ratio",
            _scaled_by(lambda s, n, db: s / n * 10 ** (db / 20)),
            "Your mixture is {got}: the noise is 20 dB *louder* than the signal. The more decibels, the less noise: "
            "divide by 10 ** (snr_db / 10), or multiply by a negative power.",
            seen="https://github.com/iver56/audiomentations/issues/86",
        ),
        Misconception(
            "the two powers exchanged",
            _scaled_by(lambda s, n, db: n / s * 10 ** (-db / 20)),
            "Your mixture is {got}: the noise in it lies 4.1 dB below the signal, and 20 were asked for. You divided "
            "the power of the noise by that of the signal. Noise that was loud to begin with must be scaled *down*: "
            "its own power stands below the line.",
        ),
        Misconception(
            "the two powers exchanged, and the sign",
            _scaled_by(lambda s, n, db: n / s * 10 ** (db / 20)),
            "Your mixture is {got}: the noise is 35.9 dB *louder* than the signal. Your factor stands on its head: "
            "you have what the signal would be multiplied by. Turn the fraction round.",
        ),
        Misconception(
            "signal scaled instead of the noise",
            lambda signal, noise, snr_db: (
                signal * math.sqrt(_power(noise) / _power(signal)) * 10 ** (snr_db / 20) + noise
            ),
            "Your mixture is {got}: the ratio is right, 20 dB, but you reached it by making the signal louder, 25 "
            "times. Only the noise is to be scaled: then the word is equally loud in every mixture, and clips can be "
            "compared.",
        ),
        Misconception(
            "both scaled",
            lambda signal, noise, snr_db: (
                signal / math.sqrt(_power(signal)) + noise / math.sqrt(_power(noise)) * 10 ** (-snr_db / 20)
            ),
            "Your mixture is {got}: the ratio is right, 20 dB, but you brought both sounds to power 1 first, so the "
            "signal has changed. Only the noise is to be scaled.",
        ),
        Misconception(
            "both scaled by their peaks",
            lambda signal, noise, snr_db: (
                signal / np.abs(signal).max() + noise / np.abs(noise).max() * 10 ** (-snr_db / 20)
            ),
            "Your mixture is {got}: you divided both sounds by their peaks. A peak is one sample; a ratio of powers "
            "needs the mean of all squares. And only the noise is to be scaled.",
        ),
        Misconception(
            "both scaled, and then by the old powers",
            lambda signal, noise, snr_db: (
                signal / math.sqrt(_power(signal))
                + noise * math.sqrt(_power(signal)) / _power(noise) * 10 ** (-snr_db / 20)
            ),
            "Your mixture is {got}: you brought both sounds to power 1, and then used the powers that they had before, "
            "so these count twice: 28 dB lie between the two now, and 20 were asked for. And only the noise is to be "
            "scaled: leave the signal as it came.",
            seen="https://github.com/microsoft/DNS-Challenge/issues/165",
        ),
        Misconception(
            "noise not normalised by its own power",
            _scaled_by(lambda s, n, db: s * 10 ** (-db / 20)),
            "Your mixture is {got}: the noise in it lies 9 dB below the signal, and 20 were asked for. You scaled as "
            "if the noise had power 1; it has 12.5. Divide by the root of its own power as well.",
            seen="https://github.com/egrinstein/neural_srp/pull/3",
        ),
        Misconception(
            "the signal's power forgotten",
            _scaled_by(lambda s, n, db: 10 ** (-db / 20) / n),
            "Your mixture is {got}: the noise in it lies 23 dB below the signal, and 20 were asked for. You scaled as "
            "if the signal had power 1; it has 2. The ratio is taken to *this* signal: its power belongs above the "
            "line.",
        ),
        Misconception(
            "both powers forgotten",
            _scaled_by(lambda s, n, db: 10 ** (-db / 20)),
            "Your mixture is {got}: the noise in it lies 12 dB below the signal, and 20 were asked for. You scaled by "
            "10 ** (-20 / 20) alone. That would do if both sounds had the same power; these have 2 and 12.5.",
        ),
        Misconception(
            "both powers forgotten, and 10·log10 of amplitudes",
            _scaled_by(lambda s, n, db: 10 ** (-db / 10)),
            "Your mixture is {got}: the noise in it lies 32 dB below the signal, and 20 were asked for. Two things: "
            "the two sounds do not have the same power (2 and 12.5), and samples are scaled by 10 ** (-snr_db / 20).",
        ),
        Misconception(
            "root forgotten",
            _scaled_by(lambda s, n, db: (s / n) ** 2 * 10 ** (-db / 10)),
            "Your mixture is {got}: the noise in it lies 48 dB below the signal, and 20 were asked for. You "
            "multiplied the samples by the factor that is meant for the power. A power is a mean of *squares*: "
            "samples need the square root.",
        ),
        Misconception(
            "root of the powers forgotten",
            _scaled_by(lambda s, n, db: (s / n) ** 2 * 10 ** (-db / 20)),
            "Your mixture is {got}: the noise in it lies 28 dB below the signal, and 20 were asked for. 10 ** "
            "(-snr_db / 20) is right for samples, but beside it you have the ratio of the powers. Samples need its "
            "square root.",
        ),
        Misconception(
            "one root too many",
            _scaled_by(lambda s, n, db: math.sqrt(s / n * 10 ** (-db / 20))),
            "Your mixture is {got}: the noise in it lies 6 dB below the signal, and 20 were asked for. You took a root "
            "of what was a ratio of amplitudes already. Either powers, 10 ** (snr_db / 10), and one root of it all; or "
            "root mean squares, 10 ** (snr_db / 20), and no root any more.",
            seen="https://github.com/microsoft/MS-SNSD/issues/8",
        ),
        Misconception(
            "peak instead of power",
            _sized_by(lambda samples: np.abs(samples).max()),
            "Your mixture is {got}: the noise in it lies 16.5 dB below the signal, and 20 were asked for. You "
            "compared the peaks, 3 and 5. A peak is one sample; power is the mean of all squares, 2 and 12.5 (section "
            "4).",
        ),
        Misconception(
            "mean size instead of power",
            _sized_by(lambda samples: np.abs(samples).mean()),
            "Your mixture is {got}: the noise in it lies 22 dB below the signal, and 20 were asked for. You compared "
            "the means of the absolute samples. Power is the mean of the *squares*.",
        ),
        Misconception(
            "standard deviation instead of power",
            _sized_by(np.std),
            "Your mixture is {got}: the noise in it lies 19.4 dB below the signal, and 20 were asked for. std and var "
            "subtract the mean first. Power is the mean of the squares of the samples as they are.",
        ),
        Misconception(
            "mean before the square",
            _sized_by(np.mean),
            "Your mixture is {got}: the noise in it lies 25.1 dB below the signal, and 20 were asked for. You squared "
            "the mean. Pluses and minuses cancel in it: square each sample first, then take the mean.",
        ),
        Misconception(
            "mixture normalised by its peak",
            _changed(lambda mixture: mixture / np.abs(mixture).max()),
            "Your mixture is {got}: right until you divided the mixture by its peak. That keeps the ratio, but the "
            "signal in it is no longer the signal that came: every clip then gets a loudness of its own.",
        ),
        Misconception(
            "mixture normalised by its power",
            _changed(lambda mixture: mixture / math.sqrt(_power(mixture))),
            "Your mixture is {got}: right until you brought the mixture to power 1. That keeps the ratio, but the "
            "signal in it is no longer the signal that came.",
        ),
        Misconception(
            "mixture brought to mean 0 and spread 1",
            _changed(lambda mixture: (mixture - mixture.mean()) / mixture.std()),
            "Your mixture is {got}: right until you standardised the mixture. The signal in it is no longer the "
            "signal that came.",
        ),
        Misconception(
            "mixture clipped",
            _changed(lambda mixture: np.clip(mixture, -1.0, 1.0)),
            "Your mixture is {got}: right until you clipped the mixture to -1..1. Clipping flattens the loudest "
            "samples, of the signal as well, and what is lost is heard as a new noise.",
        ),
        Misconception(
            "mixture halved",
            _changed(lambda mixture: mixture / 2),
            "Your mixture is {got}: that is the mean of the two sounds. Sounds add: the signal keeps its size.",
        ),
        Misconception(
            "noise subtracted",
            lambda signal, noise, snr_db: 2 * signal - _mixture(signal, noise, snr_db),
            "Your mixture is {got}: you subtracted the noise. It would sound the same, but asked for is signal *plus* "
            "noise.",
        ),
        Misconception(
            "noise alone",
            lambda signal, noise, snr_db: _mixture(signal, noise, snr_db) - signal,
            "Your mixture is {got}: that is the scaled noise, and it is right. Add the signal.",
        ),
        Misconception(
            "decibels ignored",
            _scaled_by(lambda s, n, db: s / n),
            "Your mixture is {got}: signal and noise have the same power in it, 0 dB. snr_db has no effect yet.",
        ),
        *(
            Misconception(
                f"signal made {name}, without the powers",
                lambda signal, noise, snr_db, exponent=exponent: signal * 10 ** (snr_db * exponent) + noise,
                "Your mixture is {got}: you scaled the *signal*, and neither power counts. Only the noise is scaled, "
                "by "
                "the signal's root mean square over the noise's, times 10 ** (-snr_db / 20).",
            )
            for name, exponent in (
                ("louder", 1 / 20),
                ("quieter", -1 / 20),
                ("louder, 10 for amplitudes", 1 / 10),
                ("quieter, 10 for amplitudes", -1 / 10),
            )
        ),
        *(
            _factor(f"both powers forgotten, decibels {how}", f"neither power counts in yours, and {what}", factor)
            for how, what, factor in (
                ("as a divisor", "you divided by the decibels", lambda s, n, db: 1 / np.float64(db)),
                ("under a root", "you divided by the root of the decibels", lambda s, n, db: 1 / np.sqrt(db)),
                ("by exp", "you turned decibels back with exp", lambda s, n, db: math.exp(-db / 10)),
                ("in per cent", "you took decibels for per cent", lambda s, n, db: 1 - db / 100),
                ("as a factor", "you multiplied by the decibels", lambda s, n, db: db),
            )
        ),
        *_ONE_IN_THE_FACTOR,
        *_TWO_IN_THE_FACTOR,
        Misconception(
            "faded from one to the other",
            lambda signal, noise, snr_db: (
                signal * (1 - math.sqrt(_power(signal) / _power(noise)) * 10 ** (-snr_db / 20))
                + _mixture(signal, noise, snr_db)
                - signal
            ),
            "Your mixture is {got}: the noise is right, but you took the same share away from the signal. Only the "
            "noise is scaled; the signal stays as it came.",
        ),
        Misconception(
            "half of the decibels on each",
            lambda signal, noise, snr_db: (
                _mixture(signal, noise, snr_db)
                * math.sqrt(math.sqrt(_power(noise) / _power(signal)) * 10 ** (snr_db / 20))
            ),
            "Your mixture is {got}: the ratio is right, but you made the signal louder, too. Only the noise is scaled; "
            "the signal stays as it came.",
        ),
        Misconception(
            "size of the noise's samples",
            lambda signal, noise, snr_db: _mixture(signal, np.abs(noise), snr_db),
            "Your mixture is {got}: you added the noise without its signs. Its samples are added as they are, scaled.",
        ),
        Misconception(
            "signal and noise exchanged",
            lambda signal, noise, snr_db: _mixture(noise, signal, snr_db),
            "Your mixture is {got}: you kept the noise and scaled the *signal*, to lie 20 dB below it. The signal "
            "comes "
            "first, mix(signal, noise, snr_db), and only the noise is scaled.",
        ),
        Misconception(
            "sample by sample",
            lambda signal, noise, snr_db: signal + np.sign(noise) * np.abs(signal) * 10 ** (-snr_db / 20),
            "Your mixture is {got}: you set each sample of the noise against the sample of the signal beside it. A "
            "power is the *mean* of the squares, one number for the whole sound.",
        ),
        Misconception(
            "noise measured against the mixture",
            _scaled_by(lambda s, n, db: s / n / np.sqrt(10 ** (db / 10) - 1)),
            "Your mixture is {got}: you let the *mixture* lie 20 dB above the noise. The ratio is taken of the signal "
            "alone, power(signal) / 10 ** (snr_db / 10).",
        ),
        *(
            Misconception(
                f"decibels as a factor{name}",
                _scaled_by(lambda s, n, db, divisor=divisor: (20 * math.log10(s / n) - db) / divisor),
                "Your mixture is {got}: you counted rightly by how many decibels the noise is to change, and "
                "multiplied "
                "by that number. Decibels are logarithms: a factor for samples is 10 ** (decibels / 20).",
            )
            for name, divisor in (("", 1), (", divided by 10", 10), (", divided by 20", 20))
        ),
        Misconception(
            "levels by the natural logarithm",
            _scaled_by(lambda s, n, db: 10 ** ((20 * math.log(s / n) - db) / 20)),
            "Your mixture is {got}: you measured the two levels with the natural logarithm, np.log. Decibels are 10 · "
            "np.log10 of a power.",
        ),
        *(
            Misconception(
                f"mixture brought to the signal's {name}",
                lambda signal, noise, snr_db, size=size: (
                    _mixture(signal, noise, snr_db) * size(signal) / size(_mixture(signal, noise, snr_db))
                ),
                "Your mixture is {got}: right until you brought the mixture back to the signal's " + name + ". That "
                "keeps the ratio, but the signal in it is no longer the signal that came.",
            )
            for name, size in (("power", lambda x: math.sqrt(_power(x))), ("peak", lambda x: np.abs(x).max()))
        ),
        *(
            Misconception(
                f"mean of {name} taken away",
                take_away,
                "Your mixture is {got}: you took the mean of " + name + " away. Power is the mean of the squares of "
                "the samples as they are, and the sounds are added as they are.",
            )
            for name, take_away in (
                ("the mixture", _changed(lambda mixture: mixture - mixture.mean())),
                ("the noise", lambda signal, noise, snr_db: _mixture(signal, noise - noise.mean(), snr_db)),
                ("the signal", lambda signal, noise, snr_db: _mixture(signal - signal.mean(), noise, snr_db)),
                (
                    "both",
                    lambda signal, noise, snr_db: _mixture(signal - signal.mean(), noise - noise.mean(), snr_db),
                ),
            )
        ),
        Misconception(
            "mixture rounded",
            _changed(np.round),
            "Your mixture is {got}: right until you rounded it. Samples need not be whole numbers.",
        ),
        Misconception(
            "mixture in whole numbers",
            _changed(np.trunc),
            "Your mixture is {got}: right until it was made whole numbers. astype(int) cuts everything behind the "
            "point off.",
        ),
        Misconception(
            "mixture bent by tanh",
            _changed(np.tanh),
            "Your mixture is {got}: right until tanh bent it. That changes the loud samples, of the signal as well.",
        ),
        Misconception(
            "one after the other",
            lambda signal, noise, snr_db: np.concatenate([signal, _mixture(signal, noise, snr_db) - signal]),
            "You put the noise *behind* the signal, so that there are twice as many samples. A mixture is their sum, "
            "sample by sample: signal + noise.",
        ),
        Misconception(
            "the factor alone",
            lambda signal, noise, snr_db: math.sqrt(_power(signal) / _power(noise)) * 10 ** (-snr_db / 20),
            "{got} is what the samples of the noise are to be multiplied by, and it is right. Do that, and add the "
            "signal.",
        ),
        Misconception(
            "the power of the noise alone",
            lambda signal, noise, snr_db: _power(signal) / 10 ** (snr_db / 10),
            "{got} is the power that the noise may have, and it is right. Scale the noise to it, and add the signal.",
        ),
        Misconception(
            "multiplied instead of added",
            lambda signal, noise, snr_db: signal * (_mixture(signal, noise, snr_db) - signal),
            "Your mixture is {got}: you multiplied signal and noise. Sounds add.",
        ),
        Misconception(
            "added as they are",
            _scaled_by(lambda s, n, db: 1.0),
            "Your mixture is {got}: you added both as they are, and the noise is 8 dB louder than the signal. Scale "
            "it first.",
        ),
    ),
    hints=(
        "Power first: the mean of the squared samples, of the signal and of the noise. How large may the power of the "
        "noise be?",
        "10·log10(power(signal) / power) = snr_db, solved for the power: power(signal) / 10 ** (snr_db / 10).",
        "Multiplying samples by g multiplies their power by g². So g is the square root of the power that the noise "
        "should have over the power that it has.",
    ),
    praise="The signal stays as it was; the noise has the power that you chose, however loud it came.",
)


# --- 8.2: frames ------------------------------------------------------------------------------------------------------


def _frames_at(samples: np.ndarray, starts: range, length: int) -> np.ndarray:
    """Zeros stand where the samples have ended."""
    padded = np.concatenate([samples, np.zeros(max(starts, default=0) + length)])
    return np.array([padded[start : start + length] for start in starts]).reshape(len(starts), length)


def _whole_frames(samples: np.ndarray, length: int, hop: int) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(samples, length)[::hop].copy()


def _starting(starts: Callable[[int, int, int], range]) -> Callable[..., np.ndarray]:
    """A mistake in where frames begin; it sees how many samples there are, length and hop."""
    return lambda samples, length, hop: _frames_at(samples, starts(len(samples), length, hop), length)


def _all_begun(samples: np.ndarray, length: int, hop: int) -> list[np.ndarray]:
    return [samples[start : start + length] for start in range(0, len(samples), hop)]


def _steps_of_a_frame(samples: np.ndarray, length: int, hop: int) -> list[np.ndarray]:
    return [samples[t * length : (t + 1) * length] for t in range(1 + (len(samples) - length) // hop)]


def _filled_in(samples: np.ndarray, length: int, count: int, step: int) -> np.ndarray:
    frames = np.zeros((count, length))
    for t in range(count):
        frames[t] = samples[t * step : t * step + length]
    return frames


def _centred(samples: np.ndarray, length: int, hop: int) -> np.ndarray:
    return _whole_frames(np.pad(samples, length // 2), length, hop)


def _one_pushed_back(samples: np.ndarray, length: int, hop: int) -> np.ndarray:
    whole = _whole_frames(samples, length, hop)
    return np.vstack([whole, samples[-length:]]) if (len(samples) - length) % hop else whole


def _slices(start: Callable, end: Callable, made: Callable = list) -> Callable[..., object]:
    """As many slices as there are whole frames, from ``start`` to ``end`` of (t, length, hop)."""

    def mistaken(samples: np.ndarray, length: int, hop: int) -> object:
        count = 1 + (len(samples) - length) // hop
        return made([samples[start(t, length, hop) : end(t, length, hop)] for t in range(count)])

    return mistaken


def _of_frames(change: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """The right frames, and what is made of them."""
    return lambda samples, length, hop: change(_whole_frames(samples, length, hop))


_PUSHED_BACK = (
    "you made one more frame of the last samples, so that none is lost. Frames begin every hop samples, and only whole "
    "ones are asked for: what is left over is left out."
)
_END_FORGOTTEN = (
    "Your slices end at length, wherever they begin: samples[start : length]. A slice ends where it begins plus "
    "length: samples[start : start + length]."
)

FRAMES = Exercise(
    id="8.2",
    answer="cut_frames",
    title="Write cut_frames(samples, length, hop): a frame of length samples every hop samples, (T, length).",
    objective="cut a sound into overlapping frames",
    kind="write",
    minutes=7,
    difficulty=2,
    cases=_CUTS,
    right=_whole_frames,
    misconceptions=(
        Misconception(
            "frames without overlap",
            _starting(lambda S, length, hop: range(0, S - length + 1, length)),
            "Your frames are {got}: each frame begins where the one before ended, so hop has no effect. (A plain "
            "reshape to (-1, length) does this.) Frame t begins at t * hop, and neighbours share length - hop samples "
            "(section 3).",
        ),
        Misconception(
            "steps of a frame, in an array",
            lambda samples, length, hop: np.array(_steps_of_a_frame(samples, length, hop)),
            "You count frames for a step of hop, but frame t begins at t * length in yours: the last ones run past the "
            "end and come out shorter. Frame t begins at t * hop.",
        ),
        Misconception(
            "steps of a frame, in a list",
            _steps_of_a_frame,
            "You count frames for a step of hop, but frame t begins at t * length in yours: the last ones run past the "
            "end and come out shorter. Frame t begins at t * hop.",
        ),
        Misconception(
            "steps of a frame, filled in",
            lambda samples, length, hop: _filled_in(samples, length, 1 + (len(samples) - length) // hop, length),
            "You count frames for a step of hop, but frame t begins at t * length in yours, and the last ones run past "
            "the end. Frame t begins at t * hop.",
        ),
        Misconception(
            "reshaped to the right shape",
            lambda samples, length, hop: samples.reshape(1 + (len(samples) - length) // hop, length),
            "A reshape uses every number once. Frames overlap: their numbers together are more than the samples. Each "
            "frame is a slice of its own, samples[t * hop : t * hop + length].",
        ),
        Misconception(
            "resized to the right shape",
            lambda samples, length, hop: np.resize(samples, (1 + (len(samples) - length) // hop, length)),
            "Your frames are {got}: the shape is right, but np.resize lays the samples end to end and begins anew "
            "when they run out. Each frame is a slice of its own, samples[t * hop : t * hop + length].",
        ),
        Misconception(
            "hop and length exchanged",
            lambda samples, length, hop: _frames_at(samples, range(0, len(samples) - hop + 1, length), hop),
            "Your frames are {got}: your frames have hop samples, and begin every length samples. The other way "
            "round: length is how long a frame is, hop how far it is to the next one.",
        ),
        Misconception(
            "frames as long as the hop, as many as whole frames",
            _slices(lambda t, length, hop: t * hop, lambda t, length, hop: (t + 1) * hop, np.array),
            "Your frames are {got}: each goes from one beginning to the next, so it has hop samples. A frame has "
            "length "
            "samples and overlaps with the next: samples[t * hop : t * hop + length].",
        ),
        Misconception(
            "frame t begins at t",
            _slices(lambda t, length, hop: t, lambda t, length, hop: t + length, np.array),
            "Right for a hop of 1. Frame t begins at t in yours, one sample after the one before; it begins at t * "
            "hop.",
        ),
        Misconception(
            "strides counted in numbers",
            lambda samples, length, hop: np.lib.stride_tricks.as_strided(
                samples, (1 + (len(samples) - length) // hop, length), (hop, 1)
            ).copy(),
            "You counted strides in numbers. They are in bytes, 8 for each number here: samples.strides[0]. Counted "
            "wrongly they read the middle of numbers. sliding_window_view(samples, length)[::hop] does it for you.",
        ),
        Misconception(
            "every hop-th sample in a frame",
            lambda samples, length, hop: np.array(
                [
                    samples[start : start + length * hop : hop]
                    for start in range(0, len(samples) - (length - 1) * hop, hop)
                ]
            ),
            "Right for a hop of 1. Your frames take every hop-th sample. Frames *begin* every hop samples; inside a "
            "frame no sample is left out.",
        ),
        Misconception(
            "end of the slice forgotten",
            _slices(lambda t, length, hop: t * hop, lambda t, length, hop: length),
            _END_FORGOTTEN,
        ),
        Misconception(
            "one more frame, pushed back",
            lambda samples, length, hop: np.vstack([_whole_frames(samples, length, hop), samples[-length:]]),
            "Your frames are {got}: " + _PUSHED_BACK,
        ),
        Misconception(
            "one more frame, filled up",
            _starting(lambda S, length, hop: range(0, S - length + hop + 1, hop)),
            "Your frames are {got}: the last one runs past the end and is filled up with zeros. Only whole frames: the "
            "last one begins at len(samples) - length or before, 1 + (len(samples) - length) // hop of them.",
        ),
        Misconception(
            "as many frames as fit side by side",
            lambda samples, length, hop: _filled_in(samples, length, len(samples) // length, hop),
            "Your frames are {got}: right, but there are more. len(samples) // length is how many fit *side by side*; "
            "these overlap: 1 + (len(samples) - length) // hop.",
        ),
        Misconception(
            "counted from the end",
            lambda samples, length, hop: _whole_frames(samples[::-1], length, hop)[::-1, ::-1],
            "Right where nothing is left over. With 12 samples, frames of 5 and a hop of 2 one sample is left, and you "
            "left it out at the *beginning*. Frame 0 begins at sample 0.",
        ),
        Misconception(
            "frames backwards",
            _of_frames(lambda frames: frames[:, ::-1]),
            "Your frames are {got}: the right frames, each of them backwards. Time runs to the right.",
        ),
        Misconception(
            "how many frames",
            _of_frames(len),
            "{got} is how many frames there are, and it is right. Asked for are the frames themselves, (T, length).",
        ),
        Misconception(
            "where frames begin",
            lambda samples, length, hop: np.arange(0, len(samples) - length + 1, hop),
            "{got} is where the frames begin, and it is right. Asked for are the frames themselves: "
            "samples[start : start + length] for each.",
        ),
        Misconception(
            "the shape alone",
            lambda samples, length, hop: (1 + (len(samples) - length) // hop, length),
            "{got} is the shape, and it is right. Asked for are the frames themselves.",
        ),
        *(
            Misconception(
                f"{name} of each frame",
                _of_frames(over),
                "{got}: one number for each frame, its " + name + ". Asked for are the samples themselves.",
            )
            for name, over in (
                ("mean", lambda frames: frames.mean(1)),
                ("sum", lambda frames: frames.sum(1)),
                ("power", lambda frames: (frames**2).mean(1)),
                ("largest sample", lambda frames: frames.max(1)),
                ("first sample", lambda frames: frames[:, 0]),
            )
        ),
        *(
            Misconception(
                name,
                change,
                "Your frames are {got}: the right places, but the samples are changed: " + what + ". Cut only; the "
                "samples are asked for as they are.",
            )
            for name, what, change in (
                (
                    "mean taken away",
                    "their mean is taken away",
                    lambda samples, length, hop: _whole_frames(samples - samples.mean(), length, hop),
                ),
                (
                    "mean of each frame taken away",
                    "the mean of each frame is taken away",
                    _of_frames(lambda frames: frames - frames.mean(1, keepdims=True)),
                ),
                (
                    "peak made 1",
                    "they are divided by the largest",
                    lambda samples, length, hop: _whole_frames(samples / np.abs(samples).max(), length, hop),
                ),
                (
                    "peak of each frame made 1",
                    "each frame is divided by its largest",
                    _of_frames(lambda frames: frames / np.abs(frames).max(1, keepdims=True)),
                ),
                (
                    "standardised",
                    "they are brought to mean 0 and spread 1",
                    lambda samples, length, hop: _whole_frames((samples - samples.mean()) / samples.std(), length, hop),
                ),
                (
                    "high frequencies raised",
                    "0.97 of the sample before is taken away",
                    lambda samples, length, hop: _whole_frames(
                        samples - 0.97 * np.concatenate([[0.0], samples[:-1]]), length, hop
                    ),
                ),
                (
                    "a Hamming window applied",
                    "they are multiplied by a window that fades in and out",
                    lambda samples, length, hop: _whole_frames(samples, length, hop) * np.hamming(length),
                ),
                (
                    "made whole numbers",
                    "they are cut to whole numbers",
                    _of_frames(np.trunc),
                ),
            )
        ),
        Misconception(
            "frames as long as the hop",
            lambda samples, length, hop: _frames_at(samples, range(0, len(samples) - hop + 1, hop), hop),
            "Your frames are {got}: your frames are hop samples long. They begin rightly, every hop samples, but each "
            "has length samples: samples[start : start + length].",
        ),
        Misconception(
            "hop taken for the overlap",
            lambda samples, length, hop: _whole_frames(samples, length, max(length - hop, 1)),
            "Your frames are {got}: neighbours share hop samples in yours. hop is the step from one beginning to the "
            "next; what they share is length - hop.",
            seen="https://github.com/scipy/scipy/issues/23032",
        ),
        Misconception(
            "hop ignored",
            lambda samples, length, hop: _whole_frames(samples, length, 1),
            "A frame begins at every sample in yours. One begins every hop samples: range(0, …, hop), or [::hop].",
        ),
        Misconception(
            "a frame for each beginning, padded",
            _starting(lambda S, length, hop: range(0, S, hop)),
            "Your last frames run past the end and are filled up with zeros: a sudden end that nobody heard. Only "
            "whole frames: the last one begins at len(samples) - length or before.",
        ),
        Misconception(
            "last frame filled up",
            _starting(lambda S, length, hop: range(0, S - length + hop, hop)),
            "Right where nothing is left over. With 12 samples, frames of 5 and a hop of 2 one sample is left, and you "
            "made a fifth frame of it, filled up with zeros. Only whole frames are asked for: // rounds down, "
            "1 + (12 - 5) // 2 = 4.",
            seen="https://github.com/melizalab/libtfr/issues/22",
        ),
        Misconception(
            "last frame pushed back",
            _one_pushed_back,
            "Right where nothing is left over. With 12 samples, frames of 5 and a hop of 2 one sample is left, and you "
            "made a fifth frame that ends with it: it lies one sample after the fourth, not two. Then time no longer "
            "runs evenly. Leave the rest out.",
        ),
        Misconception(
            "incomplete frames kept, in an array",
            lambda samples, length, hop: np.array(_all_begun(samples, length, hop)),
            "Slices that begin near the end run out of samples and are shorter, and rows of an array are equally long. "
            "Only whole frames: the last one begins at len(samples) - length or before.",
        ),
        Misconception(
            "incomplete frames kept, stacked",
            lambda samples, length, hop: np.stack(_all_begun(samples, length, hop)),
            "Slices that begin near the end run out of samples and are shorter. Only whole frames: the last one begins "
            "at len(samples) - length or before.",
        ),
        Misconception(
            "incomplete frames kept, in a list",
            _all_begun,
            "Your last frames are shorter than the others: slices that begin near the end run out of samples. Only "
            "whole frames: the last one begins at len(samples) - length or before.",
        ),
        Misconception(
            "as many frames as hops",
            lambda samples, length, hop: _filled_in(samples, length, len(samples) // hop, hop),
            "You counted len(samples) // hop frames: as many as begin, but the last ones run past the end and do not "
            "fill their row. Of 6 samples, frames of 3 with a hop of 1 fit 1 + (6 - 3) // 1 = 4 times, not 6.",
            seen="https://github.com/librosa/librosa/issues/530",
        ),
        Misconception(
            "one frame too few",
            lambda samples, length, hop: _whole_frames(samples, length, hop)[:-1],
            "Your frames are {got}: the last whole frame is missing. range stops *before* its end, and between T "
            "beginnings there are only T - 1 hops: T = 1 + (len(samples) - length) // hop.",
        ),
        Misconception(
            "first frame left out",
            lambda samples, length, hop: _whole_frames(samples, length, hop)[1:],
            "Your frames are {got}: the first frame is missing. t counts from 0, so that frame 0 begins at sample 0.",
        ),
        Misconception(
            "one sample short",
            lambda samples, length, hop: _whole_frames(samples, length, hop)[:, :-1],
            "Your frames are {got}: each frame is one sample short. A slice stops before its end: samples[start : "
            "start + length].",
        ),
        Misconception(
            "time on the last axis",
            lambda samples, length, hop: _whole_frames(samples, length, hop).T,
            "Your frames are {got}: the right frames, but they stand in columns, (length, T), as some libraries give "
            "them. Rows are positions here, and a position is a frame: (T, length). (Or are your frames one sample too "
            "long? With a hop of 1 that looks the same.)",
        ),
        Misconception(
            "one long row",
            lambda samples, length, hop: _whole_frames(samples, length, hop).reshape(-1),
            "Your frames are {got}: the right numbers, in one long row. A frame is a row of its own: np.stack or "
            "np.array, not np.concatenate or extend.",
        ),
        Misconception(
            "first frame only",
            lambda samples, length, hop: samples[:length].copy(),
            "Your frames are {got}: that is the first frame. If 'return' stands inside your loop, the loop ends there "
            "in its first round.",
        ),
        Misconception(
            "last frame only",
            lambda samples, length, hop: _whole_frames(samples, length, hop)[-1],
            "Your frames are {got}: that is the last frame. Each round of your loop put its frame in the place of the "
            "one before: collect them in a list.",
        ),
        Misconception(
            "places instead of samples",
            lambda samples, length, hop: _whole_frames(np.arange(len(samples)), length, hop),
            "Your frames are {got}: those are the right places. Give back the samples that stand there: "
            "samples[places].",
        ),
        Misconception(
            "padded at both ends",
            _centred,
            "Your first frame has its middle at sample 0, with zeros before it, as some libraries do it (center=True). "
            "Here frame 0 begins at sample 0, and nothing is added.",
            seen="https://github.com/librosa/librosa/issues/752",
        ),
        Misconception(
            "a window applied",
            lambda samples, length, hop: _whole_frames(samples, length, hop) * np.hanning(length),
            "Your frames are {got}: the right frames, already multiplied by a window that fades in and out. That "
            "comes next; here the samples are asked for as they are.",
        ),
        Misconception(
            "a window that does not return to 0",
            lambda samples, length, hop: (
                _whole_frames(samples, length, hop) * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length))
            ),
            "Your frames are {got}: the right frames, already multiplied by a window that fades in and out. That "
            "comes next; here the samples are asked for as they are.",
        ),
    ),
    hints=(
        "Take 9 samples, frames of 3 and a hop of 2, and write the frames under one another with a pencil. Where does "
        "the last one begin?",
        "Frame t is samples[t * hop : t * hop + length]. How many of them end before the samples do?",
        "T = 1 + (len(samples) - length) // hop; np.stack puts a list of equally long frames under one another.",
    ),
    praise="A frame every hop, each a row, and nothing made up at the end: T = 1 + (S - length) // hop.",
)


# --- 8.3: log-mel -----------------------------------------------------------------------------------------------------

_FLOOR = 1e-10


def _decibels(power: np.ndarray) -> np.ndarray:
    return 10 * np.log10(np.maximum(power, _FLOOR))


def _log_mel(power: np.ndarray, filterbank: np.ndarray) -> np.ndarray:
    return _decibels(np.einsum("tb,mb->tm", power, filterbank))


def _after_the_filters(change: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake in what becomes of the power in the mel bands."""
    return lambda power, filterbank: change(power @ filterbank.T)


def _silence_at_0(mel: np.ndarray) -> np.ndarray:
    return np.where(mel > 0, 10 * np.log10(np.where(mel > 0, mel, 1.0)), 0.0)


_LOGARITHMS = (  # what it is called, and what it makes of a power
    ("20 instead of 10", lambda power: 20 * np.log10(power)),
    ("natural logarithm", lambda power: 10 * np.log(power)),
    ("natural logarithm, without the 10", np.log),
    ("bels", np.log10),
)


def _other_floor(floor: float) -> Misconception:
    decibels = f"{10 * math.log10(floor):.0f}"
    return Misconception(
        f"a floor of {floor:g}",
        _after_the_filters(lambda mel: 10 * np.log10(np.maximum(mel, floor))),
        f"Your floor lies at {decibels} dB, a power of {floor:g}. A power below 1e-10 counts as 1e-10, which is 10 to "
        "the power of -10, or -100 dB: np.maximum(…, 1e-10).",
    )


LOG_MEL = Exercise(
    id="8.3",
    answer="log_mel",
    title="Write log_mel(power, filterbank): the power in each mel band of each frame, in decibels, floor 1e-10.",
    objective="turn a power spectrogram into log-mel features",
    kind="write",
    minutes=7,
    difficulty=2,
    cases=_SPECTRA,
    right=_log_mel,
    misconceptions=(
        Misconception(
            "logarithm before the filterbank",
            lambda power, filterbank: _decibels(power) @ filterbank.T,
            "Your result is {got}: you took decibels first and added those up in the bands. Powers add, decibels do "
            "not: two frequencies of 20 dB each are 23 dB together, not 40. Filterbank first, logarithm last "
            "(sections 3 and 4).",
            seen="https://github.com/nice-tools/nice/pull/6",
        ),
        Misconception(
            "filterbank not transposed",
            lambda power, filterbank: _decibels(power @ filterbank),
            "power @ filterbank is possible here only because there are as many bins as mel bands. A row of the "
            "filterbank is one band, and it meets the bins of a frame: power @ filterbank.T, (T, bins) with "
            "(bins, mels).",
        ),
        Misconception(
            "filterbank applied along time",
            lambda power, filterbank: _decibels(filterbank @ power),
            "filterbank @ power adds up *moments*: the columns of the filterbank met the rows of power, which are "
            "frames. It is possible here only because there are as many frames as bins. A band adds up the bins of one "
            "frame: power @ filterbank.T.",
        ),
        Misconception(
            "filterbank transposed, and along time",
            lambda power, filterbank: _decibels(filterbank.T @ power),
            "filterbank.T @ power is possible here only because all sizes are equal. A band adds up the bins of one "
            "frame: power @ filterbank.T, (T, bins) with (bins, mels).",
        ),
        Misconception(
            "multiplied number by number",
            lambda power, filterbank: _decibels(power * filterbank),
            "* lays the two tables upon each other and adds nothing up. A band is a weighted *sum* over the bins of a "
            "frame: power @ filterbank.T.",
        ),
        Misconception(
            "time on the last axis",
            lambda power, filterbank: _log_mel(power, filterbank).T,
            "The numbers are right, but each moment stands in a column, (mels, T), as many libraries give it. Rows are "
            "positions here: (T, mels).",
        ),
        Misconception(
            "20 instead of 10",
            lambda power, filterbank: 2 * _log_mel(power, filterbank),
            "Your result is {got}: exactly twice as many decibels as there are. 20·log10 is for amplitudes; of a "
            "power, which is an amplitude squared already, it is 10·log10 (section 4).",
            seen="https://github.com/MTG/mtg-jamendo-dataset/issues/51",
        ),
        Misconception(
            "natural logarithm",
            lambda power, filterbank: 10 * math.log(10) * _log_mel(power, filterbank) / 10,
            "Your result is {got}: your numbers are 2.3 times too large, the natural logarithm of 10. np.log is the "
            "natural logarithm; decibels need np.log10.",
            seen="https://github.com/StefanJAuer/RaySAR/issues/8",
        ),
        Misconception(
            "natural logarithm, without the 10",
            lambda power, filterbank: math.log(10) * _log_mel(power, filterbank) / 10,
            "Your result is {got}: that is the natural logarithm of the power. Many programs feed that to a network; "
            "decibels are 10 · np.log10.",
        ),
        Misconception(
            "bels",
            lambda power, filterbank: _log_mel(power, filterbank) / 10,
            "Your result is {got}: those are bels, np.log10 of the power. A *deci*bel is a tenth of one: times 10.",
        ),
        Misconception(
            "10 inside the logarithm",
            _after_the_filters(lambda mel: np.log10(10 * np.maximum(mel, _FLOOR))),
            "Your result is {got}: the 10 stands inside the logarithm, where it only adds 1 to each number. Outside it "
            "makes decibels of bels: 10 * np.log10(…).",
            seen="https://github.com/dengjunquan/DoA-Estimation-MUSIC-ESPRIT/issues/2",
        ),
        Misconception(
            "logarithm to base 2",
            lambda power, filterbank: 10 * math.log2(10) * _log_mel(power, filterbank) / 10,
            "Your result is {got}: your numbers are 3.3 times too large, the logarithm of 10 to base 2. Decibels need "
            "np.log10.",
        ),
        Misconception(
            "no logarithm",
            _after_the_filters(lambda mel: np.maximum(mel, _FLOOR)),
            "Your result is {got}: that is the power in each band, and it is right. 10 · np.log10 of it is asked for.",
        ),
        Misconception(
            "1 added",
            _after_the_filters(lambda mel: 10 * np.log10(1 + mel)),
            "You added 1 before the logarithm (np.log1p does so too). That lays the floor at a power of 1, 0 dB, and "
            "quiet sounds lie far below that. The floor asked for is 1e-10: np.maximum(…, 1e-10).",
        ),
        Misconception(
            "1 added, natural logarithm",
            _after_the_filters(lambda mel: 10 * np.log1p(mel)),
            "np.log1p adds 1 before the logarithm, and it is the natural one. Decibels are 10 · np.log10, with a floor "
            "of 1e-10: np.maximum(…, 1e-10).",
        ),
        Misconception(
            "1 added, natural logarithm, without the 10",
            _after_the_filters(np.log1p),
            "np.log1p adds 1 before the logarithm, and it is the natural one. Decibels are 10 · np.log10, with a floor "
            "of 1e-10: np.maximum(…, 1e-10).",
        ),
        Misconception(
            "root of the power",
            lambda power, filterbank: _log_mel(np.sqrt(power), filterbank),
            "You took the root of the power first, so the bands add up amplitudes. Powers add: leave power as it is.",
            seen="https://github.com/keunwoochoi/kapre/issues/121",
        ),
        Misconception(
            "power squared",
            lambda power, filterbank: _log_mel(power**2, filterbank),
            "You squared power. It is the square of an amplitude already: leave it as it is.",
        ),
        Misconception(
            "root of the power, 20 instead of 10",
            lambda power, filterbank: 2 * _log_mel(np.sqrt(power), filterbank),
            "You took the root of the power and 20·log10. For one frequency that comes to the same; here the bands add "
            "up in between, and powers add, amplitudes do not. Leave power as it is, and take 10·log10.",
        ),
        Misconception(
            "mean of the power instead of the sum",
            lambda power, filterbank: _log_mel(power, filterbank / filterbank.shape[1]),
            "You divided each band by the number of bins. A band is the weighted sum over the bins: "
            "power @ filterbank.T and nothing more.",
        ),
        Misconception(
            "filters normalised",
            lambda power, filterbank: _log_mel(power, filterbank / filterbank.sum(1, keepdims=True)),
            "You divided each band by the sum of its weights. Some libraries do that; here the filterbank is to be "
            "used as it comes.",
        ),
        Misconception(
            "relative to the maximum",
            lambda power, filterbank: _log_mel(power, filterbank) - _log_mel(power, filterbank).max(),
            "Your result is {got}: the largest of your numbers is 0. You measured from the loudest place (ref=np.max "
            "in some libraries), so a whisper and a shout look the same. Here 0 dB is a power of 1.",
        ),
        Misconception(
            "relative to the maximum of each frame",
            lambda power, filterbank: (
                _log_mel(power, filterbank) - _log_mel(power, filterbank).max(axis=1, keepdims=True)
            ),
            "Your result is {got}: in each row the largest number is 0. You measured each frame from its own loudest "
            "band, so loud and quiet moments look the same. Here 0 dB is a power of 1.",
        ),
        Misconception(
            "standardised",
            lambda power, filterbank: (
                (_log_mel(power, filterbank) - _log_mel(power, filterbank).mean()) / _log_mel(power, filterbank).std()
            ),
            "Your result is {got}: you brought the numbers to mean 0 and spread 1. A network likes that; asked for "
            "are decibels.",
        ),
        Misconception(
            "power relative to its maximum",
            lambda power, filterbank: _log_mel(power / power.max(), filterbank),
            "You divided power by its largest value, so a whisper and a shout look the same. Here 0 dB is a power of "
            "1.",
        ),
        Misconception(
            "no floor",
            _after_the_filters(lambda mel: 10 * np.log10(mel)),
            "Right until a frame is silent: {got}. The logarithm of 0 is minus infinity, and one such number makes a "
            "whole network NaN. Lay a floor under the power before the logarithm: np.maximum(…, 1e-10).",
            seen="https://github.com/JuliaDSP/MFCC.jl/issues/24",
        ),
        Misconception(
            "minus infinity made a large number",
            _after_the_filters(lambda mel: np.nan_to_num(10 * np.log10(mel))),
            "Right until a frame is silent: np.nan_to_num makes minus infinity the most negative number there is, "
            "-1.8e308, which overflows in the next product. Lay a floor under the power: np.maximum(…, 1e-10).",
        ),
        Misconception(
            "silence at 0 decibels",
            _after_the_filters(_silence_at_0),
            "Right until a frame is silent: {got}. You gave silence 0 dB, but that is a power of 1, louder than the "
            "quiet third frame. The floor is a power of 1e-10, which is -100 dB.",
            seen="https://github.com/AudioCommons/timbral_models/pull/13",
        ),
        Misconception(
            "floor under the power before the filterbank",
            lambda power, filterbank: 10 * np.log10(np.maximum(power, _FLOOR) @ filterbank.T),
            "Right until a frame is silent: {got}. You laid the floor under each bin, and a band adds several up: more "
            "than -100 dB, and more for wide bands. The logarithm is taken of the bands, so the floor belongs under "
            "them.",
        ),
        Misconception(
            "1e-10 added",
            _after_the_filters(lambda mel: 10 * np.log10(mel + _FLOOR)),
            "Right for loud bands and for silence. But adding 1e-10 is no floor: a power of 8e-11 becomes 1.8e-10, "
            "and one of 1e-10 twice as much, 3 dB more. What is below 1e-10 counts as 1e-10, and the rest stays as it "
            "is: np.maximum(…, 1e-10).",
        ),
        Misconception(
            "only an exact 0 replaced",
            _after_the_filters(lambda mel: 10 * np.log10(np.where(mel == 0, _FLOOR, mel))),
            "Right for silence, which has a power of exactly 0. But a floor catches everything below it: 4e-11 counts "
            "as 1e-10, too. np.maximum(…, 1e-10) asks for each number which is larger.",
        ),
        *(
            _other_floor(floor)
            for floor in (
                *(
                    0.1,
                    1e-2,
                    1e-3,
                    1e-4,
                    1e-5,
                    1e-6,
                    1e-7,
                    1e-8,
                    1e-9,
                    1e-11,
                    1e-12,
                    1e-15,
                    1e-16,
                    1e-20,
                    1e-30,
                    1e-100,
                ),
                *(10.0, math.exp(-10), float(np.finfo(float).eps), float(np.finfo(np.float32).eps)),
                *(float(np.finfo(float).tiny), float(np.finfo(np.float32).tiny)),
            )
        ),
        Misconception(
            "1e10 instead of 1e-10",
            _after_the_filters(lambda mel: 10 * np.log10(np.maximum(mel, 1e10))),
            "Your result is {got}: nothing in it is quieter than 100 dB. The sign of the exponent is missing: 1e-10.",
        ),
        *(
            Misconception(
                f"{name}, before the filterbank",
                lambda power, filterbank, logarithm=logarithm: logarithm(np.maximum(power, _FLOOR)) @ filterbank.T,
                "Your result is {got}. Two things: you took the logarithm first and added *logarithms* up in the "
                "bands; powers add, so the filterbank comes first. And decibels of a power are 10 · np.log10.",
            )
            for name, logarithm in _LOGARITHMS
        ),
        Misconception(
            "mean of decibels",
            lambda power, filterbank: _decibels(power) @ filterbank.T / filterbank.sum(1),
            "Your result is {got}: you took decibels first, and their weighted mean in each band. Powers add, decibels "
            "do not: filterbank first, logarithm last.",
        ),
        *(
            Misconception(
                name,
                _after_the_filters(lambda mel, over=over: 10 * np.log10(np.maximum(over(mel), _FLOOR))),
                "Your result is {got}: " + what + " Asked for is a row for each frame and a column for each band, "
                "(T, mels).",
            )
            for name, over, what in (
                ("added up over the frames", lambda mel: mel.sum(0), "you added up over the frames, so time is lost."),
                (
                    "mean over the frames",
                    lambda mel: mel.mean(0),
                    "you took the mean over the frames, so time is lost.",
                ),
                ("added up over the bands", lambda mel: mel.sum(1), "you added up over the bands as well."),
                ("mean over the bands", lambda mel: mel.mean(1), "you took the mean over the bands."),
                ("largest over the frames", lambda mel: mel.max(0), "you took the maximum over the frames."),
            )
        ),
        Misconception(
            "no filterbank",
            lambda power, filterbank: 10 * np.log10(np.maximum(power, _FLOOR)),
            "Your result is {got}: those are the decibels of each *bin*; the filterbank has no effect. A band is a "
            "weighted sum over the bins: power @ filterbank.T.",
        ),
        Misconception(
            "weights of the filterbank ignored",
            lambda power, filterbank: _log_mel(power, filterbank > 0),
            "Your result is {got}: each bin of a band counts fully in yours. The filterbank says how much of each bin "
            "goes into a band: power @ filterbank.T.",
        ),
        Misconception(
            "mean over a band's bins",
            lambda power, filterbank: _log_mel(power, filterbank / (filterbank > 0).sum(1, keepdims=True)),
            "Your result is {got}: you divided each band by how many bins it has. A band is the weighted sum: "
            "power @ filterbank.T and nothing more.",
        ),
        *(
            Misconception(
                f"the mean of {name} taken away",
                lambda power, filterbank, axis=axis: (
                    _log_mel(power, filterbank) - _log_mel(power, filterbank).mean(axis, keepdims=True)
                ),
                "Your result is {got}: you took the mean of " + name + " away. A network likes that; asked for are "
                "decibels, where 0 is a power of 1.",
            )
            for name, axis in (("all numbers", None), ("each band", 0), ("each frame", 1))
        ),
        Misconception(
            "brought between 0 and 1",
            lambda power, filterbank: (
                (_log_mel(power, filterbank) - _log_mel(power, filterbank).min())
                / (_log_mel(power, filterbank).max() - _log_mel(power, filterbank).min())
            ),
            "Your result is {got}: you brought the numbers between 0 and 1. Asked for are decibels.",
        ),
        Misconception(
            "relative to the minimum",
            lambda power, filterbank: _log_mel(power, filterbank) - _log_mel(power, filterbank).min(),
            "Your result is {got}: the smallest of your numbers is 0. You measured from the quietest place. Here 0 dB "
            "is a power of 1.",
        ),
        Misconception(
            "1e-10 added before the filterbank",
            lambda power, filterbank: 10 * np.log10((power + _FLOOR) @ filterbank.T),
            "Right until a frame is silent: {got}. You added 1e-10 to each bin, and a band adds several up: more than "
            "-100 dB. The logarithm is taken of the bands, so the floor belongs under them.",
        ),
        Misconception(
            "floor under the decibels",
            _after_the_filters(lambda mel: np.maximum(10 * np.log10(mel), _FLOOR)),
            "You laid the floor of 1e-10 under the *decibels*, so everything below 0 dB is lost. It is a power: "
            "10 * np.log10(np.maximum(…, 1e-10)).",
        ),
        Misconception(
            "floor under the logarithm",
            _after_the_filters(lambda mel: 10 * np.maximum(np.log10(mel), _FLOOR)),
            "You laid the floor of 1e-10 under the *logarithm*, so everything below 0 dB is lost. It is a power: "
            "10 * np.log10(np.maximum(…, 1e-10)).",
        ),
        Misconception(
            "cut 80 decibels below the loudest",
            lambda power, filterbank: np.maximum(_log_mel(power, filterbank), _log_mel(power, filterbank).max() - 80.0),
            "Right until a frame is silent: {got}. You cut at 80 dB below the loudest place (top_db=80 in some "
            "libraries), so what silence gets depends on how loud the rest is. The floor is a power of 1e-10, -100 dB.",
        ),
        Misconception(
            "minimum instead of maximum",
            _after_the_filters(lambda mel: 10 * np.log10(np.minimum(mel, _FLOOR))),
            "Your result is {got}: nothing in it is louder than -100 dB. np.minimum keeps the smaller of two numbers, "
            "so 1e-10 became a ceiling. A floor is np.maximum: the larger of the two.",
        ),
        Misconception(
            "max instead of np.maximum",
            _after_the_filters(lambda mel: 10 * np.log10(max(mel, _FLOOR))),
            "max asks which of two single numbers is larger, and an array has many. np.maximum compares place by "
            "place.",
        ),
        Misconception(
            "np.max instead of np.maximum",
            _after_the_filters(lambda mel: 10 * np.log10(np.max(mel, _FLOOR))),
            "np.max looks for the largest number of an array, and takes its second argument for an axis. np.maximum "
            "compares two things place by place.",
        ),
        Misconception(
            "math.log10 of an array",
            _after_the_filters(lambda mel: 10 * math.log10(np.maximum(mel, _FLOOR))),
            "math.log10 takes one number. np.log10 takes an array, number by number.",
        ),
    ),
    hints=(
        "Two steps. First the bands: each row of the filterbank says how much of each bin goes into one band. Which "
        "product gives (T, mels)?",
        "power @ filterbank.T; then 10 * np.log10. What is the logarithm of 0?",
        "np.maximum(mel, 1e-10) before the logarithm keeps it from minus infinity.",
    ),
    praise="Bands first, then the logarithm, and silence at -100 dB. (mel + 1e-10, which many programs have, differs "
    "by 3 dB at the floor itself, and by nothing you could see above -60 dB.)",
)


# --- 8.4: pooling over time -------------------------------------------------------------------------------------------


def _pooled(spectrogram: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    frames = torch.from_numpy(spectrogram.T)
    context, weights = scaled_dot_product_attention(torch.from_numpy(query)[None], frames, frames)
    return context[0].numpy(), weights[0].numpy()


def _scores(spectrogram: np.ndarray, query: np.ndarray) -> np.ndarray:
    return query @ spectrogram / math.sqrt(len(query))


def _shared(share: Callable[[np.ndarray, int], np.ndarray]) -> Callable[..., tuple]:
    """A mistake between unscaled scores and weights; it sees the number of mels."""

    def mistaken(spectrogram: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = share(query @ spectrogram, len(query))
        return spectrogram @ weights, weights

    return mistaken


def _of(rows: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What comes of it when these rows are taken for the moments."""
    weights = softmax(rows @ query / math.sqrt(len(query)))
    return weights @ rows, weights


def _number_by_number(
    axis: int | None,
    scaled: bool = True,
    shown: Callable[[np.ndarray], np.ndarray] = lambda weights: weights,
    mixed_with_shown: bool = False,
) -> Callable[..., tuple]:
    """The scores of bands and moments, never added up over the bands; ``shown`` is what is handed in as weights."""

    def mistaken(spectrogram: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores = spectrogram * query[:, None] / (math.sqrt(len(query)) if scaled else 1)
        weights = softmax(scores.reshape(-1)).reshape(scores.shape) if axis is None else softmax(scores, axis)
        return (shown(weights) * spectrogram if mixed_with_shown else weights * spectrogram).sum(1), shown(weights)

    return mistaken


def _with_context(context: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[..., tuple]:
    """The weights are right; what is made of them is not. It sees the spectrogram and the weights."""

    def mistaken(spectrogram: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = _pooled(spectrogram, query)[1]
        return context(spectrogram, weights), weights

    return mistaken


def _given_scores(spectrogram: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return spectrogram @ softmax(scores), softmax(scores)


def _hard(scores: np.ndarray) -> np.ndarray:
    return np.eye(len(scores))[scores.argmax()]


def _plain(scores: np.ndarray) -> np.ndarray:
    return np.exp(scores) / np.exp(scores).sum()


def _shared_scaled(divisor: Callable[[int, int], float], share: Callable[[np.ndarray], np.ndarray]) -> Callable:
    """As ``_shared``, with the scores divided by what is made of the numbers of mels and moments."""
    return _shared(lambda scores, mels: share(scores / divisor(mels, len(scores))))


def _apart(share: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """Shares that are not made by a softmax, divided by their sum."""
    return lambda scores: share(scores) / share(scores).sum()


_SCALES = (  # a name, what to say, and by what of the numbers of mels and moments the scores are divided
    ("", "", lambda mels, T: math.sqrt(mels)),
    ("not scaled", "And the scores are not divided by √mels.", lambda mels, T: 1.0),
    ("scaled by mels", "And you divided the scores by mels; it is √mels.", lambda mels, T: mels),
    (
        "scaled by √T",
        "And you divided the scores by the root of the number of moments; it is √mels.",
        lambda mels, T: math.sqrt(T),
    ),
)
_SHARES = (  # a name, what to say, and what makes weights of scores
    ("no softmax", "They are scores. A softmax over time makes shares of them.", lambda scores: scores),
    ("not normalised", "They are exponentials: divide them by their sum.", np.exp),
    (
        "no exponential",
        "They are scores, divided by their sum. The exponential makes each positive first.",
        _apart(lambda scores: scores),
    ),
    ("loudest moment only", "One moment gets all; a softmax shares out.", _hard),
    (
        "divided by the largest score",
        "You divided the scores by the largest. Subtract it: that leaves the weights as they are, and keeps exp small.",
        lambda scores: softmax(scores / scores.max()),
    ),
    (
        "largest subtracted after exp",
        "You subtracted the largest *exponential*. Subtract the largest score, before exp.",
        _apart(lambda scores: np.exp(scores) - np.exp(scores).max()),
    ),
    (
        "quietest moment first",
        "The sign is turned round: the higher the score, the more weight.",
        lambda scores: softmax(-scores),
    ),
    (
        "sigmoid",
        "Each moment has a weight of its own, by a sigmoid, and they do not sum to 1. A softmax lets the moments "
        "compete.",
        lambda scores: 1 / (1 + np.exp(-scores)),
    ),
    (
        "sigmoid, normalised",
        "They come from a sigmoid. A softmax has exp(score), divided by the sum.",
        _apart(lambda scores: 1 / (1 + np.exp(-scores))),
    ),
    (
        "positive scores only",
        "They are the positive scores, divided by their sum. A softmax has exp(score), divided by the sum.",
        _apart(lambda scores: np.maximum(scores, 0)),
    ),
    (
        "size of the scores",
        "They are the sizes of the scores, divided by their sum. A strongly *negative* score is to count little: "
        "exp(score).",
        _apart(np.abs),
    ),
    (
        "squares of the scores",
        "They are the squares of the scores, divided by their sum. A strongly *negative* score is to count little: "
        "exp(score).",
        _apart(np.square),
    ),
    (
        "logarithm of the softmax",
        "They are logarithms of weights (log_softmax), and negative. Leave the logarithm out.",
        lambda scores: np.log(softmax(scores)),
    ),
    (
        "powers of 2",
        "They are powers of 2, divided by their sum. A softmax has exp.",
        lambda scores: softmax(scores * math.log(2)),
    ),
    (
        "softmax twice",
        "You took the softmax twice: once is enough, of the scores.",
        lambda scores: softmax(softmax(scores)),
    ),
)
_SCALED_AND_SHARED = tuple(
    Misconception(
        ", ".join(filter(None, (share, scale))),
        _shared_scaled(divisor, make),
        f"Your weights are {{got[1]}}, expected {{expected[1]}}. {what} {also}".strip(),
    )
    for scale, also, divisor in _SCALES
    for share, what, make in _SHARES
    if scale or share not in {"no softmax", "not normalised", "no exponential", "loudest moment only"}  # named above
    if not (
        scale
        and share
        in {
            "loudest moment only",
            "no exponential",
            "divided by the largest score",
            "size of the scores",
            "squares of the scores",
            "positive scores only",
        }
    )  # no scale in them
)
_MIXTURES = (  # the weights are right; what is said of the context, and what it is made of
    ("of scores", "You mixed the moments with their scores.", lambda s, w: s @ np.log(w)),
    (
        "multiplied again",
        "You mixed with the squares of the weights: they are multiplied in twice.",
        lambda s, w: s @ w**2,
    ),
    (
        "one number",
        "You added up over time *and* over the bands. A context has a number for each band.",
        lambda s, w: (s * w).sum(),
    ),
    ("the first moment", "That is the first moment alone.", lambda s, w: s[:, 0]),
    ("the last moment", "That is the last moment alone.", lambda s, w: s[:, -1]),
    ("plain sum", "That is the plain sum over time; the weights are not in it.", lambda s, w: s.sum(1)),
    (
        "divided by √mels",
        "You divided it by √mels. That belongs to the scores.",
        lambda s, w: s @ w / math.sqrt(len(s)),
    ),
    (
        "mean over the bands",
        "You took a mean over the bands, so it has a number for each moment.",
        lambda s, w: (s * w).mean(0),
    ),
)
_MIXED = tuple(
    Misconception(
        f"context: {name}",
        _with_context(context),
        f"Your weights are right. Your context is not their mixture of the moments: {what[0].lower()}{what[1:]} It is "
        "spectrogram @ weights, a number for each band.",
    )
    for name, what, context in _MIXTURES
)
_MIXED_UNSCALED = tuple(
    Misconception(
        f"no scaling, and context: {name}",
        lambda spectrogram, query, context=context: (
            context(spectrogram, softmax(query @ spectrogram)),
            softmax(query @ spectrogram),
        ),
        "Two things. Your weights are {got[1]}, expected {expected[1]}: the scores are not divided by √mels. And your "
        f"context is {what}; it is spectrogram @ weights.",
    )
    for name, what, context in (
        ("plain mean", "the plain mean over time, without the weights", lambda s, w: s.mean(1)),
        (
            "mean of the weighted moments",
            "a mean of the weighted moments, where their sum is asked for",
            lambda s, w: (s * w).mean(1),
        ),
        ("not added up", "not added up over time", lambda s, w: s * w),
        ("the best moment", "the moment with the largest weight", lambda s, w: s[:, w.argmax()]),
    )
)

_POOL_MISTAKES = (
    Misconception(
        "bands taken for moments",
        lambda spectrogram, query: _of(spectrogram, query),
        "spectrogram has shape (mels, T): its rows are bands, as many libraries give it, and your query was laid "
        "beside a row. A moment is a *column*: frames = spectrogram.T, (T, mels), then frames @ query.",
        seen="https://github.com/DemisEom/SpecAugment/issues/20",
    ),
    Misconception(
        "bands taken for moments, with np.dot",
        lambda spectrogram, query: np.dot(spectrogram, query),
        "spectrogram has shape (mels, T): its rows are bands, as many libraries give it, and your query was laid "
        "beside a row. A moment is a *column*: frames = spectrogram.T, (T, mels), then np.dot(frames, query).",
    ),
    Misconception(
        "bands taken for moments, with tensors",
        lambda spectrogram, query: torch.as_tensor(spectrogram) @ torch.as_tensor(query),
        "spectrogram has shape (mels, T): its rows are bands, as many libraries give it, and your query was laid "
        "beside a row. A moment is a *column*: frames = spectrogram.T, (T, mels), then frames @ query.",
    ),
    Misconception(
        "bands multiplied without an axis",
        lambda spectrogram, query: spectrogram * query,
        "* lays the query along the last axis, and that is time here. Every moment is to meet the query band by band, "
        "and the products are added up: spectrogram.T @ query.",
    ),
    Misconception(
        "reshape instead of transpose",
        lambda spectrogram, query: _of(spectrogram.reshape(-1, len(query)), query),
        "Your weights are {got[1]}. reshape never moves a number: it cut the rows of bands anew, and your 'moments' "
        "hold one band at several times. The first should be 1, 4 (column 0); yours is 1, 3. .T exchanges the axes.",
        seen="https://github.com/asteroid-team/asteroid/issues/438",
    ),
    Misconception(
        "a softmax for each band",
        _number_by_number(1),
        "Your weights have a row for each band: every band chose moments of its own. A moment has *one* score, the sum "
        "over its bands, query @ spectrogram, and one weight: (T,).",
    ),
    Misconception(
        "a softmax for each band, not scaled",
        _number_by_number(1, scaled=False),
        "Your weights have a row for each band: every band chose moments of its own. A moment has *one* score, the sum "
        "over its bands, query @ spectrogram, divided by √mels, and one weight: (T,).",
    ),
    Misconception(
        "a softmax for each band, in columns",
        _number_by_number(1, shown=np.transpose),
        "Your weights have a column for each band: every band chose moments of its own. A moment has *one* score, the "
        "sum over its bands, spectrogram.T @ query, and one weight: (T,).",
    ),
    Misconception(
        "a softmax for each band, in columns, not scaled",
        _number_by_number(1, scaled=False, shown=np.transpose),
        "Your weights have a column for each band: every band chose moments of its own. A moment has *one* score, the "
        "sum over its bands, spectrogram.T @ query, divided by √mels, and one weight: (T,).",
    ),
    Misconception(
        "a softmax for each band, then their mean",
        _number_by_number(1, shown=lambda weights: weights.mean(0)),
        "Your weights {got[1]} are a mean over the bands: every band chose moments of its own, and your context mixes "
        "each band with other weights. Add up over the bands *before* the softmax: one score for each moment, "
        "query @ spectrogram.",
    ),
    Misconception(
        "a softmax for each band, then their mean, not scaled",
        _number_by_number(1, scaled=False, shown=lambda weights: weights.mean(0)),
        "Your weights {got[1]} are a mean over the bands: every band chose moments of its own, and your context mixes "
        "each band with other weights. Add up over the bands *before* the softmax: one score for each moment, "
        "query @ spectrogram, divided by √mels.",
    ),
    Misconception(
        "softmax over the bands",
        _number_by_number(0),
        "Your weights sum to 1 in each *column*: in every moment the bands compete. The moments are to compete: one "
        "score for each, query @ spectrogram, and one softmax over time (section 5).",
        seen="https://github.com/DCASE-REPO/DESED_task/issues/55",
    ),
    *(
        Misconception(
            f"softmax over the bands, then their {name}",
            _number_by_number(0, scaled, lambda weights, over=over: over(weights, axis=0), mixed_with_shown=mixed),
            "Your weights {got[1]} come from a softmax over the *bands*: in every moment the bands compete. The "
            "moments "
            "are to compete: one score for each, query @ spectrogram, divided by √mels, and one softmax over time.",
        )
        for name, scaled, over, mixed in (
            ("mean", True, np.mean, False),
            ("mean, not scaled", False, np.mean, False),
            ("mean, which mixes", True, np.mean, True),
            ("sum", True, np.sum, False),
        )
    ),
    *(
        Misconception(
            f"a softmax for each band, then their mean, which mixes{name}",
            _number_by_number(1, scaled, lambda weights: weights.mean(0), mixed_with_shown=True),
            "Your weights {got[1]} are a mean over the bands: every band chose moments of its own. Add up over the "
            "bands *before* the softmax: one score for each moment, query @ spectrogram, divided by √mels.",
        )
        for name, scaled in (("", True), (", not scaled", False))
    ),
    *_SCALED_AND_SHARED,
    *_MIXED,
    *_MIXED_UNSCALED,
    Misconception(
        "cosines instead of products",
        lambda spectrogram, query: _given_scores(
            spectrogram, query @ spectrogram / np.linalg.norm(query) / np.linalg.norm(spectrogram, axis=0)
        ),
        "Your weights are {got[1]}, expected {expected[1]}: you divided each score by the lengths of both vectors. "
        "Dot-product attention divides by √mels alone.",
    ),
    Misconception(
        "distances instead of products",
        lambda spectrogram, query: _given_scores(spectrogram, -np.square(spectrogram.T - query).sum(1)),
        "Your weights are {got[1]}, expected {expected[1]}: your scores are distances from the query. Asked for are "
        "dot products, query @ spectrogram, divided by √mels.",
    ),
    Misconception(
        "query scaled and added",
        lambda spectrogram, query: (_pooled(spectrogram, query)[0] + query, _pooled(spectrogram, query)[1]),
        "Your weights are right, and your context is one that has the query added to it. Leave that out.",
    ),
    Misconception(
        "zeros where exp is 0",
        _shared(lambda scores, mels: np.nan_to_num(_plain(scores / math.sqrt(mels)))),
        "Right for small scores. With decibels they are large: here the best one is -1755, and exp of every score "
        "is 0. To put 0 where 0/0 stands, or to add a little below the line, leaves all weights 0: {got[1]}. "
        "Subtract the largest score first.",
    ),
    Misconception(
        "scores clipped",
        _shared(lambda scores, mels: softmax(np.clip(scores / math.sqrt(mels), -50, 50))),
        "Right for small scores. With decibels they are large: here all lie below -1000, and clipped they are all "
        "alike, {got[1]}. Clip nothing; subtract the largest score first.",
    ),
    Misconception(
        "smallest subtracted",
        _shared(lambda scores, mels: _plain(scores / math.sqrt(mels) - scores.min() / math.sqrt(mels))),
        "Right for small scores. With decibels they differ by far: you subtracted the smallest, so exp of the largest "
        "overflows. Your weights are {got[1]}. Subtract the *largest*, and nothing exceeds exp(0) = 1.",
    ),
    Misconception(
        "softmax over an axis of length 1",
        _shared(lambda scores, mels: np.ones_like(scores)),
        "All of your weights are 1. A softmax over an axis of length 1, such as a query's axis in (T, 1), makes 1 of "
        "each score, whatever it is. The moments are to compete: take that axis away, scores of shape (T,), or let the "
        "softmax run over axis 0.",
        seen="https://github.com/localminimum/R-net/issues/8",
    ),
    Misconception(
        "softmax over bands and moments",
        _number_by_number(None),
        "Your softmax runs over bands and moments together. Add up over the bands first: query @ spectrogram gives one "
        "score for each moment, and these share out 1.",
    ),
    Misconception(
        "no scaling",
        _shared(lambda scores, mels: softmax(scores)),
        "Your weights are {got[1]}, expected {expected[1]}: steeper. The scores are not divided by √mels.",
    ),
    Misconception(
        "scaling by √T",
        _shared(lambda scores, mels: softmax(scores / math.sqrt(len(scores)))),
        "Your weights are {got[1]}, expected {expected[1]}. You divided by the root of the number of moments. A score "
        "adds up over bands, so it is the number of mels that counts; and a longer clip must not even out the weights.",
    ),
    Misconception(
        "scaling by mels instead of √mels",
        _shared(lambda scores, mels: softmax(scores / mels)),
        "Your weights are {got[1]}, expected {expected[1]}: too even. You divided by the number of mels; it is its "
        "square root.",
    ),
    Misconception(
        "multiplied by √mels",
        _shared(lambda scores, mels: softmax(scores * math.sqrt(mels))),
        "Your weights are {got[1]}, expected {expected[1]}: far too steep. You multiplied by √mels; scores are divided "
        "by it.",
    ),
    Misconception(
        "scaled after the softmax",
        _shared(lambda scores, mels: softmax(scores) / math.sqrt(mels)),
        "Your weights are {got[1]} and do not sum to 1: you divided them by √mels. Divide the scores, before the "
        "softmax.",
    ),
    Misconception(
        "no softmax",
        _shared(lambda scores, mels: scores / math.sqrt(mels)),
        "Your weights are {got[1]}: those are the scores. They may be negative and need not sum to 1. A softmax over "
        "time makes shares of them.",
    ),
    Misconception(
        "not normalised",
        _shared(lambda scores, mels: np.exp(scores / math.sqrt(mels))),
        "Your weights are {got[1]}: those are the exponentials. Divide them by their sum.",
    ),
    Misconception(
        "no exponential",
        _shared(lambda scores, mels: scores / scores.sum()),
        "Your weights are {got[1]}: the scores, divided by their sum. Scores may be negative; the exponential makes "
        "each positive first.",
    ),
    Misconception(
        "loudest moment only",
        lambda spectrogram, query: (spectrogram[:, _scores(spectrogram, query).argmax()], _hard(query @ spectrogram)),
        "Your weights are {got[1]}: one moment gets all. That is a hard choice, through which nothing can be learned; "
        "attention shares out, {expected[1]} (section 5).",
    ),
    Misconception(
        "context of the best moment",
        _with_context(lambda spectrogram, weights: spectrogram[:, weights.argmax()]),
        "Your weights are right, {got[1]}, but your context {got[0]} is the moment with the largest of them, and the "
        "others count for nothing. Mix all moments: spectrogram @ weights.",
    ),
    Misconception(
        "context of the largest products",
        _with_context(lambda spectrogram, weights: (spectrogram * weights).max(1)),
        "Your weights are right, {got[1]}. In the context you took the maximum of the weighted moments; it is their "
        "sum: spectrogram @ weights.",
    ),
    Misconception(
        "mean instead of weighted sum",
        _with_context(lambda spectrogram, weights: spectrogram.mean(1)),
        "Your weights are right, {got[1]}, but your context {got[0]} does not use them: it is the plain mean over "
        "time. Mix the moments with the weights: spectrogram @ weights.",
    ),
    Misconception(
        "maximum instead of weighted sum",
        _with_context(lambda spectrogram, weights: spectrogram.max(1)),
        "Your weights are right, {got[1]}, but your context {got[0]} does not use them: it is the maximum over time, "
        "band by band. Mix the moments with the weights: spectrogram @ weights.",
    ),
    Misconception(
        "mean of the weighted moments",
        _with_context(lambda spectrogram, weights: (spectrogram * weights).mean(1)),
        "Your weights are right, {got[1]}, but your context {got[0]} is {expected[0]} divided by the number of "
        "moments. The weights sum to 1 already: take the sum of the weighted moments, not their mean.",
    ),
    Misconception(
        "weighted moments not added up",
        _with_context(lambda spectrogram, weights: spectrogram * weights),
        "Your weights are right. Your context still has a column for each moment: add up over time, "
        "spectrogram @ weights.",
    ),
    Misconception(
        "weighted moments not added up, in rows",
        _with_context(lambda spectrogram, weights: spectrogram.T * weights[:, None]),
        "Your weights are right. Your context still has a row for each moment: add up over time, "
        "weights @ spectrogram.T.",
    ),
    Misconception(
        "added up over the bands",
        _with_context(lambda spectrogram, weights: (spectrogram * weights).sum(0)),
        "Your weights are right. In the context you added up over the bands, axis 0, so it has a number for each "
        "moment. Add up over time: spectrogram @ weights gives a number for each band.",
    ),
    Misconception(
        "plain mean",
        lambda spectrogram, query: (spectrogram.mean(1), np.full(spectrogram.shape[1], 1 / spectrogram.shape[1])),
        "Your weights are {got[1]}: all moments count alike, whatever the query says. Its score with each moment "
        "decides: query @ spectrogram.",
    ),
    Misconception(
        "weights not returned",
        lambda spectrogram, query: _pooled(spectrogram, query)[0],
        "{got}: that is the context, and it is right. Give back the weights as well, return context, weights: they say "
        "*when*.",
    ),
    Misconception(
        "context not returned",
        lambda spectrogram, query: _pooled(spectrogram, query)[1],
        "{got}: those are the weights, and they are right. Mix the moments with them: spectrogram @ weights; then "
        "return context, weights.",
    ),
    Misconception(
        "order of the two",
        lambda spectrogram, query: _pooled(spectrogram, query)[::-1],
        "Both are right, but the weights come first. Attention gives back (context, weights), in this order.",
    ),
    Misconception(
        "scores instead of weights",
        lambda spectrogram, query: (_pooled(spectrogram, query)[0], _scores(spectrogram, query)),
        "Your context is right. The second thing is still the scores, {got[1]}; asked for are the weights, after the "
        "softmax.",
    ),
    Misconception(
        "an axis for the query, behind",
        lambda spectrogram, query: tuple(part[:, None] for part in _pooled(spectrogram, query)),
        "Right but for an axis of length 1 at the end: your query is a column. Take it away again: context[:, 0], "
        "weights[:, 0].",
    ),
    Misconception(
        "an axis of the weights left",
        lambda spectrogram, query: (_pooled(spectrogram, query)[0], _pooled(spectrogram, query)[1][None]),
        "Your context is right, and so are your weights, but for an axis of length 1 in front: weights[0].",
    ),
    Misconception(
        "an axis of the weights left, behind",
        lambda spectrogram, query: (_pooled(spectrogram, query)[0], _pooled(spectrogram, query)[1][:, None]),
        "Your context is right, and so are your weights, but for an axis of length 1 at the end: weights[:, 0].",
    ),
    Misconception(
        "no maximum subtracted",
        _shared(lambda scores, mels: _plain(scores / math.sqrt(mels))),
        "Right for small scores. With decibels they are large: here the best one is -1755, exp of that is 0, and 0/0 "
        "is NaN. Your weights are {got[1]}. Subtract the largest score first (lesson 02, section 4), or use the "
        "course's softmax.",
    ),
)

POOL = Exercise(
    id="8.4",
    answer="pool_over_time",
    title="Write pool_over_time(spectrogram, query): (mels, T) and (mels,) in, context (mels,) and weights (T,) out.",
    objective="pool a spectrogram over time with one query",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=_SPECTROGRAMS,
    right=_pooled,
    parts=("context", "weights"),
    misconceptions=_POOL_MISTAKES,
    hints=(
        "spectrogram is (mels, T): a moment is a column. What must be added up to get one score for each moment?",
        "frames = spectrogram.T has a row for each moment. Scores (T,), divided by √mels; one softmax over them.",
        "context = weights @ frames; give back context and weights, in this order.",
    ),
    praise="One score, one weight for each moment, and a context as long as a moment: attention with a single query.",
)


# --- 8.5: a split by voice --------------------------------------------------------------------------------------------

Split = tuple[list[int], list[int]]


def _split(voices: list[str], held_out: set[str]) -> Split:
    return _divided(voices, lambda i: voices[i] in held_out)


def _divided(voices: list[str], is_test: Callable[[int], bool]) -> Split:
    """All recordings, on one side each."""
    places = range(len(voices))
    return [i for i in places if not is_test(i)], [i for i in places if is_test(i)]


def _matched(in_test: Callable[[str, set[str]], bool]) -> Callable[..., Split]:
    """A mistake in which voices are taken for held out."""
    return lambda voices, held_out: _divided(voices, lambda i: in_test(voices[i], held_out))


def _cut_at(place: Callable[[list[str], set[str]], int]) -> Callable[..., Split]:
    """The recordings before a place for training, those from it on for the test."""

    def mistaken(voices: list[str], held_out: set[str]) -> Split:
        cut = place(voices, held_out)
        return _divided(voices, lambda i: i >= cut)

    return mistaken


def _held(voices: list[str], held_out: set[str]) -> int:
    return sum(voice in held_out for voice in voices)


def _by_voice_in_turn(backwards: bool) -> Callable[..., Split]:
    """One voice after the other, in the order of their names."""

    def mistaken(voices: list[str], held_out: set[str]) -> Split:
        names = sorted(set(voices), reverse=backwards)
        places = {name: [i for i, voice in enumerate(voices) if voice == name] for name in names}
        train = [i for name in names if name not in held_out for i in places[name]]
        return train, [i for name in names if name in held_out for i in places[name]]

    return mistaken


def _only_test_in_turn(backwards: bool) -> Callable[..., Split]:
    """The recordings for the test are collected voice by voice, those for training are not."""
    return lambda voices, held_out: (
        _split(voices, held_out)[0],
        _by_voice_in_turn(backwards)(voices, held_out)[1],
    )


def _first_of_each(voices: list[str], held_out: set[str]) -> Split:
    return _divided(voices, lambda i: voices[i] in held_out and voices[i] not in voices[:i])


def _last_of_each(voices: list[str], held_out: set[str]) -> Split:
    return _divided(voices, lambda i: voices[i] in held_out and voices[i] not in voices[i + 1 :])


_BY_RECORDING = (
    "Your test has {got[1]}: you cut the list of *recordings* in two, and held_out has no say. So the same voice "
    "stands on both sides, the network has met everybody in training, and the score says nothing of a stranger. Look "
    "at the voice of each recording: is it in held_out (section 8)?"
)
_BOTH_SIDES = (
    "Your train has {got[0]}, your test {got[1]}: only one recording of each held-out voice is tested, and its others "
    "are in training. The network has then heard that voice before (section 8). *All* recordings of a "
    "held-out voice go to the test."
)
_BY_PART = (
    "Your test has {got[1]}. You matched a part of the name: 'm3' is in 'm30', and 'f1' in 'f10', but they are "
    "different voices. voice in held_out asks a set for the whole name."
)
_VOICE_BY_VOICE = (
    "Your train has {got[0]}, your test {got[1]}: the right recordings, collected voice by voice, so their order is "
    "lost. Go through the recordings once, in their order, and ask for each whether its voice is held out."
)
_SETS = (
    "The right places, but in a set, and a set has no order: features and labels could not be picked out in the order "
    "of the recordings. Give back two lists: sorted(…) makes one of a set."
)

SPLIT_BY_VOICE = Exercise(
    id="8.5",
    answer="split_by_voice",
    title="Write split_by_voice(voices, held_out): places of the recordings to train on and of those to test on.",
    objective="test on voices that no training has heard",
    kind="write",
    minutes=6,
    difficulty=1,
    cases=_VOICES,
    right=_split,
    parts=("train", "test"),
    misconceptions=(
        Misconception(
            "turned round",
            lambda voices, held_out: _split(voices, held_out)[::-1],
            "You train on {got[0]}, the held-out voices, and test on all the others. Held out means kept *from "
            "training*: train is the first of the two, test the second.",
        ),
        Misconception(
            "held-out voices in training as well",
            lambda voices, held_out: (list(range(len(voices))), _split(voices, held_out)[1]),
            "Your test is right, but your train has {got[0]}, all recordings, those of the held-out voices too. What "
            "is tested must not have been learned.",
        ),
        Misconception(
            "everything tested",
            lambda voices, held_out: (_split(voices, held_out)[0], list(range(len(voices)))),
            "Your train is right, but your test has {got[1]}, all recordings, those you trained on too. Only the "
            "held-out voices are strangers.",
        ),
        Misconception(
            "split by recording, as many as are held out",
            _cut_at(lambda voices, held_out: len(voices) - _held(voices, held_out)),
            _BY_RECORDING,
        ),
        Misconception(
            "split by recording, 80 to 20",
            _cut_at(lambda voices, held_out: int(0.8 * len(voices))),
            _BY_RECORDING,
            seen="https://github.com/danijel3/ClarinStudioKaldi/issues/1",
        ),
        Misconception(
            "split by recording, half and half", _cut_at(lambda voices, held_out: len(voices) // 2), _BY_RECORDING
        ),
        Misconception(
            "split by recording, as many as names",
            _cut_at(lambda voices, held_out: len(voices) - len(held_out)),
            _BY_RECORDING,
        ),
        Misconception(
            "split by recording, the first ones tested",
            lambda voices, held_out: _divided(voices, lambda i: i < _held(voices, held_out)),
            _BY_RECORDING,
        ),
        Misconception(
            "one voice on both sides",
            _first_of_each,
            _BOTH_SIDES,
            seen="https://github.com/UCSD-AI4H/COVID-CT/issues/11",
        ),
        Misconception("one voice on both sides, its last recording tested", _last_of_each, _BOTH_SIDES),
        Misconception(
            "place of a voice's first recording",
            lambda voices, held_out: tuple(
                [voices.index(voices[i]) for i in side] for side in _split(voices, held_out)
            ),
            "Your test has {got[1]}: the same place again and again. voices.index(name) finds the *first* recording "
            "of a voice, whichever you ask for. enumerate(voices) gives each recording its own place.",
            seen="https://github.com/python/cpython/issues/123218",
        ),
        Misconception(
            "one place for each voice",
            lambda voices, held_out: tuple(
                sorted({voices.index(voices[i]) for i in side}) for side in _split(voices, held_out)
            ),
            "Your train has {got[0]}, your test {got[1]}: one recording of each voice, the rest is lost. A voice may "
            "speak many recordings; enumerate(voices) gives each of them its own place.",
        ),
        Misconception(
            "names matched by part", _matched(lambda voice, held_out: any(name in voice for name in held_out)), _BY_PART
        ),
        Misconception(
            "names matched by part, the other way round",
            _matched(lambda voice, held_out: any(voice in name for name in held_out)),
            _BY_PART,
        ),
        Misconception(
            "matched by the first letter",
            _matched(lambda voice, held_out: voice[0] in {name[0] for name in held_out}),
            "Your test has {got[1]}: every voice whose name begins with the same letter. Held out are the voices in "
            "held_out alone: voice in held_out.",
        ),
        Misconception(
            "compared with the whole set",
            _matched(lambda voice, held_out: False),
            "Your train has {got[0]}: everybody. A name never equals a set (==), and a place is not in it. "
            "voices[i] in held_out asks whether the set holds the name.",
        ),
        Misconception("order lost, voice by voice", _by_voice_in_turn(False), _VOICE_BY_VOICE),
        Misconception("order lost, voice by voice backwards", _by_voice_in_turn(True), _VOICE_BY_VOICE),
        Misconception("order of the test lost", _only_test_in_turn(False), _VOICE_BY_VOICE),
        Misconception("order of the test lost, backwards", _only_test_in_turn(True), _VOICE_BY_VOICE),
        Misconception(
            "order turned round",
            lambda voices, held_out: tuple(side[::-1] for side in _split(voices, held_out)),
            "Your train has {got[0]}, your test {got[1]}: the right recordings, from the last to the first. Keep their "
            "order.",
        ),
        Misconception(
            "counted from 1",
            lambda voices, held_out: tuple([i + 1 for i in side] for side in _split(voices, held_out)),
            "Your train has {got[0]}, your test {got[1]}: each place one too high. Places count from 0, so that "
            "voices[i] is recording i.",
        ),
        Misconception(
            "masks instead of places",
            lambda voices, held_out: tuple([(voice in held_out) == side for voice in voices] for side in (False, True)),
            "Those are masks, True or False for each recording. Asked for are the places where they are True: "
            "[i for i, voice in enumerate(voices) if …], or np.flatnonzero.",
        ),
        Misconception(
            "one mask",
            lambda voices, held_out: [voice in held_out for voice in voices],
            "That is a mask, True where a voice is held out. Asked for are two lists of places: those where it is "
            "False, and those where it is True.",
        ),
        *(
            Misconception(
                f"the first recordings tested, {name}",
                lambda voices, held_out, cut=cut: _divided(voices, lambda i: i < cut(len(voices))),
                _BY_RECORDING,
            )
            for name, cut in (
                ("half of them", lambda many: many // 2),
                ("a quarter", lambda many: many // 4),
            )
        ),
        *(
            Misconception(
                f"every second recording tested, from the {name} on",
                lambda voices, held_out, first=first: _divided(voices, lambda i: i % 2 == first),
                _BY_RECORDING,
            )
            for name, first in (("first", 0), ("second", 1))
        ),
        Misconception(
            "held-out voices chosen anew",
            lambda voices, held_out: _divided(voices, lambda i: voices[i] == max(voices)),
            "Your test has {got[1]}: you chose a voice yourself. Which voices are held out is told by held_out.",
        ),
        *(
            Misconception(
                f"only the {name} of the held-out voices",
                lambda voices, held_out, pick=pick: _divided(voices, lambda i: voices[i] == pick(held_out)),
                "Right with one held-out voice. Here are several, and you test on one of them alone: the others stand "
                "in "
                "training. Is a later round of your loop overwriting the earlier one, or is it one name out of the set "
                "that you compare with? voice in held_out asks for all of them.",
            )
            for name, pick in (("first", min), ("last", max))
        ),
        *(
            Misconception(
                f"once for each held-out voice{name}",
                lambda voices, held_out, order=order: tuple(
                    [i for held in order(held_out) for i, voice in enumerate(voices) if (voice == held) == side]
                    for side in (False, True)
                ),
                "Right with one held-out voice. Here are several, and you go through the recordings once for each, so "
                "a "
                "recording that is not of *this* voice goes to training, and comes again: your train has {got[0]}. Go "
                "through the recordings once, and ask voice in held_out.",
            )
            for name, order in (("", sorted), (", backwards", lambda names: sorted(names, reverse=True)))
        ),
        Misconception(
            "returned in the first round",
            lambda voices, held_out: _divided(voices[:1], lambda i: voices[i] in held_out),
            "Your train has {got[0]}, your test {got[1]}: only the first recording. If 'return' stands inside your "
            "loop, the loop ends there in its first round.",
        ),
        *(
            Misconception(
                f"counted from 1, {name}",
                lambda voices, held_out, add=add: tuple(
                    [i + more for i in side] for side, more in zip(_split(voices, held_out), add)
                ),
                "Your train has {got[0]}, your test {got[1]}: one of them one too high. Places count from 0, so that "
                "voices[i] is recording i.",
            )
            for name, add in (("train", (1, 0)), ("test", (0, 1)))
        ),
        Misconception(
            "how many",
            lambda voices, held_out: tuple(map(len, _split(voices, held_out))),
            "You gave how many recordings are on each side. Asked for are two lists of their *places*.",
        ),
        Misconception(
            "pairs of place and voice",
            lambda voices, held_out: tuple([(i, voices[i]) for i in side] for side in _split(voices, held_out)),
            "Those are pairs of place and voice, as enumerate gives them, on the right sides. Asked for are the places "
            "alone: for i, voice in enumerate(voices).",
        ),
        Misconception(
            "matched by the last character",
            _matched(lambda voice, held_out: voice[-1] in {name[-1] for name in held_out}),
            "Your test has {got[1]}: every voice whose name ends alike. Held out are the voices in held_out alone: "
            "voice in held_out.",
        ),
        Misconception(
            "masks, turned round",
            lambda voices, held_out: tuple([(voice in held_out) == side for voice in voices] for side in (True, False)),
            "Those are masks, and they are turned round. Asked for are places: first those to train on, where the "
            "voice "
            "is not held out, then those to test on.",
        ),
        *(
            Misconception(
                name,
                stops,
                what,
            )
            for name, stops, what in (
                (
                    "the list overwritten by append",
                    lambda voices, held_out: [].append(0).append(1),
                    "append changes the list and gives back None. Write test.append(i), without test = in front.",
                ),
                (
                    "a set indexed",
                    lambda voices, held_out: held_out[0],
                    "A set has no order and no places. voice in held_out asks whether the name is in it.",
                ),
                (
                    "a set looked for in a name",
                    lambda voices, held_out: held_out in voices[0],
                    "The name is to be looked for in the set, voice in held_out, not the set in the name.",
                ),
                (
                    "a list looked for in a set",
                    lambda voices, held_out: voices in held_out,
                    "You asked for all voices at once. Ask for each: for i, voice in enumerate(voices), voice in "
                    "held_out.",
                ),
                (
                    "an index that is a name",
                    lambda voices, held_out: voices[voices[0]],
                    "for voice in voices gives names, and a list is read by places. for i, voice in enumerate(voices) "
                    "gives both.",
                ),
            )
        ),
        Misconception(
            "names instead of places",
            lambda voices, held_out: tuple([voices[i] for i in side] for side in _split(voices, held_out)),
            "Those are the names of the voices, on the right sides. Asked for are the *places* of the recordings, with "
            "which features and labels can be picked out: enumerate(voices) gives place and name.",
        ),
        Misconception(
            "sets instead of lists",
            lambda voices, held_out: tuple(map(set, _split(voices, held_out))),
            _SETS,
        ),
        Misconception(
            "the train in a set",
            lambda voices, held_out: (set(_split(voices, held_out)[0]), _split(voices, held_out)[1]),
            _SETS,
        ),
        Misconception(
            "the test in a set",
            lambda voices, held_out: (_split(voices, held_out)[0], set(_split(voices, held_out)[1])),
            _SETS,
        ),
        Misconception(
            "voices instead of recordings",
            lambda voices, held_out: (set(voices) - held_out, set(voices) & held_out),
            "You divided the voices. Asked for are the *places* of their recordings: [i for i, voice in "
            "enumerate(voices) if voice in held_out] for the test, and the others for training.",
        ),
        Misconception(
            "test alone",
            lambda voices, held_out: _split(voices, held_out)[1],
            "Those are the recordings to test on, and they are right. Give back those to train on as well, in front: "
            "return train, test.",
        ),
        Misconception(
            "train alone",
            lambda voices, held_out: _split(voices, held_out)[0],
            "Those are the recordings to train on, and they are right. Give back those to test on as well: "
            "return train, test.",
        ),
        Misconception(
            "one list of both",
            lambda voices, held_out: sum(_split(voices, held_out), []),
            "One list came, train and test in a row. Keep them apart: return train, test.",
        ),
    ),
    hints=(
        "for i, voice in enumerate(voices) gives the place and the voice of each recording. On which side does it go?",
        "A set answers one question quickly: voice in held_out is True when the whole name is in it.",
        "Two lists, and one if: append i to test when its voice is held out, to train when not.",
    ),
    praise="No voice is on both sides. A score on the test now says what a stranger may expect.",
)

# --- 8.6: decibels on paper -------------------------------------------------------------------------------------------

_DOUBLED = 10 * math.log10(2)  # decibels of twice the power
_TENFOLD = 20 * math.log10(10)  # decibels of ten times the amplitude
_BEFORE = 20.0

# What the two steps may be taken to be worth, with what is to be said of it; nothing where it is right.
_LOUDER = (
    ("", _TENFOLD, ""),
    (
        "10 dB",
        10.0,
        "10 dB would be ten times the *power*; it is the samples that grew by 10, so the power by 100, 20 dB.",
    ),
    (
        "40 dB",
        2 * _TENFOLD,
        "for the factor of 10 you took 40 dB. 20·log10 is of the samples, 10·log10 of the power: both give 20.",
    ),
    ("nothing", 0.0, "the first step is missing: the samples of the noise grew by 10."),
    (
        "natural logarithm",
        20 * math.log(10),
        "decibels are counted with np.log10, not with the natural logarithm: ten times the samples are 20 dB.",
    ),
    (
        "natural logarithm of 10",
        10 * math.log(10),
        "decibels are counted with np.log10, not with the natural logarithm, and ten times the samples are 20 dB.",
    ),
    ("bels", 2.0, "ten times the samples are 100 times the power. Its logarithm is 2, so 2 bels, 20 *deci*bels."),
)
_SECOND = (
    ("", _DOUBLED, ""),
    ("6 dB", 2 * _DOUBLED, "for the second noise you took 6 dB; the *powers* add, and twice the power is 3 dB."),
    ("nothing", 0.0, "the second noise is missing: it doubles the power of the noise."),
    (
        "natural logarithm",
        10 * math.log(2),
        "the second noise doubles the power, and 10·log10(2) is 3.01; you took the natural logarithm, np.log.",
    ),
    ("natural logarithm of samples", 20 * math.log(2), "the second noise doubles the power: 10·log10(2) is 3.01."),
    ("bels", math.log10(2), "the second noise doubles the power: log10(2) is 0.3 *bels*, which is 3 decibels."),
    ("2 dB", 2.0, "twice the power is not 2 dB: 10·log10(2) is 3.01."),
    ("10 dB", 10.0, "10 dB would be ten such noises; two have twice the power, 3 dB."),
    ("upwards", -_DOUBLED, "a second noise makes the ratio *smaller*: take its 3 dB off."),
    ("6 dB upwards", -2 * _DOUBLED, "a second noise makes the ratio *smaller*, and its power adds: take 3 dB off."),
)
_WITH_WORDS_OF_THEIR_OWN = (
    *(
        10 - _DOUBLED,
        -2 * _DOUBLED,
        10 - 2 * _DOUBLED,
        0.0,
        10.0,
        20 - _DOUBLED,
        20 - 2 * _DOUBLED,
        -20.0,
        -10.0,
        -40.0,
    ),
    *(-20 - _DOUBLED, 20 + _DOUBLED, 40 + _DOUBLED, _DOUBLED, 2.0, 1.0, 0.5),
)


def _stepwise() -> tuple[Misconception, ...]:
    """Every pair of what the two steps may be taken for, unless its number has been explained."""
    found: list[Misconception] = []
    known = [*_WITH_WORDS_OF_THEIR_OWN, _BEFORE - _TENFOLD - _DOUBLED]
    for first, louder, of_first in _LOUDER:
        for second, doubled, of_second in _SECOND:
            number = _BEFORE - louder - doubled
            if any(abs(number - other) < 0.05 for other in known):
                continue
            known.append(number)
            said = [what for what in (of_first, of_second) if what]
            right = "the first step is right, 20 dB. Then " if not of_first else ""
            name = f"first step: {first or 'right'}; second noise: {second or 'right'}"
            text = f"{{got}}: {right}{' And '.join(said)}"
            found.append(Misconception(name, lambda number=number: number, text))
    return tuple(found)


RATIO_AFTER = Exercise(
    id="8.6",
    answer="snr_after",
    title="Predict: speech is 20 dB above a noise. Its samples times 10, and a second noise as loud: how many dB now?",
    objective="count in decibels what louder and more noise does",
    kind="predict",
    minutes=3,
    difficulty=2,
    tolerance=0.05,
    right=lambda: _BEFORE - _TENFOLD - _DOUBLED,
    misconceptions=(
        Misconception(
            "10 dB for ten times the amplitude",
            lambda: _BEFORE - 10 - _DOUBLED,
            "{got}: you took 10 dB off for the factor of 10, and 3 for the second noise. The 3 are right. But the "
            "*samples* grew by 10, so the power grew by 100: how many decibels is that?",
            seen="https://pic.hallikainen.org/piclist/2000/a/03/09/202247a.txt",
        ),
        Misconception(
            "amplitudes of two noises added",
            lambda: _BEFORE - _TENFOLD - 2 * _DOUBLED,
            "{got}: the factor of 10 is right, 20 dB. For the second noise you took 6 dB more, as if the samples had "
            "doubled. They would if it were the same noise once more. Independent noises now help, now hinder each "
            "other: their *powers* add, and twice the power is 3 dB.",
        ),
        Misconception(
            "10 dB for ten times the amplitude, and amplitudes of two noises added",
            lambda: _BEFORE - 10 - 2 * _DOUBLED,
            "{got}: you took off 10 dB for the factor of 10 and 6 for the second noise. It is the *samples* that grew "
            "by 10, so 20 dB; and of independent noises the *powers* add, so 3 dB.",
        ),
        Misconception(
            "second noise forgotten",
            lambda: _BEFORE - _TENFOLD,
            "{got}: right for the first step, 20 dB less. Then a second noise comes, as strong as the first *now* is: "
            "the power of the noise doubles.",
        ),
        Misconception(
            "second noise forgotten, and 10 dB for ten times the amplitude",
            lambda: _BEFORE - 10,
            "{got}: you took 10 dB off. The *samples* of the noise grew by 10, so its power by 100, which is 20 dB; "
            "and the second noise is still to come.",
        ),
        Misconception(
            "first step forgotten",
            lambda: _BEFORE - _DOUBLED,
            "{got}: you took 3 dB off for the second noise, which is right. Before that each sample of the noise was "
            "made 10 times as large.",
        ),
        Misconception(
            "first step forgotten, and amplitudes added",
            lambda: _BEFORE - 2 * _DOUBLED,
            "{got}: you took 6 dB off, for two. First, each sample of the noise was made 10 times as large. Then a "
            "second, independent noise doubles its *power*, and that is 3 dB.",
        ),
        Misconception(
            "decibels of two noises added",
            lambda: _BEFORE - 2 * _TENFOLD,
            "{got}: you took 40 dB off. Two noises of 20 dB are not one of 40: decibels are logarithms, their sum "
            "stands "
            "for a *product*, and two noises double the power, 3 dB. (If the 40 were 20·log10 of the power: ten times "
            "the samples are 100 times the power, 10·log10(100) = 20.)",
            seen="https://github.com/angularsen/UnitsNet/issues/1569",
        ),
        Misconception(
            "10 dB for a second noise",
            lambda: _BEFORE - _TENFOLD - 10,
            "{got}: the factor of 10 is right, 20 dB. Then you took 10 dB off for the second noise. 10 dB would be ten "
            "such noises; two have *twice* the power, and 10·log10(2) is 3.",
        ),
        Misconception(
            "20 dB counted too often, and decibels of two noises added",
            lambda: -2 * _TENFOLD,
            "{got}: 20 dB are counted too often. Speech stood 20 dB above; ten times the samples, so 100 times the "
            "power, take off 20, once. And a second noise takes off no 20: it doubles the power of the noise, 3 dB.",
        ),
        Misconception(
            "20·log10 of the power, or the beginning forgotten",
            lambda: _BEFORE - 2 * _TENFOLD - _DOUBLED,
            "{got}: the 3 dB of the second noise are right, but 20 are off too many. Either you forgot that speech "
            "stood 20 dB above the noise before, or you took 20·log10 of the power: ten times the samples are "
            "20·log10(10) = 10·log10(100) = 20 dB.",
        ),
        Misconception(
            "decibels divided by the factor",
            lambda: _BEFORE / 10,
            "{got}: you divided 20 dB by 10. Decibels are logarithms: a factor in the sound is a *difference* in "
            "decibels, and 10 in amplitude is 20 dB.",
        ),
        Misconception(
            "decibels divided by both factors",
            lambda: _BEFORE / 20,
            "{got}: you divided 20 dB by 10 and by 2. Decibels are logarithms: a factor in the sound is a "
            "*difference* in decibels. 10 in amplitude is 20 dB, 2 in power is 3.",
        ),
        Misconception(
            "sign",
            lambda: _DOUBLED - _BEFORE + _TENFOLD,
            "{got}: the right size. But is there more speech now, or more noise? After the first step both are "
            "equally loud, and then noise is *added*.",
        ),
        Misconception(
            "noise taken for speech",
            lambda: _BEFORE + _TENFOLD + _DOUBLED,
            "{got}: the right steps, but upwards. It is the *noise* that grew; speech stands less far above it than "
            "before.",
        ),
        *_stepwise(),
        *(
            Misconception(name, lambda number=number: number, "{got}: " + what)
            for name, number, what in (
                (
                    "the first noise counted as it was, with a second one in samples",
                    _BEFORE - 20 * math.log10(11),
                    "you added 10 and 1 in the *samples*. The second noise is as strong as the first *now* is, and of "
                    "independent noises the powers add: twice the power.",
                ),
                (
                    "10 and 1 added as powers",
                    _BEFORE - 10 * math.log10(11),
                    "you added 10 and 1. Ten times the samples are 100 times the power, and the second noise is as "
                    "strong as the first *now* is: 200.",
                ),
                (
                    "a factor of 20 in the samples, in the other direction",
                    _BEFORE + 20 * math.log10(20),
                    "it is the *noise* that grew, so speech stands less far above it; and of two independent noises "
                    "the powers add, so 3 dB.",
                ),
                (
                    "first step alone, upwards",
                    _BEFORE + _TENFOLD,
                    "it is the *noise* that grew by 20 dB; speech stands less far above it. And a second noise comes.",
                ),
                (
                    "ten times the decibels",
                    _BEFORE * 10,
                    "you multiplied the decibels by 10. They are logarithms: a factor in the sound is a difference in "
                    "decibels.",
                ),
                (
                    "ten times and twice the decibels",
                    _BEFORE * 20,
                    "you multiplied the decibels by 10 and by 2. They are logarithms: a factor in the sound is a "
                    "difference in decibels.",
                ),
                (
                    "100 times taken off",
                    _BEFORE - 100,
                    "100 is the factor of the power, not its decibels: 10·log10(100) is 20. Then a second noise comes, "
                    "3 dB.",
                ),
                (
                    "the decibels divided, then the second noise",
                    _BEFORE / 10 - _DOUBLED,
                    "you divided 20 dB by 10. A factor of 10 in the samples is a *difference* of 20 dB; the 3 dB of "
                    "the second noise are right.",
                ),
            )
        ),
        Misconception(
            "how much the noise grew",
            lambda: _TENFOLD + _DOUBLED,
            "{got}: by so many decibels the noise grew, and that is right. Speech stood 20 dB above it before.",
        ),
        Misconception(
            "a ratio of powers",
            lambda: 0.5,
            "{got} is the right ratio of the powers, 100 to 200. In decibels it is 10·log10 of that.",
        ),
        Misconception(
            "a ratio of amplitudes",
            lambda: 10 ** (-_DOUBLED / 20),
            "{got} is the right ratio of the amplitudes. In decibels it is 20·log10 of that.",
        ),
    ),
    hints=(
        "Two steps, one after the other. What does a factor of 10 in every sample do to the power, and how many "
        "decibels is that?",
        "Two independent noises of the same power have twice the power together. 10·log10(2) = 3.01.",
        "In decibels factors become differences: begin with 20, and take off what each of the two steps is worth.",
    ),
    praise="20 - 20 - 3: ten times the samples are 20 dB, a second noise is 3, and below 0 there is more noise than "
    "speech.",
)

EXERCISES = (MIXTURE, FRAMES, LOG_MEL, POOL, SPLIT_BY_VOICE, RATIO_AFTER)
