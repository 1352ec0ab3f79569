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


_LAST = "{got}: the last row is not looked at. range(n) stops before n, so range(len(weights)) reaches every row."
_FIRST = "{got}: the first row is not looked at. Rows are counted from 0."
_FROM_1 = "{got}: places are counted from 0, in argmax and in what you compare with. Compare them as they are."
_ANY = "{got}: a row's largest weight has to be on the right place of that row. You let the right place of any row do."
_WHOLE = (
    "{got}: whole hits or nothing. // and int cut the fraction off, round does, too; .all() and .any() ask about all "
    "rows at once, and a return inside a loop knows one row. The rate is the number of hits divided by that of rows."
)
_PLACES = "{got} was computed with the places themselves. Places are names, not amounts: ask whether they are equal."
_COLUMN = "{got}: you looked down the columns. Each row has a largest weight of its own: argmax(axis=-1)."
_ONE_OFF = "{got} is the number of hits divided by one row {0}. Divide by the number of rows that you looked at."

MISTAKES = (
    Misconception("last row left out", lambda w, t: _hits(w, t)[:-1].sum() / len(t), _LAST),
    Misconception("last row left out", lambda w, t: _hits(w, t)[:-1].mean(), _LAST),
    Misconception("first row left out", lambda w, t: _hits(w, t)[1:].sum() / len(t), _FIRST),
    Misconception("first row left out", lambda w, t: _hits(w, t)[1:].mean(), _FIRST),
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
        "number of misses",
        lambda w, t: (~_hits(w, t)).sum(),
        "{got} is the number of misses. Count where the two are equal, and divide by the number of rows.",
    ),
    Misconception("whole numbers only", lambda w, t: _hits(w, t).sum() // len(t), _WHOLE),
    Misconception("whole numbers only", lambda w, t: np.ceil(_hits(w, t).mean()), _WHOLE),
    Misconception("places counted from 1", lambda w, t: (w.argmax(-1) + 1 == t).mean(), _FROM_1),
    Misconception("places counted from 1", lambda w, t: (w.argmax(-1) == t + 1).mean(), _FROM_1),
    Misconception(
        "smallest weight",
        lambda w, t: (w.argmin(-1) == t).mean(),
        "{got}: you looked for the smallest weight of each row. A hit is the largest: argmax.",
    ),
    Misconception("any right place", lambda w, t: np.isin(w.argmax(-1), t).mean(), _ANY),
    Misconception("any right place", lambda w, t: len({*w.argmax(-1).tolist()} & {*t.tolist()}) / len(t), _ANY),
    Misconception(
        "any right place", lambda w, t: len({*w.argmax(-1).tolist()} & {*t.tolist()}) / len({*t.tolist()}), _ANY
    ),
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
        "more than an equal share",
        lambda w, t: (_on_target(w, t) > 1 / w.shape[-1]).mean(),
        "{got}: you asked for more than an equal share. Several weights of a row may be above it; a hit is the largest.",
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
    Misconception("looked down the columns", lambda w, t: np.sum(_down_the_columns(w, t)) / len(t), _COLUMN),
    Misconception(
        "the largest of the whole map",
        lambda w, t: (_on_target(w, t) == w.max()).mean(),
        "{got}: you compared with the largest weight of the whole map. Each row has a largest of its own: "
        "max(axis=-1).",
    ),
    Misconception("places as amounts", lambda w, t: (w.argmax(-1) - t).mean(), _PLACES),
    Misconception("places as amounts", lambda w, t: np.abs(w.argmax(-1) - t).mean(), _PLACES),
    Misconception("places as amounts", lambda w, t: ((w.argmax(-1) - t) ** 2).mean(), _PLACES),
    Misconception("places as amounts", lambda w, t: w.argmax(-1).mean(), _PLACES),
    Misconception("places as amounts", lambda w, t: (w.argmax(-1) - t).sum(), _PLACES),
)  # fmt: skip
