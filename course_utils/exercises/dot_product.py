"""Exercises of the lesson on dot-product attention."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch

from course_utils.exercises import hits
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(2)
_SMALL = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]])
# Each row is one more trap: a large score, a low one beside it, only low ones, one that is far above the middle.
_LARGE = np.array([[1e4, 1e4 - 1.0, 0.0], [-1e4, 0.0, 1.0], [-1e4, -1e4 - 1.0, -2e4], [0.0, 1000.0, 2.0]])
_QUERY, _KEY = _GENERATOR.normal(size=(2, 9)), _GENERATOR.normal(size=(6, 9))
_SQUARE_QUERY, _SQUARE_KEY = _GENERATOR.normal(size=(5, 9)), _GENERATOR.normal(size=(5, 9))
_SCORES = np.array([[2.0, 1.0, 0.0], [-1.0, 0.5, -2.0]])
_MASK = np.array([[True, True, False], [True, False, True]])
_WITH_EMPTY_ROW = np.array([[True, False, True], [False, False, False]])
_LOW_SCORES = np.array([[-20_000.0, -20_001.0, -19_999.0, -20_002.0]])
_LOW_MASK = np.array([[True, True, False, False]])
_FAR_APART = np.array([[100_000.0, 0.0, 1.0]])
_FAR_MASK = np.array([[False, True, True]])
_MORE_WEIGHTS = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3], [0.8, 0.1, 0.1], [0.2, 0.2, 0.6]])
_MORE_TARGET = np.array([1, 2, 1, 0, 0])
RIVER = np.array([2.0, 1.0, 0.0])  # the scores of the lesson's hand calculation


def _plain_softmax(scores: np.ndarray, axis: int | None = -1) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.exp(scores) / np.exp(scores).sum(axis=axis, keepdims=True)


def _masked(scores: np.ndarray, mask: np.ndarray, fill: float = -np.inf) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.nan_to_num(softmax(np.where(mask, scores, fill)), nan=0.0)


def _renormalised(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        kept = softmax(scores) * mask
        return kept / kept.sum(-1, keepdims=True)


def _renormalised_with_guard(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    kept = softmax(scores) * mask
    total = kept.sum(-1, keepdims=True)
    return kept / np.where(total > 0, total, 1.0)


def _infinity_times_0(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return softmax(scores + ~mask * -np.inf)


def _scaled(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    return query @ key.T / math.sqrt(query.shape[-1])


_NOT_THE_MAXIMUM = (
    "Right for small scores: any number may be subtracted from a row. But you subtracted {what}, and {why} "
    "Only the row's own maximum makes the largest exponential 1 (section 4)."
)
_OVERFLOWS = "in one of these rows a score then stays far above 0, and its exponential is infinite."
_UNDERFLOWS = "in one of these rows all scores then lie far below 0, and every exponential is 0."


def _subtracted(what: str, number: Callable[[np.ndarray], np.ndarray], why: str) -> Misconception:
    return Misconception(
        f"{what} subtracted",
        lambda scores: _plain_softmax(scores - number(scores)),
        _NOT_THE_MAXIMUM.replace("{what}", what).replace("{why}", why),
    )


def _lowered(scores: np.ndarray) -> np.ndarray:
    return scores - scores.max(-1, keepdims=True)


def _shares(amounts: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return amounts / amounts.sum(-1, keepdims=True)


def _guarded(exps: np.ndarray) -> np.ndarray:
    """Exponentials without infinity."""
    return np.nan_to_num(exps)


_BY_THE_COUNT = (
    "{got}: you divided by 3, the number of keys (or the sum of the scores). Divide each row's exponentials by the sum "
    "of these exponentials, then the row sums to 1 (section 2)."
)
_BY_THE_LARGEST = (
    "{got}: the largest of each row is 1. You divided the exponentials by the largest, or subtracted the maximum "
    "and did "
    "not divide. Divide by the row's sum (section 2)."
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
    "{got}: the maximum was subtracted above the fraction line or below it, not in both. The same exponentials "
    "stand in "
    "both places; keep them in a variable (section 4)."
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
        lambda scores: _plain_softmax(scores - scores.max(0)),
        "{got}: you subtracted the largest of each column, so within a row every score lost another number. Only the "
        "same number for the whole row changes nothing: max(axis=-1, keepdims=True) (section 4).",
    ),
    *(
        Misconception("scores cut off", lambda scores, low=low: _plain_softmax(np.clip(scores, low, 700.0)), _CUT_OFF)
        for low in (-700.0, -np.inf)
    ),
    Misconception("NaN replaced afterwards", lambda scores: np.nan_to_num(_plain_softmax(scores)), _PATCHED),
    Misconception("NaN replaced afterwards", lambda scores: _shares(_guarded(np.exp(scores))), _PATCHED),
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
        lambda scores: _shares(_lowered(np.exp(scores))),
        "{got}: you subtracted from the exponentials, and their ratios changed. Subtract from the scores, before exp: "
        "there it divides every exponential by the same number (section 4).",
    ),
    Misconception(
        "no exponential, maximum subtracted",
        lambda scores: _shares(_lowered(scores)),
        "{got}: you shared out the scores minus their maximum, so the largest got 0. np.exp comes between the two "
        "steps "
        "(section 2).",
    ),
    *(
        Misconception("another function than exp", lambda scores, of=of: _shares(of(scores)), _OTHER_BASE)
        for of in (np.exp2, lambda x: 10.0**x, np.square, lambda x: np.abs(x) ** math.e, np.expm1)
    ),
    *(
        Misconception(
            "a sigmoid for each score",
            lambda scores, end=end: end(1 / (1 + np.exp(-scores))),
            "{got}: that is a sigmoid, which looks at each score alone. In a softmax the keys share 1, so each weight "
            "depends on all scores of the row: exp, then divide by the row's sum (section 2).",
        )
        for end in (lambda each: each, _shares)
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
            lambda scores: _plain_softmax(scores, axis=None),
            "All your numbers together sum to 1, {got}. Each query shares out 1 of its own, "
            "so sum along the last axis and keep it: sum(axis=-1, keepdims=True) (section 2).",
            seen=(
                "https://stackoverflow.com/questions/34968722/"
                "how-to-implement-the-softmax-function-in-python/38250088#38250088"
            ),
        ),
        Misconception(
            "softmax over the queries",
            lambda scores: softmax(scores, 0),
            "Your columns sum to 1, your rows do not: you normalised over the queries. Each query shares out its "
            "attention over the keys, so the softmax runs along the last axis (section 2).",
        ),
        Misconception(
            "axis lost in the sum",
            lambda scores: np.exp(scores) / np.exp(scores).sum(-1),
            "A sum over an axis takes that axis away, so the division no longer lines up with the rows. "
            "keepdims=True keeps it, with length 1.",
            seen="https://xue-jishu.com/python-deeplearning-softmax-with-numpy",
        ),
        Misconception(
            "no maximum subtracted",
            _plain_softmax,
            "Right for small scores, but with scores of 10,000 you get {got}: exp overflows to infinity. "
            "Subtract each row's maximum first; the weights do not change (section 4).",
            seen="https://github.com/dwavesystems/dwave-optimization/issues/555",
        ),
        Misconception(
            "one maximum for all rows",
            lambda scores: _plain_softmax(scores - scores.max()),
            "You subtracted the maximum of the whole array. A row whose scores all lie far below it then becomes "
            "0/0. Subtract each row's own maximum: max(axis=-1, keepdims=True) (section 4).",
            seen="https://github.com/keras-team/keras/pull/10027",
        ),
        Misconception(
            "a maximum that is never below 0",
            lambda scores: _plain_softmax(scores - np.maximum(scores.max(-1, keepdims=True), 0.0)),
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
        "evenly, "
        "it decides more: every lead doubles (section 2).",
    ),
    **dict.fromkeys((math.exp(2), 2 * math.exp(2), math.exp(4)), ("exponentials", _EXPONENTIALS)),
    **dict.fromkeys(
        (np.exp(RIVER).sum(), 2 * np.exp(RIVER).sum(), np.exp(2 * RIVER).sum()), ("exponentials", _EXPONENTIALS)
    ),
    **dict.fromkeys(
        (math.exp(4) / np.exp(RIVER).sum(), 2 * math.exp(2) / np.exp(2 * RIVER).sum()),
        (
            "another sum",
            "{got}: the exponential and the sum do not belong together. When the query doubles, all three "
            "exponentials change, "
            "and so does their sum (section 2).",
        ),
    ),
    **dict.fromkeys((2.0, 4.0, 8.0), ("a score", _A_SCORE)),
    **dict.fromkeys((16 / 21, 10_000 / 10_101), ("another base than e", _ANOTHER_BASE)),
    softmax(math.sqrt(2) * RIVER)[0]: (
        "scores grow by a root",
        "{got}: you let the scores grow by √2. √d_k counts features, and there are still four; a doubled query "
        "doubles the "
        "dot products and so the scores.",
    ),
    softmax(RIVER / 2)[0]: ("halved scores", "{got} belongs to halved scores, 1, 0.5, 0. Doubled, they are 4, 2, 0."),
    softmax(4 * RIVER)[0]: (
        "scores four times as large",
        "{got} belongs to the scores 8, 4, 0: doubled twice, or not divided by √d_k = 2. Only the query doubles, "
        "and only "
        "once (section 2).",
    ),
    2 * math.exp(2) / (2 * math.exp(2) + math.e + 1): (
        "the exponential doubled",
        "{got}: you doubled the exponential of river. The score doubles, and for every key; exp(2 · 2) is 7.39 squared "
        "(section 2).",
    ),
    softmax(RIVER)[0] ** 2: (
        "the weight squared",
        "{got} is the old weight squared. The ratios are squared, yes; after that the three are shared out again, "
        "to sum "
        "to 1 (section 2).",
    ),
    1.0: (
        "the winner takes everything",
        "That would leave nothing for the others. Their exponentials are small beside river's, not 0: a weight gets "
        "close "
        "to 1 without getting there (section 2).",
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
            "every "
            "score, so all three double, to 4, 2, 0 (section 2).",
        ),
        Misconception(
            "weights in proportion to scores",
            lambda: 4 / 6,
            "{got} is 4 out of 4 + 2 + 0, or else the old weight. Weights are in proportion to exp(score), "
            "and the scores have changed (section 2).",
        ),
        Misconception(
            "per cent",
            lambda: 87.0,
            "Per cent? A weight is a share of 1: write it as 0.something.",
        ),
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


def _reshaped(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    return query @ key.reshape(key.shape[1], key.shape[0])


def _directions(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _squared_distances(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    return ((query[:, None] - key[None]) ** 2).sum(-1)


def _root(query: np.ndarray, key: np.ndarray) -> float:
    return math.sqrt(query.shape[-1])


_BEFORE_THE_SOFTMAX: dict[str, tuple[Callable, str]] = {  # what the product is divided by, and how one says so
    "no scaling": (lambda query, key: 1.0, "the scores are not divided by √d_k"),
    "scaling by d instead of √d": (lambda query, key: query.shape[-1], "you divided by d_k, not by its root"),
    "always divided by 2": (lambda query, key: 2.0, "you divided by 2, the √d_k of section 2; here d_k is 9"),
    "scaled by the number of queries": (lambda query, key: math.sqrt(len(query)), "you divided by √T_q, not by √d_k"),
    "scaled by the number of keys": (lambda query, key: math.sqrt(len(key)), "you divided by √T_k, not by √d_k"),
    "divided by the number of keys": (lambda query, key: len(key), "you divided by T_k, not by √d_k"),
    "divided by 4": (lambda query, key: 4.0, "you divided by 4, the d_k of section 2"),
    "divided by the root of all numbers": (lambda query, key: math.sqrt(key.size), "you divided by √(T_k · d_k)"),
    "divided by the root of all numbers of the query": (
        lambda query, key: math.sqrt(query.size),
        "you divided by √(T_q · d_k)",
    ),
    "multiplied by √d": (lambda query, key: 1 / _root(query, key), "you multiplied by √d_k instead of dividing"),
    "multiplied by d": (
        lambda query, key: 1 / query.shape[-1],
        "you multiplied by d_k instead of dividing by its root",
    ),
}
_AROUND_THE_SCALE: dict[str, tuple[Callable, str]] = {  # what else goes wrong, given the divisor, and how one says so
    "softmax over the queries": (
        lambda query, key, by: softmax(query @ key.T / by, 0),
        "your columns sum to 1 instead of your rows",
    ),
    "transposed": (lambda query, key, by: softmax(key @ query.T / by), "your rows are keys instead of queries"),
    "softmax over the whole array": (
        lambda query, key, by: _plain_softmax(query @ key.T / by, axis=None),
        "all your weights together sum to 1, not each row",
    ),
    "key reshaped": (
        lambda query, key, by: softmax(_reshaped(query, key) / by),
        "reshape reads the numbers of the key on in rows, key.T turns rows into columns",
    ),
    "no softmax": (lambda query, key, by: query @ key.T / by, "the softmax is missing, your rows do not sum to 1"),
    "not shared out": (
        lambda query, key, by: np.exp(query @ key.T / by),
        "these are exponentials, not yet divided by each row's sum",
    ),
    "shared out without exponential": (
        lambda query, key, by: _shares(query @ key.T / by),
        "you divided the scores themselves by their sum, without np.exp",
    ),
    "context instead of weights": (
        lambda query, key, by: softmax(query @ key.T / by) @ key,
        "you went on and mixed the keys by the weights; asked for are the weights, a row of T_k numbers for each query",
    ),
    "softmax twice": (lambda query, key, by: softmax(softmax(query @ key.T / by)), "the softmax ran twice"),
    "logarithms of the weights": (
        lambda query, key, by: np.log(softmax(query @ key.T / by)),
        "these are the logarithms of the weights",
    ),
}
_LISTED = {"dot products without scale and softmax", "no scaling, and no softmax"}
_ALREADY = {"softmax over the queries", "transposed", "softmax over the whole array", "no softmax"}  # alone, below


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _weights_steps() -> tuple[Misconception, ...]:
    """Each wrong divisor alone, each other mistake alone, and every pair of one and the other."""
    alone = [
        Misconception(
            name,
            lambda query, key, by=by: softmax(query @ key.T / by(query, key)),
            f"{_capital(why)}. The dot products spread like the square root of d_k, the number of features, "
            "query.shape[-1]: divide by that (section 5).",
        )
        for name, (by, why) in list(_BEFORE_THE_SOFTMAX.items())[5:]
    ]
    others = [
        Misconception(
            name,
            lambda query, key, mistaken=mistaken: mistaken(query, key, _root(query, key)),
            f"{_capital(why)} (sections 2 and 3).",
        )
        for name, (mistaken, why) in _AROUND_THE_SCALE.items()
        if name not in _ALREADY and name != "shared out without exponential"
    ]
    both = [
        Misconception(
            f"{scale}, and {name}",
            lambda query, key, by=by, mistaken=mistaken: mistaken(query, key, by(query, key)),
            f"Two things: {why}; and {scaled} (section 5). Begin with the first.",
        )
        for scale, (by, scaled) in _BEFORE_THE_SOFTMAX.items()
        for name, (mistaken, why) in _AROUND_THE_SCALE.items()
        if name != "shared out without exponential" and (scale, name) != ("no scaling", "no softmax")
    ]
    shared = Misconception(
        "shared out without exponential",
        lambda query, key: _shares(query @ key.T),
        "You divided the scores by their sum, without np.exp: some weights are negative or above 1. The softmax takes "
        "the exponential first (section 2).",
    )
    return *alone, *others, *both, shared


_DO_NOT_MEET = (
    "query @ key.T lets every query row meet every key row: (T_q, d_k) times (d_k, T_k) is (T_q, T_k). Without the .T, "
    "with it on the query, or with *, the two do not fit."
)
_SEVERAL_NUMBERS = (
    "A (2, 6) table cannot be divided by 2 numbers. Was it the whole shape? The number of features is shape[-1] alone. "
    "Or a sum or a maximum along an axis? keepdims=True keeps that axis."
)
_DISTANCE = (
    "You compared by distance. Near is alike, too, but the lesson's score is the dot product, query @ key.T: it also "
    "grows with the length of a key (section 2)."
)
_DIRECTIONS = (
    "You divided vectors by their lengths, so only directions count (a cosine). Here the lengths count, too: the "
    "scores "
    "are query @ key.T, divided by √d_k (section 5)."
)
_FEATURES_FIRST = (
    "The softmax came too early, over the features of query or key. First the scores, query @ key.T / √d_k; then the "
    "softmax, over the keys (section 3)."
)
_WEIGHT_STEPS = (
    *_weights_steps(),
    *(
        Misconception("key not transposed", mistaken, _DO_NOT_MEET)
        for mistaken in (
            np.dot,
            lambda query, key: key @ query,
            lambda query, key: query.T @ key,
            lambda query, key: query.T @ key.T,
            lambda query, key: key.T @ query,
            lambda query, key: (query * key).sum(-1),
            lambda query, key: query * key.T,
        )
    ),
    Misconception(
        "the whole shape for one number", lambda query, key: query @ key.T / np.sqrt(key.shape), _SEVERAL_NUMBERS
    ),
    Misconception(
        "the whole shape for one number",
        lambda query, key: query @ key.T / math.sqrt(key.shape),
        "key.shape holds two numbers, T_k and d_k. The number of features is key.shape[-1].",
    ),
    Misconception(
        "the whole shape for one number",
        lambda query, key: query @ key.T / key.shape**0.5,
        "key.shape holds two numbers, T_k and d_k. The number of features is key.shape[-1].",
    ),
    *(
        Misconception(
            "distance instead of the dot product",
            lambda query, key, power=power, by=by, sign=sign: softmax(
                sign * _squared_distances(query, key) ** power / by
            ),
            _DISTANCE,
        )
        for power in (1.0, 0.5)
        for by in (1.0, 2.0, 3.0)
        for sign in (-1.0, 1.0)
    ),
    *(
        Misconception(
            "directions only",
            lambda query, key, of_query=of_query, of_key=of_key, by=by, end=end: end(
                of_query(query) @ of_key(key).T / by
            ),
            _DIRECTIONS,
        )
        for of_query, of_key in ((_directions, _directions), (_directions, np.array), (np.array, _directions))
        for by in (1.0, 3.0)
        for end in (softmax, np.array)
    ),
    *(
        Misconception(
            "softmax over the features",
            lambda query, key, of_query=of_query, of_key=of_key, by=by, end=end: end(
                of_query(query) @ of_key(key).T / by
            ),
            _FEATURES_FIRST,
        )
        for of_query, of_key in ((softmax, softmax), (softmax, np.array), (np.array, softmax))
        for by in (1.0, 3.0)
        for end in (softmax, np.array)
    ),
    Misconception(
        "the largest takes everything",
        lambda query, key: np.eye(len(key))[(query @ key.T).argmax(-1)],
        "Each row's largest score took the whole 1. The softmax leaves every key a share (section 2).",
    ),
    Misconception(
        "a sigmoid for each score",
        lambda query, key: 1 / (1 + np.exp(-_scaled(query, key))),
        "That is a sigmoid of each score alone. In a softmax the keys of a row share 1: exp, then divide by the row's "
        "sum (section 2).",
    ),
)


WEIGHTS = Exercise(
    id="2.4",
    answer="attention_weights",
    title="Write attention_weights(query, key): scaled scores, then softmax.",
    objective="write scaled dot-product attention from its formula",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=((_QUERY, _KEY), (_SQUARE_QUERY, _SQUARE_KEY)),
    right=lambda query, key: softmax(_scaled(query, key)),
    misconceptions=(
        Misconception(
            "no scaling",
            lambda query, key: softmax(query @ key.T),
            "Your weights are those of the unscaled scores. Divide by the square root of d_k, the number of "
            "features of a key, before the softmax (section 5).",
            seen="https://github.com/huggingface/blog/pull/2893",
        ),
        Misconception(
            "scaling by d instead of √d",
            lambda query, key: softmax(query @ key.T / query.shape[-1]),
            "You divided by d_k itself, or twice by its root. The scores' spread grows like the square root of d_k, "
            "so that is what "
            "keeps it at 1 (section 5).",
            seen="https://github.com/delzac/cntkx/issues/10",
        ),
        Misconception(
            "softmax over the queries",
            lambda query, key: softmax(_scaled(query, key), 0),
            "Your columns sum to 1, not your rows: you normalised over the queries. Each query shares out its "
            "attention over the keys, so the softmax runs along the last axis (section 2).",
            seen="https://github.com/PetrochukM/PyTorch-NLP/issues/2",
        ),
        Misconception(
            "transposed scores",
            lambda query, key: softmax(_scaled(key, query)),
            "Your rows are keys and your columns queries. query @ key.T has shape (T_q, T_k): a row for each query "
            "(section 3).",
        ),
        Misconception(
            "always divided by 2",
            lambda query, key: softmax(query @ key.T / 2),
            "You divided by 2. That was √d_k in section 2, where a key had 4 features. These have 9 (section 5).",
        ),
        Misconception(
            "key not transposed",
            lambda query, key: softmax(query @ key / math.sqrt(query.shape[-1])),
            "Query rows are to meet key rows; the matrix product takes columns on its right. Transpose the key: key.T.",
        ),
        Misconception(
            "softmax over the whole array",
            lambda query, key: np.exp(_scaled(query, key)) / np.exp(_scaled(query, key)).sum(),
            "All your weights together sum to 1. Each query shares out 1 of its own: a sum for each row (section 2).",
            seen="https://github.com/lucidrains/perceiver-pytorch/issues/46",
        ),
        Misconception(
            "scaled by the number of queries",
            lambda query, key: softmax(query @ key.T / math.sqrt(len(query))),
            "You divided by the square root of the number of queries. The sum inside a dot product runs over the "
            "features, so it is d_k, query.shape[-1], that counts (section 5).",
        ),
        Misconception(
            "scaled by the number of keys",
            lambda query, key: softmax(query @ key.T / math.sqrt(len(key))),
            "You divided by the square root of the number of keys, T_k. The sum inside a dot product runs over the "
            "features, so it is d_k, query.shape[-1], that counts (section 5).",
        ),
        Misconception(
            "scaled after the softmax",
            lambda query, key: softmax(query @ key.T) / math.sqrt(query.shape[-1]),
            "Your rows sum to 1/√d_k: you divided the weights. Divide the scores, before the softmax (section 5).",
        ),
        Misconception(
            "dot products without scale and softmax",
            lambda query, key: query @ key.T,
            "These are the dot products. Two steps are left: divide by √d_k, then the softmax (sections 2 and 5).",
            seen="https://github.com/flexflow/flexflow-train/issues/467",
        ),
        Misconception(
            "scores without softmax",
            _scaled,
            "These are the scaled scores, {got}. The softmax turns them into weights that sum to 1 (section 2).",
        ),
        *_WEIGHT_STEPS,
    ),
    hints=(
        "One row for each query, one column for each key: which of query and key has to be transposed?",
        "The number of features is query.shape[-1]. Divide the scores by its root, np.sqrt, before the softmax.",
        "scores = query @ key.T / np.sqrt(query.shape[-1]); then your my_softmax from exercise 2.3.",
    ),
    praise="Equal to PyTorch, also where there are more keys than queries.",
)

_NOT_YET_0 = (
    "A score of -{0} is low, and its exponential small, but not 0: the forbidden key keeps a little. Minus infinity "
    "leaves nothing (section 6)."
)
_STILL_ABOVE = (
    "Right as long as the forbidden score is not far above the others. Here it is 100,000, and what you took off is "
    "too "
    "little: it still wins. Minus infinity is below everything (section 6)."
)
_AXIS_LOST = (
    ".any, .all, .sum and .max along an axis take that axis away, so the result does not line up with the rows. "
    "keepdims=True keeps it, with length 1 (section 6)."
)
_KEEPS_THE_FORBIDDEN = (
    "You kept the forbidden keys and removed the allowed ones, and a score of 0 gets a share as well. Here True "
    "means MAY "
    "attend, and what is forbidden gets minus infinity (section 6)."
)
_OVER_THE_QUERIES = (
    "Your columns sum to 1, not your rows: you normalised over the queries. Each query shares out 1 over its keys, "
    "so the "
    "softmax runs along the last axis (section 2)."
)
_ALL_TOGETHER = (
    "All your weights together sum to 1. Each query shares out 1 of its own: a sum for each row, over its allowed keys "
    "(section 2)."
)
_TIMES = (
    "You multiplied scores by something large or infinite. That depends on their sign, and 0 times infinity is NaN: "
    "{got}. "
    "Choose instead: np.where(mask, scores, -np.inf) (section 6)."
)
_ONE_OF_TWO_SUMS = (
    "{got}: the forbidden exponentials count above the fraction line and not below it, or the reverse. Take them "
    "out of "
    "both: mask the scores, before the softmax (section 6)."
)
_THE_FORM = (
    "{got}: the shape of the scores is lost. A forbidden key keeps its place and gets 0; np.where(mask, scores, "
    "-np.inf) "
    "keeps every place (section 6)."
)
_NO_MAXIMUM = (
    "Right for scores near 0. Here the allowed ones are about -20,000: without their maximum taken off, or beside a "
    "forbidden score of 0, all their exponentials are 0, and nothing is left to share. Fill in minus infinity, then "
    "take "
    "off each row's maximum as in 2.3 (sections 4 and 6)."
)


def _columns(scores: np.ndarray, mask: np.ndarray, fill: float = -np.inf) -> np.ndarray:
    with np.errstate(all="ignore"):
        return softmax(np.where(mask, scores, fill), 0)


def _some(mask: np.ndarray) -> np.ndarray:
    return mask.any(-1, keepdims=True)


def _exps(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return np.exp(scores) * mask


_MASK_STEPS = (
    *(
        Misconception(
            "fill not low enough for 0",
            lambda scores, mask, fill=fill, low=low: low(scores, mask, fill),
            _NOT_YET_0.replace("{0}", f"{fill:g}"),
        )
        for fill in (1.0, 3.0, 5.0, 9.0, 10.0)
        for low in (
            lambda scores, mask, fill: _masked(scores, mask, -fill),
            lambda scores, mask, fill: softmax(scores - fill * ~mask),
        )
    ),
    Misconception(
        "too little taken off", lambda scores, mask: softmax(scores - 1e4 * ~mask) * _some(mask), _STILL_ABOVE
    ),
    Misconception(
        "too little taken off", lambda scores, mask: softmax(scores - 20.0 * ~mask) * _some(mask), _STILL_ABOVE
    ),
    Misconception(
        "minus instead of ~",
        lambda scores, mask: np.where(-mask, -np.inf, scores),
        "~mask turns a boolean mask round; a minus is for numbers.",
    ),
    Misconception(
        "minus instead of ~",
        lambda scores, mask: np.where(True - mask, -np.inf, scores),
        "~mask turns a boolean mask round; a minus is for numbers.",
    ),
    Misconception(
        "not instead of ~",
        lambda scores, mask: np.where(not mask, -np.inf, scores),
        "not and if ask for one truth value; a mask has one for every place. ~mask turns each round, np.where chooses "
        "place by place.",
    ),
    *(
        Misconception("axis lost", mistaken, _AXIS_LOST)
        for mistaken in (
            lambda scores, mask: np.where(mask.any(-1), _masked(scores, mask), 0.0),
            lambda scores, mask: np.where(mask.any(-1), _masked(scores, mask), np.zeros_like(scores)),
            lambda scores, mask: _masked(scores, mask) * mask.any(-1),
        )
    ),
    Misconception(
        "allowed scores picked out",
        lambda scores, mask: softmax(scores[mask]),
        "{got}: scores[mask] lays all allowed scores end to end, and they share one 1. The rows are gone; keep the "
        "shape "
        "with np.where(mask, scores, -np.inf) (section 6).",
    ),
    Misconception(
        "forbidden keys left out of the result",
        lambda scores, mask: np.array([softmax(row[may]) for row, may in zip(scores, mask)]),
        _THE_FORM,
    ),
    Misconception(
        "rows without a key left out of the result",
        lambda scores, mask: _masked(scores[mask.any(-1)], mask[mask.any(-1)]),
        "{got}: the row that may attend nowhere is gone. Every query keeps its row; this one is zeros (section 6).",
    ),
    Misconception(
        "softmax over the queries", lambda scores, mask: np.nan_to_num(_columns(scores, mask)), _OVER_THE_QUERIES
    ),
    Misconception("softmax over the queries", _columns, _OVER_THE_QUERIES),
    Misconception("softmax over the queries", lambda scores, mask: _columns(scores, mask, -1e9), _OVER_THE_QUERIES),
    Misconception("softmax over the queries", lambda scores, mask: softmax(scores, 0) * mask, _OVER_THE_QUERIES),
    Misconception("softmax over the queries", lambda scores, mask: softmax(scores, 0), _OVER_THE_QUERIES),
    Misconception("softmax over the queries", lambda scores, mask: softmax(scores, 0) * ~mask, _OVER_THE_QUERIES),
    Misconception(
        "softmax over the whole array",
        lambda scores, mask: _plain_softmax(np.where(mask, scores, -np.inf), axis=None),
        _ALL_TOGETHER,
    ),
    Misconception(
        "softmax over the whole array", lambda scores, mask: _plain_softmax(scores, None) * mask, _ALL_TOGETHER
    ),
    Misconception(
        "mask polarity, and zero instead of minus infinity",
        lambda scores, mask: softmax(np.where(mask, 0.0, scores)),
        _KEEPS_THE_FORBIDDEN,
    ),
    Misconception(
        "scores replaced by the mask",
        lambda scores, mask: softmax(np.where(mask, 1.0, -np.inf)),
        "The allowed keys all got the same, whatever they score. The mask says who may share; the scores say how much.",
    ),
    Misconception(
        "scores replaced by the mask",
        lambda scores, mask: mask / mask.sum(-1, keepdims=True),
        "The allowed keys all got the same, whatever they score. The mask says who may share; the scores say how much.",
    ),
    *(
        Misconception(
            "scores multiplied", lambda scores, mask, by=by: softmax(scores * np.where(mask, 1.0, by)), _TIMES
        )
        for by in (-np.inf, -1e9, 1e9)
    ),
    Misconception(
        "the smallest score filled in",
        lambda scores, mask: softmax(np.where(mask, scores, scores.min())),
        "You gave forbidden keys the smallest score. The smallest gets a share, too; minus infinity gets none "
        "(section 6).",
    ),
    Misconception(
        "the smallest score filled in",
        lambda scores, mask: softmax(np.where(mask, scores, scores.min(-1, keepdims=True))),
        "You gave forbidden keys the smallest score. The smallest gets a share, too; minus infinity gets none "
        "(section 6).",
    ),
    Misconception(
        "zero instead of minus infinity, and again after the softmax",
        lambda scores, mask: softmax(scores * mask) * mask,
        "You set forbidden scores to 0, so they took a share, and then removed that share: the rest no longer sums "
        "to 1. "
        "Minus infinity, before the softmax, does both at once (section 6).",
    ),
    Misconception("low scores all become 0", lambda scores, mask: _shares(_exps(scores, mask)), _NO_MAXIMUM),
    Misconception(
        "low scores all become 0", lambda scores, mask: np.nan_to_num(_shares(_exps(scores, mask))), _NO_MAXIMUM
    ),
    Misconception(
        "not shared out",
        _exps,
        "{got}: these are exponentials. Divide each row by its sum; then the allowed keys share 1 (section 2).",
    ),
    Misconception(
        "only one sum masked",
        lambda scores, mask: np.exp(scores) / _exps(scores, mask).sum(-1, keepdims=True),
        _ONE_OF_TWO_SUMS,
    ),
    Misconception(
        "scores instead of weights",
        lambda scores, mask: np.where(mask, scores, -np.inf),
        "{got}: these are the masked scores. The softmax comes after (section 6).",
    ),
    Misconception(
        "scores instead of weights",
        lambda scores, mask: scores * mask,
        "{got}: these are scores times the mask. Weights are asked for: mask with minus infinity, then the softmax "
        "(section 6).",
    ),
    Misconception(
        "the first row's mask for all",
        lambda scores, mask: _masked(scores, np.broadcast_to(mask[0], mask.shape)),
        "Every query got the mask of the first. The mask has a row for each query: use it whole.",
    ),
    Misconception(
        "empty rows sought along the queries",
        lambda scores, mask: np.where(mask.any(0), np.where(_some(mask), _masked(scores, mask), np.nan), 0.0),
        "Right, except where a query may attend nowhere. You looked for such rows along axis 0, down the columns; a "
        "row "
        "runs along the last axis: mask.any(axis=-1, keepdims=True) (section 6).",
    ),
    Misconception(
        "fully masked row is ones",
        lambda scores, mask: np.where(_some(mask), _masked(scores, mask), 1.0),
        "Right, except for a query that may attend nowhere: it gave every key 1. Its row should be zeros (section 6).",
    ),
    Misconception(
        "fully masked row lies on one key",
        lambda scores, mask: np.where(_some(mask), _masked(scores, mask), np.arange(mask.shape[-1]) == 0),
        "Right, except for a query that may attend nowhere: it gave one forbidden key the whole 1. Its row should be "
        "zeros (section 6).",
    ),
)


MASKED = Exercise(
    id="2.5",
    answer="masked_weights",
    title="Mend masked_weights(scores, mask): a forbidden key gets nothing, the others share 1.",
    objective="apply a mask at the right place and with the right polarity",
    kind="mend",
    minutes=8,
    difficulty=3,
    cases=((_SCORES, _MASK), (_LOW_SCORES, _LOW_MASK), (_FAR_APART, _FAR_MASK), (_SCORES, _WITH_EMPTY_ROW)),
    right=_masked,
    misconceptions=(
        Misconception(
            "mask after softmax",
            lambda scores, mask: softmax(scores) * mask,
            "Your forbidden weights are 0, but the others no longer sum to 1: the forbidden keys took their share "
            "before you removed them. Mask the scores, before the softmax (section 6).",
            seen="https://github.com/huggingface/pytorch-image-models/pull/2236",
        ),
        Misconception(
            "mask polarity",
            lambda scores, mask: _masked(scores, ~mask),
            "You kept the forbidden keys and removed the allowed ones. Here True means MAY attend (section 6).",
            seen="https://github.com/cnzzx/GeMap/issues/1",
        ),
        Misconception(
            "mask polarity, and after softmax",
            lambda scores, mask: softmax(scores) * ~mask,
            "That is the code as it came. ~ swaps True and False, so it keeps what is forbidden; and it comes after "
            "the softmax, when the shares are already given out (section 6).",
        ),
        Misconception(
            "masked before and after, the second time the wrong way round",
            lambda scores, mask: _masked(scores, mask) * ~mask,
            "You masked before the softmax, good. Then * ~mask removed the allowed keys: ~ swaps True and False "
            "(section 6).",
        ),
        Misconception(
            "shared out again after the softmax",
            _renormalised,
            "Right as long as the forbidden score is not far above the others. Here it is 100,000: the others are "
            "rounded to 0 beside it, and 0/0 is NaN. Take it out first, before the softmax and its maximum (section "
            "6).",
            seen="https://github.com/abisee/pointer-generator/issues/88",
        ),
        Misconception(
            "shared out again after the softmax, with a guard",
            _renormalised_with_guard,
            "Right as long as the forbidden score is not far above the others. Here it is 100,000: beside it the "
            "allowed ones are rounded to 0, and nothing is left to share. Take it out first, before the softmax and "
            "its "
            "maximum (section 6).",
        ),
        Misconception(
            "fill not low enough",
            lambda scores, mask: softmax(np.where(mask, scores, -100.0)),
            "Right as long as scores are near 0. Here -20,000 and -20,001 are allowed, and your forbidden ones "
            "are higher. Minus infinity is below everything (section 6).",
            seen="https://github.com/TransformerLensOrg/TransformerLens/issues/318",
        ),
        Misconception(
            "zero instead of minus infinity",
            lambda scores, mask: softmax(np.where(mask, scores, 0.0)),
            "You set forbidden scores to 0. exp(0) is 1, not 0: a score of 0 still gets a share. "
            "Minus infinity gets none (section 6).",
            seen="https://github.com/georg-wolflein/good-features/pull/1",
        ),
        Misconception(
            "infinity times 0",
            _infinity_times_0,
            "Your rows are NaN. Was minus infinity multiplied by the mask? 0 times infinity is NaN; so is infinity "
            "minus "
            "infinity, if a score became plus infinity, and all that is computed with NaN. Choose instead: "
            "np.where(mask, scores, -np.inf) "
            "(section 6).",
            seen="https://github.com/cerebroai/reformers/issues/3",
        ),
        Misconception(
            "mask ignored",
            lambda scores, mask: softmax(scores),
            "These are the weights without any mask: {got}. Forbidden keys still get a share (section 6).",
        ),
        Misconception(
            "fully masked row is NaN",
            lambda scores, mask: np.where(mask.any(-1, keepdims=True), _masked(scores, mask), np.nan),
            "Right, except where a query may attend nowhere: nothing by nothing is NaN. The course's answer is a "
            "row of zeros (section 6).",
            seen="https://github.com/pytorch/pytorch/issues/103749",
        ),
        Misconception(
            "additive mask",
            lambda scores, mask: softmax(scores + np.where(mask, 0.0, -1e9)),
            "Right, except where a query may attend nowhere: -1e9 on every key changes no difference between them, so "
            "it looks at what is forbidden. Its row should be zeros (section 6).",
            seen="https://github.com/ajhalthor/Transformer-Neural-Network/issues/15",
        ),
        Misconception(
            "fully masked row is uniform",
            lambda scores, mask: np.where(mask.any(-1, keepdims=True), _masked(scores, mask), 1 / mask.shape[-1]),
            "Right, except for a query that may attend nowhere: it spreads 1 over forbidden keys. A very low finite "
            "score does that; set the forbidden weights to 0 once more after the softmax (section 6).",
            seen="https://github.com/YutaroOgawa/pytorch_advanced/issues/175",
        ),
        *_MASK_STEPS,
    ),
    hints=(
        "Where must a key be taken out so that the others still share the whole 1: before the softmax or after it?",
        "np.where(mask, scores, -np.inf) keeps the allowed scores; exp(-inf) is 0.",
        "In a row without any allowed key the maximum is -inf, and -inf - (-inf) is NaN. "
        "Treat such a row by itself: mask.any(axis=-1, keepdims=True) finds it.",
    ),
    praise="Forbidden keys get nothing, the others share 1, and a query with nowhere to look gets zeros.",
)

BROKEN_MAP = Exercise(
    id="2.2",
    answer="what_is_wrong",
    title="Read the broken map: which line of code made it, a, b, c or d?",
    objective="find a fault from the map it leaves",
    kind="read",
    minutes=4,
    difficulty=2,
    right=lambda: "b",
    misconceptions=(
        Misconception(
            "no scaling",
            lambda: "a",
            "Without scaling the rows would still sum to 1, only be more extreme. Add up a row of the map.",
        ),
        Misconception(
            "divided by the largest",
            lambda: "c",
            "Then the largest weight in every row would be 1.00. Add up a row of the map, then a column.",
        ),
        Misconception(
            "query and key swapped",
            lambda: "d",
            "Then the map would have three rows and four columns. Add up a row of the map, then a column.",
            seen="https://github.com/karpathy/llm.c/pull/531",
        ),
    ),
    hints=(
        "A healthy map has one sum that never changes. Which one, and does it hold here?",
        "Add up a row, then a column. The sum that is 1 tells along which axis the shares were given out: which of "
        "the four changes decides that?",
    ),
    praise="The columns sum to 1, the rows do not: the softmax ran over the queries.",
)

HIT_RATE = Exercise(
    id="2.6",
    answer="hit_rate",
    title="Write hit_rate(weights, target): how often does the right key get the largest weight?",
    objective="score a map against a known right answer",
    kind="write",
    minutes=5,
    difficulty=2,
    cases=((hits.MAP, hits.TARGET), (_MORE_WEIGHTS, _MORE_TARGET)),
    right=lambda weights, target: (torch.as_tensor(weights).argmax(-1) == torch.as_tensor(target)).double().mean(),
    misconceptions=(
        Misconception(
            "mean weight instead of hits",
            lambda weights, target: weights[np.arange(len(target)), target].mean(),
            "{got} is the mean weight on the right key, the mass. It is worth knowing, too. A hit is a query whose "
            "largest weight is on the right key.",
            seen="https://github.com/davidsandberg/facenet/issues/954",
        ),
        Misconception(
            "hits counted, not shared",
            lambda weights, target: (weights.argmax(-1) == target).sum(),
            "{got} is the number of hits. Divide by the number of queries.",
        ),
        Misconception(
            "divided by the number of keys",
            lambda weights, target: (weights.argmax(-1) == target).sum() / weights.shape[-1],
            "{got} is the number of hits divided by the number of keys. Every query has one chance to hit: "
            "divide by the number of queries.",
        ),
        Misconception(
            "largest weight of each key",
            lambda weights, target: weights.argmax(0) == target,
            "argmax along axis 0 finds, for each key, the query that looks at it most. Look along each query's row: "
            "argmax(axis=-1).",
        ),
        Misconception(
            "largest weight of the whole map",
            lambda weights, target: (weights.argmax() == target).mean(),
            "{got}: argmax without an axis lays all rows end to end, and finds one place in the whole map. Each query "
            "has a row of its own: argmax(axis=-1).",
            seen="https://github.com/lisa-lab/DeepLearningTutorials/pull/15",
        ),
        Misconception(
            "one answer for each query",
            lambda weights, target: weights.argmax(-1) == target,
            "These are hits and misses, query by query: {got}. Their mean is the rate.",
        ),
        Misconception(
            "any weight counts",
            lambda weights, target: (weights[np.arange(len(target)), target] > 0).mean(),
            "{got}: you asked whether the right key gets any weight at all, and nearly always it does. A hit needs "
            "the largest "
            "weight of the row.",
        ),
        Misconception(
            "misses counted",
            lambda weights, target: (weights.argmax(-1) != target).mean(),
            "{got} is the share of misses. A hit is where the two are equal.",
            seen="https://github.com/luispedro/milk/pull/4",
        ),
        Misconception(
            "compared with the query's own place",
            lambda weights, target: (weights.argmax(-1) == np.arange(len(target))).mean(),
            "{got}: you compared with 0, 1, 2, …, the place of the query itself. The right place is in target.",
        ),
        Misconception(
            "per cent",
            lambda weights, target: 100 * (weights.argmax(-1) == target).mean(),
            "{got} is per cent. A rate is a share of 1.",
        ),
        Misconception(
            "more than half",
            lambda weights, target: (weights[np.arange(len(target)), target] > 0.5).mean(),
            "{got}: you asked for more than half of the weight. The largest of a row may be less than half.",
        ),
        *hits.MISTAKES,
    ),
    hints=(
        "weights.argmax(axis=-1) gives, for each query, the place of its largest weight.",
        "== compares two arrays place by place; the mean of True and False is the share of True.",
    ),
    praise="A map with a number is a measurement. This one scores every map of the course.",
)

EXERCISES = (DOUBLED, BROKEN_MAP, SOFTMAX, WEIGHTS, MASKED, HIT_RATE)
