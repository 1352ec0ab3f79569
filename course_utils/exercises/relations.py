"""How a wrong array can relate to the right one, whatever the exercise: exchanged axes, a factor, one row too few.

A relation is named only if it holds on every input on which the answer is wrong, so that a small first example cannot
suggest one by accident.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from course_utils.exercises.comparing import ABSOLUTE, RELATIVE, close

MOST_AXES = 4  # orders of axes that are tried: 23 besides the right one
MOST_GATHERED = 10**5  # numbers of which sums and means are tried; no exercise's right answer has a tenth of it
FACTORS = {
    2.0: "It is twice what is expected. Is something counted twice?",
    0.5: "It is half of what is expected. Is half of it left out?",
    4.0: "It is four times what is expected.",
    0.25: "It is a quarter of what is expected.",
    8.0: "It is eight times what is expected. Is it in bits, or counted for every head?",
    0.125: "It is an eighth of what is expected. Is it for one of several?",
    100.0: "It is a hundred times what is expected. Is it in per cent?",
    0.01: "It is a hundredth of what is expected.",
    10.0: "It is ten times what is expected.",
    0.1: "It is a tenth of what is expected.",
    1000.0: "It is a thousand times what is expected. Are the units right?",
    0.001: "It is a thousandth of what is expected. Are the units right?",
    -1.0: "It is right but for the sign.",
}


@dataclass(frozen=True)
class Relation:
    """``tell`` says in a sentence how the first array relates to the second, the right one; empty if it does not."""

    name: str
    tell: Callable[[np.ndarray, np.ndarray], str]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """To rounding."""
    return close(np.asarray(one), np.asarray(other), ABSOLUTE)


def differs(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Where two arrays of one shape differ by more than rounding."""
    return ~np.isclose(got, expected, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)


def _if(holds: bool, words: str) -> str:
    return words if holds else ""


def _not_a_number(got, expected):
    if not np.isnan(got).any() or np.isnan(expected).any():
        return ""
    at = f", first at index {_first(np.isnan(got))}" if got.ndim else ""
    return f"NaN (not a number) in your result{at}. Look for 0/0 or infinity minus infinity."


def _infinite(got, expected):
    if not np.isinf(got).any() or np.isinf(expected).any():
        return ""
    at = f", first at index {_first(np.isinf(got))}" if got.ndim else ""
    return f"Infinity in your result{at}. Look for a division by 0, or an exponential of a large number."


def _first(where: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(where)[0])


def _axes_exchanged(got, expected):
    if got.ndim < 2 or got.ndim > MOST_AXES or got.size != expected.size:
        return ""
    for axes in list(itertools.permutations(range(got.ndim)))[1:]:
        if same(got.transpose(axes), expected):
            order = "rows and columns are exchanged" if got.ndim == 2 else "the axes stand in another order"
            shapes = f": yours is {got.shape}, expected {expected.shape}" if got.shape != expected.shape else ""
            return f"The numbers are right, but {order}{shapes}."
    return ""


def _axis_of_one(got, expected):
    if got.ndim == expected.ndim or not same(got.squeeze(), expected.squeeze()):
        return ""
    many = "many" if got.ndim > expected.ndim else "few"
    return (
        f"The numbers are right, but the shape is {got.shape}, expected {expected.shape}: "
        f"an axis of length 1 too {many}."
    )


def _another_shape(got, expected):
    fits = got.shape != expected.shape and got.size > 1 and same(got.reshape(-1), expected.reshape(-1))
    return _if(
        fits, f"The numbers are right and in the right order; the shape is {got.shape}, expected {expected.shape}."
    )


def _one_kept(got, expected):
    if expected.ndim < 1 or len(expected) < 2:
        return ""
    for which, place in (("first", 0), ("last", -1)):
        part = expected[place]
        alone = got.shape == part.shape and same(got, part)
        others = np.delete(expected, place % len(expected), axis=0)
        filled = got.shape == expected.shape and same(got[place], part) and not np.delete(got, place, axis=0).any()
        if alone or (filled and others.any()):
            hint = {"first": "does return stand inside it?", "last": "does each round replace the one before?"}[which]
            return f"Only the {which} of {len(expected)} is there, and it is right. If there is a loop: {hint}"
    return ""


def _too_long_or_short(got, expected):
    if got.ndim != expected.ndim:
        return ""
    for axis in range(got.ndim):
        more = got.shape[axis] - expected.shape[axis]
        others = got.shape[:axis] + got.shape[axis + 1 :] == expected.shape[:axis] + expected.shape[axis + 1 :]
        if more == 0 or not others:
            continue
        long, short = (got, expected) if more > 0 else (expected, got)
        length, count = short.shape[axis], "One" if abs(more) == 1 else f"{abs(more):,}"
        words = f"too {'many' if more > 0 else 'few'} along axis {axis}: {got.shape[axis]}, not {expected.shape[axis]}"
        if length and same(np.take(long, range(length), axis), short):
            return f"{count} {words}. The difference is at the end; the first {length} are right."
        if length and same(np.take(long, range(abs(more), long.shape[axis]), axis), short):
            return f"{count} {words}. The difference is at the beginning; the last {length} are right."
        return _if(abs(more) == 1, f"{count} {words}. Which are counted, from the first to the last?")
    return ""


def _gathered(got, expected):
    """Axes of the right result gone, or axes still there that should be gone."""
    if abs(got.ndim - expected.ndim) != 1 and 0 not in (got.ndim, expected.ndim):
        return ""
    gone = got.ndim < expected.ndim
    large, small = (expected, got) if gone else (got, expected)
    if large.size < 2 or large.size > MOST_GATHERED:
        return ""
    axes = [*(range(large.ndim) if large.ndim == small.ndim + 1 else ()), *([None] if small.ndim == 0 else [])]
    for axis, (name, gather) in itertools.product(axes, {"sum": np.sum, "mean": np.mean, "largest": np.max}.items()):
        if (axis is None or large.shape[axis] > 1) and same(gather(large, axis), small):
            along = "over all axes" if axis is None and large.ndim > 1 else f"along axis {axis or 0}"
            if gone:
                return f"You took the {name} {along}, where all the numbers are asked for."
            return f"Nearly there: the {name} of what you give back, {along}, is what is asked for."
    return ""


def _shape_turned(got, expected):
    turned = got.ndim > 1 and got.shape != expected.shape and sorted(got.shape) == sorted(expected.shape)
    return _if(turned, f"The shape of your result is {got.shape}; expected {expected.shape}, the axes in this order.")


def _number_of_axes(got, expected):
    if got.ndim == expected.ndim:
        return ""
    came = "one number" if got.ndim == 0 else f"an array with {got.ndim} {'axis' if got.ndim == 1 else 'axes'}"
    wanted = "One number is" if expected.ndim == 0 else f"An array of shape {expected.shape} is"
    return f"{wanted} asked for; {came} came."


def _one_value_everywhere(got, expected):
    alike = got.shape == expected.shape and got.size > 1 and np.ptp(got) == 0 and np.ptp(expected) > 0
    return f"Every number of your result is {got.flat[0]:.4g}. Is what you compute written into it?" if alike else ""


def _factor(got, expected):
    if got.shape != expected.shape or got.ndim == 0 or np.unique(expected).size < 3:
        return ""
    factor = float((got * expected).sum() / (expected**2).sum())
    fits = bool(np.isfinite(factor)) and abs(factor) > ABSOLUTE and abs(factor - 1) > 10 * RELATIVE
    fits = fits and same(got, factor * expected)
    if fits and np.isclose(factor, -1):
        return "Every number has the opposite sign."
    return _if(fits, f"Every number is {factor:.5g} times what is expected.")


def _offset(got, expected):
    if got.shape != expected.shape or got.ndim == 0 or got.size < 3:
        return ""
    offset = float((got - expected).mean())
    return _if(same(got, expected + offset), f"Every number is off by the same {offset:+.4g}.")


def _sides(got, expected):
    """A single number, or counts, one too many or too few."""
    if got.shape != expected.shape or not (np.mod(expected, 1) == 0).all():
        return ""
    step = np.unique(got - expected)
    one = step.size == 1 and abs(step[0]) == 1
    return _if(one, f"One too {'many' if step[0] > 0 else 'few'}: are the first and the last counted rightly?")


def _known_factor(got, expected):
    if got.shape != expected.shape or not np.any(expected):
        return ""
    for factor, words in FACTORS.items():
        if same(got, factor * expected):
            return words
    return ""


def _of_each(name: str, change: Callable[[np.ndarray], np.ndarray], words: str) -> Relation:
    """The same function taken of every number."""

    def tell(got, expected):
        if got.shape != expected.shape or (got.size > 1 and np.unique(expected).size < 2):
            return ""
        changed = change(expected)
        usable = np.isfinite(changed).all() and not same(changed, expected)
        return _if(bool(usable) and same(got, changed), words)

    return Relation(name, tell)


def _rounded(got, expected):
    if got.shape != expected.shape:
        return ""
    if np.array_equal(got, np.trunc(expected)):
        return "The digits after the point are cut off. Does an array of whole numbers take the results?"
    for digits in range(5):
        if np.allclose(got, np.round(expected, digits), rtol=1e-7, atol=0):  # also of float32
            if digits == 0:
                return "It is what rounding to whole numbers gives. Is something rounded, or only the largest kept?"
            after = f"{digits} digit{'s' * (digits != 1)} after the point"
            return f"It is rounded to {after}. Leave the rounding to whoever reads it."
    return ""


def _elsewhere(got, expected):
    if got.shape != expected.shape or got.ndim == 0 or np.unique(expected).size < 2:
        return ""
    for axis in range(got.ndim):
        if same(np.flip(got, axis), expected):
            return f"The order along axis {axis} is the opposite one."
    for axis, step in itertools.product(range(got.ndim), (1, -1)):
        if same(np.roll(got, step, axis), expected):
            return f"Right, but moved by one place along axis {axis}."
    differing = differs(got, expected)
    if differing.any() and same(np.sort(got, axis=None), np.sort(expected, axis=None)):
        return f"The right numbers, in other places; the first is at index {_first(differing)}."
    return ""


def _shares(got, expected):
    if got.shape != expected.shape or got.ndim == 0 or (expected < 0).any() or (got < 0).any():
        return ""
    axes = [axis for axis in (-1, None, 0) if np.isclose(expected.sum(axis), 1).all()]
    if not axes or np.isclose(got.sum(axes[0]), 1).all():
        return ""
    total = got.sum(axes[0], keepdims=True)
    return _if(
        bool((total > 0).all()) and same(got / total, expected),
        "The shares are in the right proportion, but do not add up to 1: divide by their sum.",
    )


def _only_one_end(got, expected):
    if got.shape != expected.shape or got.ndim == 0:
        return ""
    wrong = differs(got, expected)
    for axis in range(got.ndim):
        along = wrong.any(axis=tuple(other for other in range(got.ndim) if other != axis))
        if len(along) > 2 and along.sum() == 1 and (along[0] or along[-1]):
            which = "first" if along[0] else "last"
            return f"All is right but the {which} along axis {axis}. Where does it begin, and where does it end?"
    return ""


def _one_diagonal(got, expected):
    if got.shape != expected.shape or got.ndim < 2:
        return ""
    wrong = np.argwhere(differs(got, expected))
    places = np.unique(wrong[:, -1] - wrong[:, -2])
    if places.size != 1 or min(got.shape[-2:]) < 3 or len(wrong) < 2:
        return ""
    return f"It differs on one diagonal only, where column minus row is {places[0]}. Is that one in or out?"


def _comma(got, expected):
    several = expected.ndim == 0 and got.ndim == 1 and 2 <= got.size <= 4 and bool((np.mod(got, 1) == 0).all())
    return _if(several, "Python reads a comma as the border between two numbers: write 12345 or 12_345, and 0.12.")


IN_NUMBERS = (
    Relation("not a number", _not_a_number),
    Relation("infinity", _infinite),
    Relation("axes in another order", _axes_exchanged),
    Relation("an axis of length 1 too many or too few", _axis_of_one),
    Relation("another shape", _another_shape),
    Relation("only one of them kept", _one_kept),
    Relation("too many or too few", _too_long_or_short),
    Relation("gathered, or not yet gathered", _gathered),
    Relation("axes of the shape in another order", _shape_turned),
    Relation("another number of axes", _number_of_axes),
    Relation("one value everywhere", _one_value_everywhere),
    Relation("one too many or too few", _sides),
    Relation("a constant factor", _factor),
    Relation("a constant factor", _known_factor),
    Relation("a constant added", _offset),
    _of_each("the opposite share", lambda x: 1 - x, "It is 1 minus what is expected: the share of the others."),
    _of_each(
        "turned upside down",
        lambda x: 1 / x,
        "It is 1 divided by what is expected. Are numerator and denominator exchanged?",
    ),
    _of_each("squared", np.square, "It is the square of what is expected."),
    _of_each("the root taken", lambda x: np.sqrt(np.abs(x)), "It is the square root of what is expected."),
    _of_each("the exponential taken", np.exp, "It is the exponential of what is expected."),
    _of_each("the logarithm taken", lambda x: np.log(np.abs(x)), "It is the logarithm of what is expected."),
    _of_each("signs lost", np.abs, "The signs are lost; the rest is right."),
    Relation("not shared out", _shares),
    Relation("rounded", _rounded),
    Relation("right numbers in other places", _elsewhere),
    Relation("one end wrong", _only_one_end),
    Relation("one diagonal wrong", _one_diagonal),
)
IN_MASKS = (
    IN_NUMBERS[2],
    *(relation for relation in IN_NUMBERS[3:10]),
    Relation("one value everywhere", lambda g, e: _one_value_everywhere(g, e) and f"Every entry is {bool(g.flat[0])}."),
    Relation(
        "True and False exchanged",
        lambda g, e: _if(g.shape == e.shape and np.array_equal(g, 1 - e), "True and False are exchanged everywhere."),
    ),
    Relation("one diagonal wrong", _one_diagonal),
    Relation("one end wrong", _only_one_end),
)
PREDICTED = (
    Relation("a comma inside a number", _comma),
    Relation("one too many or too few", _sides),
    Relation("a constant factor", _known_factor),
    *(relation for relation in IN_NUMBERS if relation.name in {"the opposite share", "turned upside down", "squared"}),
)


def holding(got: np.ndarray, expected: np.ndarray, relations: tuple[Relation, ...]) -> Iterator[tuple[Relation, str]]:
    """The relations that hold, each with its sentence, in their order, of an array that is not the right one."""
    with np.errstate(all="ignore"):
        for relation in relations:
            said = relation.tell(got, expected)
            if said:
                yield relation, said
