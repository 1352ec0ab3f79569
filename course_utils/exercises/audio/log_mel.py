"""Exercise 8.3: the power in mel bands, in decibels."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception

_GENERATOR = np.random.default_rng(83)
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
_FLOOR = 1e-10


def _decibels(power: np.ndarray) -> np.ndarray:
    return 10 * np.log10(np.maximum(power, _FLOOR))


def _log_mel(power: np.ndarray, filterbank: np.ndarray) -> np.ndarray:
    return _decibels(np.einsum("tb,mb->tm", power, filterbank))


def _after_the_filters(change: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake in what becomes of the power in the mel bands."""
    return lambda power, filterbank: change(power @ filterbank.T)


def _after_the_decibels(change: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """What the right decibels suffer afterwards."""
    return lambda power, filterbank: change(_log_mel(power, filterbank))


def _with_filters(change: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake in the filters; the rest is right."""
    return lambda power, filterbank: _log_mel(power, change(filterbank))


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


_OTHER_FLOORS = (
    *(0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-11, 1e-12, 1e-15, 1e-16, 1e-20, 1e-30, 1e-100),
    *(10.0, math.exp(-10), float(np.finfo(float).eps), float(np.finfo(np.float32).eps)),
    *(float(np.finfo(float).tiny), float(np.finfo(np.float32).tiny)),
)
_WITH_LOG1P = (
    "np.log1p adds 1 before the logarithm, and it is the natural one. Decibels are 10 · np.log10, with a floor of "
    "1e-10: np.maximum(…, 1e-10)."
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
            "filterbank is one band, and it meets the bins of a frame: power @ filterbank.T, (T, bins) with (bins, "
            "mels).",
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
            _after_the_decibels(np.transpose),
            "The numbers are right, but each moment stands in a column, (mels, T), as many libraries give it. Rows are "
            "positions here: (T, mels).",
        ),
        Misconception(
            "20 instead of 10",
            _after_the_decibels(lambda decibels: 2 * decibels),
            "Your result is {got}: exactly twice as many decibels as there are. 20·log10 is for amplitudes; of a "
            "power, which is an amplitude squared already, it is 10·log10 (section 4).",
            seen="https://github.com/MTG/mtg-jamendo-dataset/issues/51",
        ),
        Misconception(
            "natural logarithm",
            _after_the_decibels(lambda decibels: math.log(10) * decibels),
            "Your result is {got}: your numbers are 2.3 times too large, the natural logarithm of 10. np.log is the "
            "natural logarithm; decibels need np.log10.",
            seen="https://github.com/StefanJAuer/RaySAR/issues/8",
        ),
        Misconception(
            "natural logarithm, without the 10",
            _after_the_decibels(lambda decibels: math.log(10) * decibels / 10),
            "Your result is {got}: that is the natural logarithm of the power. Many programs feed that to a network; "
            "decibels are 10 · np.log10.",
        ),
        Misconception(
            "bels",
            _after_the_decibels(lambda decibels: decibels / 10),
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
            _after_the_decibels(lambda decibels: math.log2(10) * decibels),
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
            _WITH_LOG1P,
        ),
        Misconception(
            "1 added, natural logarithm, without the 10",
            _after_the_filters(np.log1p),
            _WITH_LOG1P,
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
            _with_filters(lambda filters: filters / filters.shape[1]),
            "You divided each band by the number of bins. A band is the weighted sum over the bins: power @ "
            "filterbank.T and nothing more.",
        ),
        Misconception(
            "filters normalised",
            _with_filters(lambda filters: filters / filters.sum(1, keepdims=True)),
            "You divided each band by the sum of its weights. Some libraries do that; here the filterbank is to be "
            "used as it comes.",
        ),
        Misconception(
            "relative to the maximum",
            _after_the_decibels(lambda decibels: decibels - decibels.max()),
            "Your result is {got}: the largest of your numbers is 0. You measured from the loudest place (ref=np.max "
            "in some libraries), so a whisper and a shout look the same. Here 0 dB is a power of 1.",
        ),
        Misconception(
            "relative to the maximum of each frame",
            _after_the_decibels(lambda decibels: decibels - decibels.max(axis=1, keepdims=True)),
            "Your result is {got}: in each row the largest number is 0. You measured each frame from its own loudest "
            "band, so loud and quiet moments look the same. Here 0 dB is a power of 1.",
        ),
        Misconception(
            "standardised",
            _after_the_decibels(lambda decibels: (decibels - decibels.mean()) / decibels.std()),
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
        *map(_other_floor, _OTHER_FLOORS),
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
                _after_the_filters(lambda mel, over=over: _decibels(over(mel))),
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
            lambda power, filterbank: _decibels(power),
            "Your result is {got}: those are the decibels of each *bin*; the filterbank has no effect. A band is a "
            "weighted sum over the bins: power @ filterbank.T.",
        ),
        Misconception(
            "weights of the filterbank ignored",
            _with_filters(lambda filters: filters > 0),
            "Your result is {got}: each bin of a band counts fully in yours. The filterbank says how much of each bin "
            "goes into a band: power @ filterbank.T.",
        ),
        Misconception(
            "mean over a band's bins",
            _with_filters(lambda filters: filters / (filters > 0).sum(1, keepdims=True)),
            "Your result is {got}: you divided each band by how many bins it has. A band is the weighted sum: power @ "
            "filterbank.T and nothing more.",
        ),
        *(
            Misconception(
                f"the mean of {name} taken away",
                _after_the_decibels(lambda decibels, axis=axis: decibels - decibels.mean(axis, keepdims=True)),
                "Your result is {got}: you took the mean of " + name + " away. A network likes that; asked for are "
                "decibels, where 0 is a power of 1.",
            )
            for name, axis in (("all numbers", None), ("each band", 0), ("each frame", 1))
        ),
        Misconception(
            "brought between 0 and 1",
            _after_the_decibels(lambda decibels: (decibels - decibels.min()) / np.ptp(decibels)),
            "Your result is {got}: you brought the numbers between 0 and 1. Asked for are decibels.",
        ),
        Misconception(
            "relative to the minimum",
            _after_the_decibels(lambda decibels: decibels - decibels.min()),
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
            "You laid the floor of 1e-10 under the *logarithm*, or the decibels: what lies below 0 is lost. It is a "
            "power: 10 * np.log10(np.maximum(…, 1e-10)).",
        ),
        Misconception(
            "cut 80 decibels below the loudest",
            _after_the_decibels(lambda decibels: np.maximum(decibels, decibels.max() - 80.0)),
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
