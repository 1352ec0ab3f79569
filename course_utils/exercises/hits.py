"""What goes wrong when hits are counted: a row of a map hits if its largest weight is on its right place."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.exercise import Misconception


def _hits(weights: np.ndarray, target: np.ndarray) -> np.ndarray:
    return weights.argmax(-1) == target


def _on_target(weights: np.ndarray, target: np.ndarray) -> np.ndarray:
    return weights[np.arange(len(target)), target]


def _ranks(weights: np.ndarray, target: np.ndarray) -> np.ndarray:
    """How many weights of the row are larger than that on the right place."""
    return (weights > _on_target(weights, target)[:, None]).sum(-1)


def _of_row(weights: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Whether a row's weight on its right place is the largest of the column."""
    return weights[:, target].argmax(0) == np.arange(len(target))


def _down_the_columns(weights: np.ndarray, target: np.ndarray) -> list[bool]:
    return [place == right for place, right in zip(weights.argmax(0), target)]


_ENDS = (
    "{got}: the first or the last row is not looked at. Rows are counted from 0, and range(n) stops before n, so "
    "range(len(weights)) reaches every row."
)
_ELSEWHERE = (
    "{got}: you compared another place than that of the largest weight. Is it argmin, or is 1 added or taken off? "
    "Places are counted from 0 on both sides, and argmax gives that of the largest."
)
_ANY = "{got}: a row's largest weight has to be on the right place of that row. You let the right place of any row do."
_NONE = (
    "{got}: no hit, or a fraction cut off. Look for: the largest weight itself (max) compared with a place; argmax "
    "gives the place. Or // or int, which cut the fraction off. Or .all(), which asks whether every row hits."
)
_ALL = (
    "{got}: rounded up, or one row for all. Look for: round, which makes a whole number of the rate. Or .any(), which "
    "asks whether one row hits. Or a return inside the loop, after the first row. The rate is the number of hits "
    "divided by that of rows."
)
TAKE_WHOLE_ROWS = {"whole rows at the right places", "mean of whole rows"}  # so they need all rows of the map
_WHOLE_ROWS = (
    "{got}: weights[places] takes whole rows, those numbered as the right places. A hit compares each row's "
    "argmax(axis=-1) with its right place."
)
_PLACES = "{got} was computed with the places themselves. Places are names, not amounts: ask whether they are equal."
_COLUMN = "{got}: you looked down the columns. Each row has a largest weight of its own: argmax(axis=-1)."
_ONE_OFF = "{got} is the number of hits divided by one row {0}. Divide by the number of rows that you looked at."

MISTAKES = (
    Misconception("an end left out", lambda w, t: _hits(w, t)[:-1].sum() / len(t), _ENDS),  # [1:]: the same rate in MAP
    Misconception("an end left out", lambda w, t: _hits(w, t)[:-1].mean(), _ENDS),
    Misconception(
        "stopped at the first miss",
        lambda w, t: np.cumprod(_hits(w, t)).mean(),
        "{got}: you stopped at the first miss. Later rows may hit again; go on to the end.",
    ),
    Misconception(
        "divided by one less",
        lambda w, t: _hits(w, t).sum() / (len(t) - 1),
        _ONE_OFF.replace("{0}", "too few"),
    ),
    Misconception(
        "divided by one more",
        lambda w, t: _hits(w, t).sum() / (len(t) + 1),
        _ONE_OFF.replace("{0}", "too many"),
    ),
    Misconception(
        "divided by all weights",
        lambda w, t: _hits(w, t).sum() / w.size,
        "{got} is the number of hits divided by the number of all weights. A row has one chance to hit: divide by the "
        "number of rows.",
    ),
    Misconception(
        "hits divided by misses",
        lambda w, t: _hits(w, t).sum() / (~_hits(w, t)).sum(),
        "{got} is hits divided by misses. A rate divides by both together, by all rows.",
    ),
    Misconception(
        "misses counted",
        lambda w, t: 1 - _hits(w, t).mean(),
        "{got} is the share of misses. A hit is a row whose largest weight is on its right place.",
        seen="https://github.com/luispedro/milk/pull/4",
    ),
    Misconception("per cent", lambda w, t: 100 * _hits(w, t).mean(), "{got} is per cent. A rate is a share of 1."),
    Misconception(
        "more than half",
        lambda w, t: (_on_target(w, t) > 0.5).mean(),
        "{got}: you asked for more than half of the weight. The largest may be less than half.",
    ),
    Misconception(
        "number of misses",
        lambda w, t: (~_hits(w, t)).sum(),
        "{got} is the number of misses. Count where the two are equal, and divide by the number of rows.",
    ),
    Misconception("the weight for its place, or whole numbers", lambda w, t: _hits(w, t).sum() // len(t), _NONE),
    Misconception("whole numbers only", lambda w, t: np.ceil(_hits(w, t).mean()), _ALL),
    Misconception(
        "hits and number of rows, not divided",
        lambda w, t: [_hits(w, t).sum(), len(t)],
        "Two numbers came, {got}: the hits and how many rows there are. Divide the first by the second.",
    ),
    Misconception("whole rows at the right places", lambda w, t: w[t].max(-1).mean(), _WHOLE_ROWS),
    Misconception("whole rows at the right places", lambda w, t: (w[t].argmax(-1) == t).mean(), _WHOLE_ROWS),
    Misconception(
        "mean of whole rows",
        lambda w, t: w[t].mean(),
        "{got} is the mean of whole rows of weights, or of all. Each row has one right place; a hit asks whether the "
        "row's largest weight, argmax(axis=-1), lies there.",
    ),
    # In MAP the place after the largest, and the smallest, give the same rate as the place before.
    Misconception("another place than the largest", lambda w, t: (w.argmax(-1) + 1 == t).mean(), _ELSEWHERE),
    Misconception("any right place", lambda w, t: np.isin(w.argmax(-1), t).mean(), _ANY),
    Misconception("any right place", lambda w, t: len({*w.argmax(-1).tolist()} & {*t.tolist()}) / len(t), _ANY),
    Misconception("any right place", lambda w, t: (np.sort(w.argmax(-1)) == np.sort(t)).mean(), _ANY),
    Misconception(
        "the two largest",
        lambda w, t: (_ranks(w, t) < 2).mean(),
        "{got}: you let the second largest weight count as well. A hit is the largest alone.",
    ),
    Misconception(
        "the second largest",
        lambda w, t: (_ranks(w, t) == 1).mean(),
        "{got}: you took the second largest weight of each row. The largest is the last when they are sorted.",
    ),
    Misconception(
        "a neighbour counts",
        lambda w, t: (np.abs(w.argmax(-1) - t) <= 1).mean(),
        "{got}: you let the places next to the right one count as well. A hit is the right place itself: ==.",
    ),
    Misconception(
        "any row that is sure",
        lambda w, t: (w.max(-1) > 0.5).mean(),
        "{got}: you counted the rows whose largest weight is more than half, wherever it lies. Ask where it lies.",
    ),
    Misconception(
        "mean of the largest weights",
        lambda w, t: w.max(-1).mean(),
        "{got} is the mean of the largest weights, wherever they lie. A hit asks where: argmax gives the place.",
    ),
    Misconception(
        "hits weighed",
        lambda w, t: (_hits(w, t) * w.max(-1)).mean(),
        "{got}: you added up the weights of the hits. A hit counts 1, however large its weight is.",
    ),
    Misconception(
        "sum of the weights on the right places",
        lambda w, t: _on_target(w, t).sum(),
        "{got} is the sum of the weights on the right places. A hit is a row whose largest weight lies there; count "
        "these, and divide by the number of rows.",
    ),
    Misconception(
        "each row with every right place",
        lambda w, t: w[:, t].mean(),
        "{got}: weights[:, places] takes all these places from every row. Each row has one: "
        "weights[np.arange(n), places]. And a hit asks whether the largest weight lies there.",
    ),
    Misconception(
        "mean over the places",
        lambda w, t: np.mean([_hits(w, t)[t == place].mean() for place in np.unique(t)]),
        "{got}: you made a rate for each right place and took their mean. Every row counts alike here.",
    ),
    Misconception("looked down the columns", lambda w, t: _of_row(w, t).mean(), _COLUMN),
    Misconception("looked down the columns", lambda w, t: np.mean(_down_the_columns(w, t)), _COLUMN),
    Misconception("places as amounts", lambda w, t: (w.argmax(-1) - t).mean(), _PLACES),
    Misconception("places as amounts", lambda w, t: np.abs(w.argmax(-1) - t).mean(), _PLACES),
    Misconception("places as amounts", lambda w, t: ((w.argmax(-1) - t) ** 2).mean(), _PLACES),
    Misconception("places as amounts", lambda w, t: w.argmax(-1).mean(), _PLACES),
    Misconception("places as amounts", lambda w, t: (w.argmax(-1) - t).sum(), _PLACES),
)  # fmt: skip

# 20 hits in 29 rows: so many that two mistakes seldom give the same number.
_HUNDREDTHS = (
    (90, 4, 2, 0, 3, 1),
    (2, 6, 68, 22, 1, 1),
    (20, 1, 4, 2, 63, 10),
    (44, 12, 17, 8, 11, 8),
    (1, 2, 2, 4, 88, 3),
    (18, 0, 25, 55, 1, 1),
    (26, 3, 0, 63, 0, 8),
    (15, 9, 37, 35, 2, 2),
    (5, 15, 2, 17, 51, 10),
    (74, 6, 2, 1, 1, 16),
    (4, 2, 68, 15, 2, 9),
    (2, 11, 51, 30, 2, 4),
    (85, 2, 2, 7, 0, 4),
    (18, 4, 7, 32, 29, 10),
    (49, 14, 5, 3, 1, 28),
    (4, 0, 26, 11, 48, 11),
    (0, 0, 5, 9, 0, 86),
    (16, 28, 22, 0, 26, 8),
    (2, 1, 47, 42, 1, 7),
    (60, 2, 10, 3, 3, 22),
    (27, 2, 0, 2, 4, 65),
    (6, 16, 36, 30, 0, 12),
    (13, 4, 49, 4, 25, 5),
    (3, 75, 14, 4, 3, 1),
    (27, 3, 13, 0, 56, 1),
    (4, 2, 8, 38, 19, 29),
    (16, 9, 17, 38, 19, 1),
    (9, 61, 6, 9, 3, 12),
    (34, 2, 3, 24, 32, 5),
)
MAP = np.array(_HUNDREDTHS) / 100
TARGET = np.array([0, 2, 4, 0, 4, 3, 1, 1, 4, 0, 3, 4, 0, 3, 0, 1, 2, 1, 2, 0, 0, 2, 4, 1, 4, 3, 1, 1, 0])
