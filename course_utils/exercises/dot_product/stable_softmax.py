"""Exercise 2.3: a softmax for a table of any finite scores."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course_utils.exercises.dot_product.hand_calculation import RIVER
from course_utils.exercises.dot_product.sharing_out import plain_softmax, shares
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_SMALL = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]])
# Each row is one more trap: a large score, a low one beside it, only low ones, one that is far above the middle.
_LARGE = np.array([[1e4, 1e4 - 1.0, 0.0], [-1e4, 0.0, 1.0], [-1e4, -1e4 - 1.0, -2e4], [0.0, 1000.0, 2.0]])

_NOT_THE_MAXIMUM = (
    "Right for small scores: any number may be subtracted from a row. But you subtracted {what}, and {why} "
    "Only the row's own maximum makes the largest exponential 1 (section 4)."
)
_OVERFLOWS = "in one of these rows a score then stays far above 0, and its exponential is infinite."
_UNDERFLOWS = "in one of these rows all scores then lie far below 0, and every exponential is 0."


def _subtracted(what: str, number: Callable[[np.ndarray], np.ndarray], why: str) -> Misconception:
    return Misconception(
        f"{what} subtracted",
        lambda scores: plain_softmax(scores - number(scores)),
        _NOT_THE_MAXIMUM.replace("{what}", what).replace("{why}", why),
    )


def _lowered(scores: np.ndarray) -> np.ndarray:
    return scores - scores.max(-1, keepdims=True)


def _guarded(exps: np.ndarray) -> np.ndarray:
    """Exponentials without infinity."""
    return np.nan_to_num(exps)


_BY_THE_COUNT = (
    "{got}: you divided by 3, the number of keys (or the sum of the scores). Divide each row's exponentials by the sum "
    "of these exponentials, then the row sums to 1 (section 2)."
)
_BY_THE_LARGEST = (
    "{got}: the largest of each row is 1. You divided the exponentials by the largest, or subtracted the maximum and "
    "did not divide. Divide by the row's sum (section 2)."
)
_DIVIDED_FIRST = (
    "{got}: you divided the scores themselves before the exponential. Subtracting a number changes no weight, dividing "
    "by one does; here the scores are taken as they are (section 2)."
)
_CUT_OFF = (
    "Right for small scores. You cut scores off, so 10,000 and 9,999 became the same, or all of a row became too low. "
    "Subtract each row's maximum instead; that keeps every difference (section 4)."
)
_PATCHED = (
    "You replaced NaN or infinity afterwards; by then it is unknown what stood there: {got}. The exponentials must not "
    "overflow in the first place: subtract each row's maximum before (section 4)."
)
_IN_ONE_PLACE = (
    "{got}: the maximum was subtracted above the fraction line or below it, not in both. The same exponentials stand "
    "in both places; keep them in a variable (section 4)."
)
_OTHER_BASE = (
    "{got}: that is another function than exp. Take e to the power of each score, np.exp(scores), then divide by the "
    "row's sum (section 2)."
)
_SOFTMAX_STEPS = (
    _subtracted("the mean", lambda scores: scores.mean(-1, keepdims=True), _OVERFLOWS),
    _subtracted("the median", lambda scores: np.median(scores, -1, keepdims=True), _OVERFLOWS),
    _subtracted("the smallest score", lambda scores: scores.min(-1, keepdims=True), _OVERFLOWS),
    _subtracted("the first score", lambda scores: scores[:, :1], _OVERFLOWS),
    _subtracted("the last score", lambda scores: scores[:, -1:], _OVERFLOWS),
    _subtracted("the largest absolute value", lambda scores: np.abs(scores).max(-1, keepdims=True), _UNDERFLOWS),
    _subtracted("the sum", lambda scores: scores.sum(-1, keepdims=True), "that may be far from the largest score."),
    _subtracted("minus the maximum", lambda scores: -scores.max(-1, keepdims=True), _OVERFLOWS),
    Misconception(
        "each column's maximum subtracted",
        lambda scores: plain_softmax(scores - scores.max(0)),
        "{got}: you subtracted the largest of each column, so within a row every score lost another number. Only the "
        "same number for the whole row changes nothing: max(axis=-1, keepdims=True) (section 4).",
    ),
    *(
        Misconception("scores cut off", lambda scores, low=low: plain_softmax(np.clip(scores, low, 700.0)), _CUT_OFF)
        for low in (-700.0, -np.inf)
    ),
    Misconception("NaN replaced afterwards", lambda scores: np.nan_to_num(plain_softmax(scores)), _PATCHED),
    Misconception("NaN replaced afterwards", lambda scores: shares(_guarded(np.exp(scores))), _PATCHED),
    Misconception(
        "a small number added to the sum",
        lambda scores: np.exp(scores) / (np.exp(scores).sum(-1, keepdims=True) + 1e-9),
        "A small number in the divisor avoids 0/0, not infinity by infinity: {got}. Subtract each row's maximum before "
        "the exponential; then the sum is at least 1 (section 4).",
    ),
    *(
        Misconception("scores divided first", lambda scores, by=by: softmax(scores / by), _DIVIDED_FIRST)
        for by in (2.0, 3.0, math.sqrt(3), math.sqrt(5), 10.0, 100.0, 1000.0, 1e4)
    ),
    Misconception(
        "scores divided first",
        lambda scores: softmax((scores - scores.mean(-1, keepdims=True)) / scores.std(-1, keepdims=True)),
        _DIVIDED_FIRST,
    ),
    Misconception(
        "sign turned",
        lambda scores: softmax(-scores),
        "{got}: the lowest score got the largest weight. Keep the sign: exp(scores - maximum), not exp(maximum - "
        "scores).",
    ),
    Misconception(
        "maximum subtracted in one place only",
        lambda scores: np.exp(_lowered(scores)) / np.exp(scores).sum(-1, keepdims=True),
        _IN_ONE_PLACE,
    ),
    Misconception(
        "maximum subtracted in one place only",
        lambda scores: np.exp(scores) / np.exp(_lowered(scores)).sum(-1, keepdims=True),
        _IN_ONE_PLACE,
    ),
    Misconception(
        "maximum subtracted after the exponential",
        lambda scores: shares(_lowered(np.exp(scores))),
        "{got}: you subtracted from the exponentials, and their ratios changed. Subtract from the scores, before exp: "
        "there it divides every exponential by the same number (section 4).",
    ),
    Misconception(
        "no exponential, maximum subtracted",
        lambda scores: shares(_lowered(scores)),
        "{got}: you shared out the scores minus their maximum, so the largest got 0. np.exp comes between the two "
        "steps (section 2).",
    ),
    *(
        Misconception("another function than exp", lambda scores, of=of: shares(of(scores)), _OTHER_BASE)
        for of in (np.exp2, lambda x: 10.0**x, np.square, lambda x: np.abs(x) ** math.e, np.expm1)
    ),
    *(
        Misconception(
            "a sigmoid for each score",
            lambda scores, end=end: end(1 / (1 + np.exp(-scores))),
            "{got}: that is a sigmoid, which looks at each score alone. In a softmax the keys share 1, so each weight "
            "depends on all scores of the row: exp, then divide by the row's sum (section 2).",
        )
        for end in (lambda each: each, shares)
    ),
    Misconception("divided by the count", lambda scores: np.exp(scores) / scores.shape[-1], _BY_THE_COUNT),
    Misconception("divided by the count", lambda scores: np.exp(_lowered(scores)) / scores.shape[-1], _BY_THE_COUNT),
    Misconception("divided by the largest", lambda scores: np.exp(_lowered(scores)), _BY_THE_LARGEST),
    Misconception(
        "divided by the mean",
        lambda scores: softmax(scores) * scores.shape[-1],
        "{got}: your rows sum to the number of keys, 3. You divided by the mean of the exponentials; divide by their "
        "sum (section 2).",
    ),
    Misconception(
        "divided by the length",
        lambda scores: np.exp(scores) / np.linalg.norm(np.exp(scores), axis=-1, keepdims=True),
        "{got}: you divided by the root of the sum of squares, a vector's length. The weights themselves sum to 1, not "
        "their squares: divide by the sum (section 2).",
    ),
    Misconception(
        "logarithms of the weights",
        lambda scores: np.log(softmax(scores)),
        "{got}: these are the logarithms of the weights. Take exp of them: a weight lies between 0 and 1.",
    ),
    Misconception(
        "the largest takes everything",
        lambda scores: np.eye(scores.shape[-1])[scores.argmax(-1)],
        "{got}: the largest score took the whole 1. A softmax is soft: at scores 2, 1, 0 the others keep 0.245 and "
        "0.090 (section 2).",
    ),
    Misconception(
        "the place of the largest",
        lambda scores: scores.argmax(-1),
        "{got}: these are places, from argmax. Every key of a row gets a weight, so the result has the shape of the "
        "scores (section 2).",
    ),
    Misconception(
        "only the largest weight",
        lambda scores: softmax(scores).max(-1),
        "{got}: only the largest weight of each row is left. Give back all of them, in the shape of the scores.",
    ),
    Misconception(
        "softmax twice",
        lambda scores: softmax(softmax(scores)),
        "{got}: the softmax ran twice. The second time it took the weights for scores, and made them more alike.",
    ),
)

SOFTMAX = Exercise(
    id="2.3",
    answer="my_softmax",
    title="Write my_softmax(scores) for a table of scores: every row shares out 1.",
    objective="write a softmax that survives any finite scores",
    kind="write",
    minutes=6,
    difficulty=1,
    cases=((RIVER[None],), (_SMALL,), (_LARGE,)),
    right=softmax,
    misconceptions=(
        Misconception(
            "no exponential",
            lambda scores: scores / scores.sum(-1, keepdims=True),
            "You divided the scores themselves by their sum: {got}. Scores may be negative or sum to zero; "
            "the exponential makes each one positive first (section 2).",
            seen=("https://techqa.club/v/q/why-is-softmax-function-necessory-why-not-simple-normalization-45965817"),
        ),
        Misconception(
            "not normalised",
            np.exp,
            "These are the exponentials, {got}; a row should sum to 1. Divide each row by its sum (section 2).",
        ),
        Misconception(
            "softmax over the whole array",
            lambda scores: plain_softmax(scores, axis=None),
            "All your numbers together sum to 1, {got}. Each query shares out 1 of its own, "
            "so sum along the last axis and keep it: sum(axis=-1, keepdims=True) (section 2).",
            seen=(
                "https://stackoverflow.com/questions/34968722/how-to-implement-the-softmax-function-in-python/38250088#38250088"
            ),
        ),
        Misconception(
            "softmax over the queries",
            lambda scores: softmax(scores, 0),
            "Your columns sum to 1, your rows do not: you normalised over the queries. Each query shares out its "
            "attention over the keys, so the softmax runs along the last axis (section 2). Python's sum() adds the "
            "rows to each other; exps.sum(axis=-1, keepdims=True) adds within a row.",
        ),
        Misconception(
            "axis lost in the sum",
            lambda scores: np.exp(scores) / np.exp(scores).sum(-1),
            "A sum or a maximum over an axis takes that axis away, so it no longer lines up with the rows. "
            "keepdims=True keeps it, with length 1.",
            seen="https://xue-jishu.com/python-deeplearning-softmax-with-numpy",
        ),
        Misconception(
            "no maximum subtracted",
            plain_softmax,
            "Right for small scores, but with scores of 10,000 you get {got}: exp overflows to infinity. "
            "Subtract each row's maximum first; the weights do not change (section 4).",
            seen="https://github.com/dwavesystems/dwave-optimization/issues/555",
        ),
        Misconception(
            "one maximum for all rows",
            lambda scores: plain_softmax(scores - scores.max()),
            "You subtracted the maximum of the whole array. A row whose scores all lie far below it then becomes "
            "0/0. Subtract each row's own maximum: max(axis=-1, keepdims=True) (section 4).",
            seen="https://github.com/keras-team/keras/pull/10027",
        ),
        Misconception(
            "a maximum that is never below 0",
            lambda scores: plain_softmax(scores - np.maximum(scores.max(-1, keepdims=True), 0.0)),
            "Right as long as a row holds a score above 0. In the row -10000, -10001, -20000 you subtracted 0, every "
            "exponential became 0, and 0/0 is NaN. Subtract the maximum also where it is negative (section 4).",
            seen="https://github.com/FluxML/NNlib.jl/pull/43",
        ),
        *_SOFTMAX_STEPS,
    ),
    hints=(
        "Two steps: make every score positive with np.exp, then divide each row by its own sum.",
        "keepdims=True keeps the axis that you sum over, so that the division lines up row by row.",
        "exp(10000) is too large for a float. exp(s - m) / sum(exp(s - m)) is the same weight for every m: "
        "choose m = scores.max(axis=-1, keepdims=True).",
    ),
    praise="Every row shares out exactly 1, also at scores of 10,000.",
)
