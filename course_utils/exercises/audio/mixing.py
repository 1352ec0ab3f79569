"""Exercise 8.1: a mixture at a chosen signal-to-noise ratio."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception

_GENERATOR = np.random.default_rng(8)
_LOUD = 20.0  # decibels of signal over noise in the first case; what the messages count is counted there
_SOUNDS = (
    (np.array([3.0, -1.0, 1.0, -1.0, 0.0, 0.0]), np.array([5.0, -5.0, 4.0, 2.0, 2.0, 1.0]), _LOUD),
    (0.3 + _GENERATOR.normal(size=40), 0.2 * _GENERATOR.uniform(-1.0, 1.0, size=40), -5.0),
    (_GENERATOR.normal(size=25) * np.repeat([0.0, 1.0, 0.0, 2.0, 0.0], 5), 30.0 * _GENERATOR.normal(size=25), 0.0),
)


def _power(samples: np.ndarray) -> float:
    return float(np.mean(np.square(samples)))


def _root_mean_square(samples: np.ndarray) -> float:
    return math.sqrt(_power(samples))


def _gain(signal: np.ndarray, noise: np.ndarray, snr_db: float) -> float:
    level = 10 * np.log10([_power(signal), _power(noise)])
    return 10 ** ((level[0] - level[1] - snr_db) / 20)


def _mixture(signal: np.ndarray, noise: np.ndarray, snr_db: float) -> np.ndarray:
    return signal + noise * _gain(signal, noise, snr_db)


def _scaled_by(factor: Callable[[float, float, float], float]) -> Callable[..., np.ndarray]:
    """A mistake in the factor of the noise; it sees both root mean squares, and the decibels."""
    return lambda signal, noise, snr_db: (
        signal + noise * factor(_root_mean_square(signal), _root_mean_square(noise), snr_db)
    )


def _sized_by(size: Callable[[np.ndarray], float]) -> Callable[..., np.ndarray]:
    """A mistake in what of a sound the ratio is taken."""
    return lambda signal, noise, snr_db: signal + noise * size(signal) / size(noise) * 10 ** (-snr_db / 20)


def _scaled_by_sizes(size: Callable[[np.ndarray], float]) -> Callable[..., np.ndarray]:
    """A mistake in what is taken for the power of a sound."""
    return lambda signal, noise, snr_db: signal + noise * math.sqrt(size(signal) / size(noise) / 10 ** (snr_db / 10))


def _changed(change: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake that a right mixture suffers afterwards."""
    return lambda signal, noise, snr_db: change(_mixture(signal, noise, snr_db))


_Factor = Callable[[float, float, float], float]  # from both root mean squares and the decibels
_SIZES: tuple[tuple[str, str, Callable[[float, float], float]], ...] = (
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
            "Your mixture is {got}: the noise in it lies 40 dB below the signal, twice the 20 that were asked for. "
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
            lambda signal, noise, snr_db: signal / _gain(signal, noise, snr_db) + noise,
            "Your mixture is {got}: the ratio is right, 20 dB, but you reached it by making the signal louder, 25 "
            "times. Only the noise is to be scaled: then the word is equally loud in every mixture, and clips can be "
            "compared.",
        ),
        Misconception(
            "both scaled",
            lambda signal, noise, snr_db: _mixture(signal, noise, snr_db) / _root_mean_square(signal),
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
                signal / _root_mean_square(signal)
                + noise * _root_mean_square(signal) / _power(noise) * 10 ** (-snr_db / 20)
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
            "mean size taken for the power",
            _scaled_by_sizes(lambda samples: np.abs(samples).mean()),
            "Your mixture is {got}: the noise in it lies 17 dB below the signal, and 20 were asked for. You took the "
            "mean of the absolute samples for the power. Power is the mean of the *squared* samples.",
        ),
        Misconception(
            "power of signal and noise above the line",
            lambda signal, noise, snr_db: (
                signal
                + noise * _gain(signal, noise, snr_db) * _root_mean_square(signal + noise) / _root_mean_square(signal)
            ),
            "Your mixture is {got}: above the line stands the power of signal *and* noise, as they came. The ratio is "
            "that of the signal to the noise: power(signal) alone.",
        ),
        *(
            Misconception(
                f"decibels made whole, {name}",
                _scaled_by(lambda s, n, db, bels=bels: s / n * 10 ** (-bels(db) / 2)),
                "Right for 20 dB. " + lost + " // and int make whole numbers: divide the decibels with a single /.",
            )
            for name, lost, bels in (
                ("downwards", "But -5 // 10 is -1, so the 5 dB here count as 10.", lambda db: db // 10),
                (
                    "upwards",
                    "But 5 // 10 and int(-5 / 10) are 0, so the 5 dB here do not count.",
                    lambda db: int(db / 10),
                ),
                ("twenties downwards", "But -5 // 20 is -1, so the 5 dB here count as 20.", lambda db: 2 * (db // 20)),
            )
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
            _changed(lambda mixture: mixture / _root_mean_square(mixture)),
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
            lambda signal, noise, snr_db: signal - noise * _gain(signal, noise, snr_db),
            "Your mixture is {got}: you subtracted the noise. It would sound the same, but asked for is signal *plus* "
            "noise.",
        ),
        Misconception(
            "noise alone",
            lambda signal, noise, snr_db: noise * _gain(signal, noise, snr_db),
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
                "by the signal's root mean square over the noise's, times 10 ** (-snr_db / 20).",
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
            lambda signal, noise, snr_db: signal + (noise - signal) * _gain(signal, noise, snr_db),
            "Your mixture is {got}: the noise is right, but you took the same share away from the signal. Only the "
            "noise is scaled; the signal stays as it came.",
        ),
        Misconception(
            "half of the decibels on each",
            lambda signal, noise, snr_db: _mixture(signal, noise, snr_db) / math.sqrt(_gain(signal, noise, snr_db)),
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
            "comes first, mix(signal, noise, snr_db), and only the noise is scaled.",
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
                "multiplied by that number. Decibels are logarithms: a factor for samples is 10 ** (decibels / 20).",
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
            for name, size in (("power", _root_mean_square), ("peak", lambda x: np.abs(x).max()))
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
            lambda signal, noise, snr_db: np.concatenate([signal, noise * _gain(signal, noise, snr_db)]),
            "You put the noise *behind* the signal, so that there are twice as many samples. A mixture is their sum, "
            "sample by sample: signal + noise.",
        ),
        Misconception(
            "the factor alone",
            _gain,
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
            lambda signal, noise, snr_db: signal * noise * _gain(signal, noise, snr_db),
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
