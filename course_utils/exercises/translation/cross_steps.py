"""The steps of cross-attention's weights, each done wrongly alone or with another."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Misconception
from course_utils.exercises.reference import softmax
from course_utils.exercises.translation.padded_batch import real


def root(query: np.ndarray, key: np.ndarray) -> float:
    """The right divisor of the dot products: √d_k."""
    return math.sqrt(query.shape[-1])


_POWER_FIRST = "in ** 1/2 the power comes before the division, so no root was taken; ** 0.5 takes one"
_DIVISORS: dict[str, tuple[Callable, str]] = {
    "no scaling": (lambda query, key: 1.0, "the scores are not divided by √d_k"),
    "scaling by d instead of √d": (lambda query, key: query.shape[-1], "you divided by d_k, not by its root"),
    "always divided by 2": (
        lambda query, key: 2.0,
        "you divided by 2, the √d_k of lesson 02's example (or the root of T_q); here d_k is 9",
    ),
    "scaling by the number of keys": (lambda query, key: math.sqrt(key.shape[1]), "you divided by √T_k, not by √d_k"),
    "divided by T_k": (lambda query, key: key.shape[1], "you divided by T_k, not by √d_k"),
    "divided by T_q": (lambda query, key: query.shape[1], "you divided by T_q, not by √d_k"),
    "divided by √batch": (lambda query, key: math.sqrt(len(key)), "you divided by the root of the batch's size"),
    "divided by the root of all numbers": (
        lambda query, key: math.sqrt(key.size),
        "you divided by the root of how many numbers the key has in all",
    ),
    "halved, in place of a root": (
        lambda query, key: 2 * query.shape[-1],
        f"you divided by d_k and by 2: {_POWER_FIRST}",
    ),
    "half of d": (lambda query, key: query.shape[-1] / 2, f"you divided by d_k / 2: {_POWER_FIRST}"),
    "multiplied by √d": (lambda query, key: 1 / root(query, key), "you multiplied by √d_k instead of dividing"),
}
_OPEN: dict[str, tuple[Callable, str]] = {  # which keys may be attended to
    "no mask": (lambda query, key, lengths: True, "the padding is not masked, so it takes its share"),
    "mask polarity": (
        lambda query, key, lengths: ~real(key, lengths),
        "you kept the padding and removed the morphemes; True means MAY attend",
    ),
    "one too many": (
        lambda query, key, lengths: real(key, lengths + 1),
        "one padding too many is let in: position < length, counted from 0",
    ),
    "one too few": (
        lambda query, key, lengths: real(key, lengths - 1),
        "the last morpheme of each number is kept out: position < length, counted from 0",
    ),
    "mask on the queries": (
        lambda query, key, lengths: (np.arange(query.shape[1]) < lengths[:, None])[:, :, None],
        "you masked rows, the queries; lengths counts keys, and the mask runs along the last axis",
    ),
    "the longest length for all": (
        lambda query, key, lengths: np.arange(key.shape[1]) < lengths.max(),
        "all numbers got the length of the longest; compare with lengths[:, None]",
    ),
    "one length for all": (
        lambda query, key, lengths: np.arange(key.shape[1]) < lengths[0],
        "all numbers got the length of the first; compare with lengths[:, None]",
    ),
    "the shortest length for all": (
        lambda query, key, lengths: np.arange(key.shape[1]) < lengths.min(),
        "all numbers got the length of the shortest, or the last one's; compare with lengths[:, None]",
    ),
    "padding in front": (
        lambda query, key, lengths: (np.arange(key.shape[1]) >= key.shape[1] - lengths[:, None])[:, None],
        "you kept the last places of each number; the morphemes come first, the padding after them",
    ),
    "lengths in another order": (
        lambda query, key, lengths: real(key, lengths[::-1]),
        "each number got another one's length; lengths[b] belongs to number b",
    ),
    "the first key left out": (
        lambda query, key, lengths: real(key, lengths) & (np.arange(key.shape[1]) > 0),
        "the first morpheme is kept out as well: positions count from 0",
    ),
    "the last morpheme alone": (
        lambda query, key, lengths: real(key, lengths) & ~real(key, lengths - 1),
        "only the last morpheme of each number is left; all positions before length may be attended to",
    ),
    "one place behind each number": (
        lambda query, key, lengths: np.arange(key.shape[1]) != lengths[:, None, None],
        "you closed one place behind each number, the index length alone; all from length on are padding, "
        "scores[b, :, length:]",
    ),
    "the last morpheme closed": (
        lambda query, key, lengths: np.arange(key.shape[1]) != lengths[:, None, None] - 1,
        "you closed one place of each number, its last morpheme, and left the padding open; position < length",
    ),
    "keys and queries masked": (
        lambda query, key, lengths: real(key, lengths) & real(query, lengths).swapaxes(1, 2),
        "you masked rows as well; every query, every English word, may look: mask[:, None, :] only",
    ),
    "nobody looks ahead": (
        lambda query, key, lengths: np.tri(query.shape[1], key.shape[1], dtype=bool) & real(key, lengths),
        "you masked the keys after the query's own place as well; cross-attention may look at the whole German number",
    ),
}


def _summed(scores: np.ndarray, axis: int | tuple[int, ...] | None) -> np.ndarray:
    """A softmax along several axes at once."""
    exps = np.exp(scores - np.max(scores))
    return exps / exps.sum(axis=axis, keepdims=True)


_SHARED: dict[str, tuple[Callable, str]] = {  # what becomes of the masked scores
    "softmax over the queries": (lambda scores: softmax(scores, 1), "your columns sum to 1, not your rows"),
    "softmax over the batch": (lambda scores: softmax(scores, 0), "you normalised over the numbers of the batch"),
    "softmax over each whole map": (lambda scores: _summed(scores, (1, 2)), "each whole map sums to 1, not each row"),
    "softmax over everything": (
        lambda scores: _summed(scores, None),
        "the whole batch together sums to 1, not each row",
    ),
    "scores without softmax": (lambda scores: scores, "the softmax is missing"),
    "not shared out": (np.exp, "these are exponentials, not yet divided by each row's sum"),
    "softmax twice": (
        lambda scores: softmax(softmax(scores)),
        "the softmax ran twice, so the padding got a share again",
    ),
    "the largest takes everything": (
        lambda scores: np.eye(scores.shape[-1])[scores.argmax(-1)],
        "the largest score of each row took the whole 1; a softmax leaves the others a share",
    ),
    "logarithms of the weights": (lambda scores: np.log(softmax(scores)), "these are the logarithms of the weights"),
}


def attempt(
    divisor: Callable = root,
    mask: Callable = lambda query, key, lengths: real(key, lengths),
    share: Callable = softmax,
    fill: float = -np.inf,
    after: Callable = lambda weights, query, key, lengths: weights,
) -> Callable[..., np.ndarray]:
    """Cross-attention's weights, with some steps of one's choice done differently."""

    def weights(query, key, lengths):
        with np.errstate(all="ignore"):
            scores = query @ np.swapaxes(key, 1, 2) / divisor(query, key)
            shared = share(np.where(mask(query, key, lengths), scores, fill))
            return after(shared, query, key, lengths)

    return weights


_COMMON_DIVISORS = ("no scaling", "scaling by d instead of √d", "always divided by 2", "scaling by the number of keys")
_COMMON_MASKS = ("no mask", "mask polarity", "one too many", "one too few", "mask on the queries")
_COMMON_AXES = (
    "softmax over the queries",
    "softmax over the batch",
    "softmax over each whole map",
    "scores without softmax",
)


def _kept(weights, query, key, lengths):
    return weights


def _without_nan(weights, query, key, lengths):
    return np.nan_to_num(weights)


def _times_mask(weights, query, key, lengths):
    return weights * real(key, lengths)


def every_key(query, key, lengths):
    """No mask."""
    return True


# What becomes of a row, or a column, in which nothing is allowed: NaN, zeros, or equal shares.
_WHERE_NOTHING_IS_ALLOWED = ((-np.inf, _kept), (-np.inf, _without_nan), (-1e9, _kept))
_AGAIN = "Scores, divided by √d_k; then the mask on the keys; then the softmax along the last axis."
_LATE = "the mask came after the softmax, when the padding had its share"


def _told(*whys: str) -> str:
    said = "; and ".join(whys)
    return f"Two things: {said}. {_AGAIN}" if len(whys) == 2 else f"{said[0].upper()}{said[1:]}. {_AGAIN}"


_LEAVE_ROWS_EMPTY = {
    *("one too few", "mask on the queries", "keys and queries masked", "mask polarity"),
    *("softmax over the queries", "softmax over the batch", "scores without softmax"),
}
# The exercise itself lists so many of these, or all, each with a sentence of its own.
_LISTED_IN_PART = {"mask on the queries": 2, "softmax over the queries": 1, "softmax over the batch": 1}
_LISTED_WHOLLY = {
    *("no mask", "mask polarity", "one too many", "one too few", "no scaling", "scaling by d instead of √d"),
    *("scaling by the number of keys", "the longest length for all", "one length for all"),
}
_DIFFER_IF_MASKED_AGAIN = {"softmax twice", "logarithms of the weights", "scores without softmax"}


def _where_nothing_is_allowed(name: str) -> tuple[tuple[float, Callable], ...]:
    return _WHERE_NOTHING_IS_ALLOWED if name in _LEAVE_ROWS_EMPTY else _WHERE_NOTHING_IS_ALLOWED[:1]


def steps_done_wrongly() -> tuple[Misconception, ...]:
    """Every step done wrongly alone, and pairs of the commonest."""
    named: list[tuple[str, Callable, str]] = []
    for name, (divisor, why) in _DIVISORS.items():
        named.append((name, attempt(divisor), _told(why)))
        if name not in _COMMON_DIVISORS:
            continue
        named.append(
            (f"{name}, and mask after softmax", attempt(divisor, every_key, after=_times_mask), _told(why, _LATE))
        )
        for other in _COMMON_MASKS:
            if (name, other) == ("no scaling", "no mask"):  # has a sentence of its own beside the exercise
                continue
            mask, also = _OPEN[other]
            named += [
                (f"{name}, and {other}", attempt(divisor, mask, after=after, fill=fill), _told(why, also))
                for fill, after in _WHERE_NOTHING_IS_ALLOWED[: 3 if other == "mask on the queries" else 1]
            ]
        for other in _COMMON_AXES:
            share, also = _SHARED[other]
            named += [
                (f"{name}, and {other}", attempt(divisor, share=share, fill=fill, after=after), _told(why, also))
                for fill, after in _where_nothing_is_allowed(other)
            ]
    for name, (mask, why) in _OPEN.items():
        named += [
            (name, attempt(mask=mask, fill=fill, after=after), _told(why))
            for fill, after in _where_nothing_is_allowed(name)[_LISTED_IN_PART.get(name, 0) :]
        ]
        named += [
            (f"{name}, and {other}", attempt(mask=mask, share=_SHARED[other][0]), _told(why, _SHARED[other][1]))
            for other in _COMMON_AXES
            if name in _COMMON_MASKS
        ]
    for name, (share, why) in _SHARED.items():
        outcomes = _where_nothing_is_allowed(name)[_LISTED_IN_PART.get(name, 0) :]
        if name in _DIFFER_IF_MASKED_AGAIN:
            outcomes = (*outcomes, (-np.inf, _times_mask), (-1e9, _times_mask))
        named += [(name, attempt(share=share, fill=fill, after=after), _told(why)) for fill, after in outcomes]
        if name not in _NOT_ALONG_THE_KEYS:
            late = attempt(mask=every_key, share=share, after=_times_mask)
            named.append((f"{name}, and mask after softmax", late, _told(why, _LATE)))
    return tuple(Misconception(name, mistake, why) for name, mistake, why in named if name not in _LISTED_WHOLLY)


_NOT_ALONG_THE_KEYS = {"softmax over the queries", "scores without softmax", "not shared out"}  # no matter when masked
