"""Exercise 2.1: the weight of a key when the query is doubled."""

from __future__ import annotations

import math

import numpy as np

from course_utils.exercises.dot_product.hand_calculation import RIVER
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_AFTER = softmax(2 * RIVER)  # 0.867, 0.117, 0.016
_EXPONENTIALS = (
    "{got} is an exponential, or a sum of some: what comes before the division. A weight is exp(score) divided by "
    "the sum of all three (section 2)."
)
_A_SCORE = (
    "{got} is a score (or a dot product), not yet a weight. Scores go through the softmax: exp, then divide by the "
    "sum of all three (section 2)."
)
_ANOTHER_BASE = (
    "{got}: that would be powers of another number than e. Doubling the query doubles the scores, to 4, 2, 0; then "
    "take e to the power of each (section 2)."
)
_FALLS = "{got} is less than the old 0.665. A doubled query doubles every lead, and who leads gains (section 2)."
_GROWS = (
    "{got}: right, it grows, and stays below 1. How far is not a guess: double the three scores, take their "
    "exponentials, divide (section 2)."
)
_ANOTHER_WORD = "{got} is the weight of another word. River is the first of the three (section 2)."
_TOO_MUCH = (
    "{got} is more than there is to share out: the weights of a query sum to 1. Double the scores, not the weight "
    "(section 2)."
)
_IN_PER_CENT = "Per cent? A weight is a share of 1: write it as 0.something."
_OTHER_WAYS: dict[float, tuple[str, str]] = {
    softmax(RIVER)[0] / 2: (
        "halved, or shared alike",
        "{got} is half of the old weight, or an equal share for each of three. A doubled query does not look more "
        "evenly, it decides more: every lead doubles (section 2).",
    ),
    **dict.fromkeys((math.exp(2), 2 * math.exp(2), math.exp(4)), ("exponentials", _EXPONENTIALS)),
    **dict.fromkeys(
        (np.exp(RIVER).sum(), 2 * np.exp(RIVER).sum(), np.exp(2 * RIVER).sum()), ("exponentials", _EXPONENTIALS)
    ),
    **dict.fromkeys(
        (math.exp(4) / np.exp(RIVER).sum(), 2 * math.exp(2) / np.exp(2 * RIVER).sum()),
        (
            "another sum",
            "{got}: the exponential and the sum do not belong together. When the query doubles, all three exponentials "
            "change, and so does their sum (section 2).",
        ),
    ),
    **dict.fromkeys((2.0, 4.0, 8.0), ("a score", _A_SCORE)),
    **dict.fromkeys((16 / 21, 10_000 / 10_101), ("another base than e", _ANOTHER_BASE)),
    softmax(math.sqrt(2) * RIVER)[0]: (
        "scores grow by a root",
        "{got}: you let the scores grow by √2. √d_k counts features, and there are still four; a doubled query doubles "
        "the dot products and so the scores.",
    ),
    softmax(RIVER / 2)[0]: ("halved scores", "{got} belongs to halved scores, 1, 0.5, 0. Doubled, they are 4, 2, 0."),
    softmax(4 * RIVER)[0]: (
        "scores four times as large",
        "{got} belongs to the scores 8, 4, 0: doubled twice, or not divided by √d_k = 2. Only the query doubles, and "
        "only once (section 2).",
    ),
    2 * math.exp(2) / (2 * math.exp(2) + math.e + 1): (
        "the exponential doubled",
        "{got}: you doubled the weight (or the exponential) of river and shared out again. The score doubles, and for "
        "every key; exp(2 · 2) is 7.39 squared (section 2).",
    ),
    softmax(RIVER)[0] ** 2: (
        "the weight squared",
        "{got} is the old weight squared. The ratios are squared, yes; after that the three are shared out again, to "
        "sum to 1 (section 2).",
    ),
    1.0: (
        "the winner takes everything",
        "That would leave nothing for the others. Their exponentials are small beside river's, not 0: a weight gets "
        "close to 1 without getting there (section 2).",
    ),
    0.86: ("rounded down", "Cut off, not rounded? The next digit is a 6."),
    0.9: ("rounded to one place", "Rounded to one place? Two decimals are asked for."),
    **dict.fromkeys((*softmax(RIVER)[1:], *_AFTER[1:]), ("the weight of another word", _ANOTHER_WORD)),
    **dict.fromkeys((1.1, 1.2, 1.25, 1.5, 1 + softmax(RIVER)[0], 1.6, 1.8, 1.9), ("more than the whole", _TOO_MUCH)),
    **dict.fromkeys((86.0, 86.7, 86.68, 66.5, 67.0, 133.0, 88.0, 100.0), ("per cent", _IN_PER_CENT)),
}


def _apart(number: float, *others: float) -> bool:
    return all(abs(number - other) > 0.0046 for other in others)


_SPOKEN_FOR = (*_AFTER, *_OTHER_WAYS, softmax(RIVER)[0], 2 / 3, 0.936, 0.881)
_OTHER_NUMBERS = (
    *(Misconception(name, lambda number=number: number, why) for number, (name, why) in _OTHER_WAYS.items()),
    *(
        Misconception(name, lambda hundredths=hundredths: hundredths / 100, why)
        for name, why, between in (
            ("the weight falls", _FALLS, range(0, 67)),
            ("grows, but not by doubled scores", _GROWS, range(67, 100)),
        )
        for hundredths in between
        if _apart(hundredths / 100, *_SPOKEN_FOR)
    ),
    Misconception(
        "all three, not yet shared out",
        lambda: 2 * RIVER,
        "These are the new scores. Take exp of each, divide by their sum, and hand in the first.",
    ),
    Misconception(
        "all three, not yet shared out",
        lambda: np.exp(2 * RIVER),
        "These are the new exponentials. Divide the first by the sum of the three.",
    ),
)

DOUBLED = Exercise(
    id="2.1",
    answer="weight_of_river",
    title="Predict the weight of 'river' when the query is doubled, to two decimals.",
    objective="predict how the length of a query changes its weights",
    kind="predict",
    minutes=4,
    difficulty=2,
    tolerance=0.0045,
    right=lambda: softmax(2 * RIVER)[0],
    misconceptions=(
        Misconception(
            "softmax ignores scale",
            lambda: softmax(RIVER)[0],
            "{got} is the old weight. Softmax ignores a number that is added to all scores; it does not ignore "
            "a factor: doubled scores square each ratio between two weights (section 2).",
            seen="https://github.com/dvgodoy/PyTorchStepByStep/issues/54",
        ),
        Misconception(
            "weights double",
            lambda: 2 * softmax(RIVER)[0],
            "{got} is twice the old weight, and more than there is to share out: the weights of a query sum to 1. "
            "The scores double; the exponentials are squared (section 2).",
        ),
        Misconception(
            "only one score doubled",
            lambda: softmax(RIVER * np.array([2.0, 1.0, 1.0]))[0],
            "{got} belongs to the scores 4, 1, 0: only that of river doubled, or all squared. The query is part of "
            "every score, so all three double, to 4, 2, 0 (section 2).",
        ),
        Misconception(
            "weights in proportion to scores",
            lambda: 4 / 6,
            "{got} is 4 out of 4 + 2 + 0, or else the old weight. Weights are in proportion to exp(score), "
            "and the scores have changed (section 2).",
        ),
        Misconception("per cent", lambda: 87.0, _IN_PER_CENT),
        Misconception(
            "all three weights",
            lambda: softmax(2 * RIVER),
            "These are all three weights. Which of them is that of river? Hand in that one.",
        ),
        Misconception(
            "a score of 0 counts for nothing",
            lambda: np.exp(4) / (np.exp(4) + np.exp(2)),
            "{got} leaves out the third key. Its score is 0, but exp(0) is 1 (section 2).",
        ),
        *_OTHER_NUMBERS,
    ),
    hints=(
        "Each score is a product of the query with a key. What does doubling the query do to 2, 1 and 0?",
        "The scores become 4, 2, 0. Their exponentials are about 54.6, 7.4 and 1.",
    ),
    praise="Scores 4, 2, 0 give 54.6 / 63.0 = 0.87: a longer query is a more decided one.",
)
