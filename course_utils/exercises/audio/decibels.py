"""Exercise 8.6: in decibels, what louder and more noise does."""

from __future__ import annotations

import math

from course_utils.exercises.exercise import Exercise, Misconception

_DOUBLED = 10 * math.log10(2)  # decibels of twice the power
_TENFOLD = 20 * math.log10(10)  # decibels of ten times the amplitude
_BEFORE = 20.0


def _right() -> float:
    return _BEFORE - _TENFOLD - _DOUBLED


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
    (
        "half of it",
        _DOUBLED / 2,
        "twice the power is 10·log10(2), 3 dB. You took 1.5: 10·log10 of the *root* of 2, by which the samples grow, "
        "and a factor of samples has 20·log10.",
    ),
    ("2 dB", 2.0, "twice the power is not 2 dB: 10·log10(2) is 3.01."),
    ("10 dB", 10.0, "10 dB would be ten such noises; two have twice the power, 3 dB."),
    ("upwards", -_DOUBLED, "a second noise makes the ratio *smaller*: take its 3 dB off."),
    ("6 dB upwards", -2 * _DOUBLED, "a second noise makes the ratio *smaller*, and its power adds: take 3 dB off."),
)
_NAMED = (
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
        "{got}: you took 10 dB off. The *samples* of the noise grew by 10, so its power by 100, which is 20 dB; and "
        "the second noise is still to come.",
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
        "{got}: you took 40 dB off. Was 20 taken off again, for the second noise? Two noises of 20 dB are not one of "
        "40: decibels are logarithms, their sum stands for a *product*, and two noises double the power, 3 dB. (If the "
        "40 were 20·log10 of the power: ten times the samples are 100 times the power, 10·log10(100) = 20.)",
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
        "{got}: you divided 20 dB by 10 and by 2. Decibels are logarithms: a factor in the sound is a *difference* in "
        "decibels. 10 in amplitude is 20 dB, 2 in power is 3.",
    ),
    Misconception(
        "sign",
        lambda: _DOUBLED - _BEFORE + _TENFOLD,
        "{got}: the right size. But is there more speech now, or more noise? After the first step both are equally "
        "loud, and then noise is *added*.",
    ),
    Misconception(
        "noise taken for speech",
        lambda: _BEFORE + _TENFOLD + _DOUBLED,
        "{got}: the right steps, but upwards. It is the *noise* that grew; speech stands less far above it than "
        "before.",
    ),
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
                "it is the *noise* that grew, so speech stands less far above it; and of two independent noises the "
                "powers add, so 3 dB.",
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
                "you divided 20 dB by 10. A factor of 10 in the samples is a *difference* of 20 dB; the 3 dB of the "
                "second noise are right.",
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
)


def _stepwise() -> tuple[Misconception, ...]:
    """Every pair of what the two steps may be taken for, unless its number has a name already."""
    found: list[Misconception] = []
    known = [*(named.mistake() for named in _NAMED), _right()]
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
    right=_right,
    misconceptions=(*_NAMED, *_stepwise()),
    hints=(
        "Two steps, one after the other. What does a factor of 10 in every sample do to the power, and how many "
        "decibels is that?",
        "Two independent noises of the same power have twice the power together. 10·log10(2) = 3.01.",
        "In decibels factors become differences: begin with 20, and take off what each of the two steps is worth.",
    ),
    praise="20 - 20 - 3: ten times the samples are 20 dB, a second noise is 3, and below 0 there is more noise than "
    "speech.",
)
