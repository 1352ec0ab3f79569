"""What to say of a wrong answer that no listed mistake explains: how it relates to the right one, and where it differs.

Every function gives back a message and a name. The name is None where only the place is known, not the idea.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from course_utils.exercises.comparing import ABSOLUTE, RELATIVE, close, same_word
from course_utils.exercises.reading import LARGEST_SHOWN, entries, number, show, truth

Finding = tuple[str, str | None]
MOST_AXES = 4  # orders of axes that are tried: 23 besides the right one


def in_numbers(got: np.ndarray, expected: np.ndarray, name: str = "result", boolean: bool = False) -> Finding:
    """How an array differs from the right one, the simplest relation first. ``boolean``: a mask is asked for."""
    if got.shape != expected.shape:
        return _in_shape(got, expected, name)
    if np.isnan(got).any() and not np.isnan(expected).any():
        where = tuple(int(i) for i in np.argwhere(np.isnan(got))[0])
        at = f", first at index {where}" if got.ndim else ""
        return f"NaN (not a number) in your {name}{at}. Look for 0/0 or infinity minus infinity.", None
    if got.ndim == 0:
        return f"Your {name}: {number(float(got), 5)}; expected {number(float(expected), 5)}.", None
    return _in_relation(got, expected, name, boolean) or (_first_difference(got, expected, name, boolean), None)


def predicted(got: np.ndarray, expected: np.ndarray) -> Finding:
    """A number that was to be predicted: in which direction it is off, without giving the right one away."""
    if got.ndim != expected.ndim:
        return f"One number is asked for; {show(got)} came.", None
    if not np.isfinite(got):
        return f"A finite number is asked for; {show(got)} came.", None
    return f"{number(float(got), 5)} is too {'large' if got > expected else 'small'}.", None


def _in_shape(got: np.ndarray, expected: np.ndarray, name: str) -> Finding:
    plain = f"The shape of your {name} is {got.shape}; expected {expected.shape}."
    if got.size == expected.size > 1:
        if close(got.squeeze(), expected.squeeze(), ABSOLUTE):
            many = got.ndim > expected.ndim
            return (
                f"{plain} The numbers are right; there is an axis of length 1 too {'many' if many else 'few'}.",
                f"an axis of length 1 too {'many' if many else 'few'}",
            )
        if got.ndim == expected.ndim <= MOST_AXES:
            for axes in itertools.permutations(range(got.ndim)):
                if close(got.transpose(axes), expected, ABSOLUTE):
                    return f"{plain} The numbers are right, the axes stand in another order.", "axes in another order"
        if close(got.reshape(-1), expected.reshape(-1), ABSOLUTE):
            return (
                f"{plain} The numbers are right and in the right order; only their shape is another.",
                "another shape",
            )
    return plain, None


def _in_relation(got: np.ndarray, expected: np.ndarray, name: str, boolean: bool) -> Finding | None:
    """The same numbers elsewhere, or all of them off in the same way; None if there is no such relation."""
    if boolean and np.array_equal(got, 1 - expected):
        return f"True and False are exchanged everywhere in your {name}.", "True and False exchanged"
    if np.unique(expected).size < 2 or not np.isfinite(got).all() or not np.isfinite(expected).all():
        return None
    for axes in itertools.permutations(range(got.ndim)) if got.ndim <= MOST_AXES else ():
        if close(got.transpose(axes), expected, ABSOLUTE):
            which = "rows and columns are exchanged" if got.ndim == 2 else "axes stand in another order"
            return f"The shape of your {name} fits, but its {which}.", "axes in another order"
    if boolean:
        return None
    factor = float((got * expected).sum() / (expected**2).sum())
    if np.unique(expected).size > 2 and factor and close(got, factor * expected, ABSOLUTE):
        if np.isclose(factor, -1):
            return f"Every number of your {name} has the opposite sign.", "opposite sign"
        return f"Every number of your {name} is {factor:.4g} times what is expected.", "a constant factor"
    offset = float((got - expected).mean())
    if close(got, expected + offset, ABSOLUTE):
        return f"Every number of your {name} is off by the same {offset:+.4g}.", "a constant added"
    for axis in range(got.ndim):
        if close(np.flip(got, axis), expected, ABSOLUTE):
            return f"Your {name} is in the opposite order along axis {axis}.", "opposite order"
        for step in (1, -1):
            if close(np.roll(got, step, axis), expected, ABSOLUTE):
                return f"Your {name} is right, but moved by one place along axis {axis}.", "moved by one place"
    if close(np.sort(got, axis=None), np.sort(expected, axis=None), ABSOLUTE):
        return (
            f"Your {name} has the right numbers, in other places; {_where(got, expected)}.",
            "right numbers in other places",
        )
    return None


def _first_difference(got: np.ndarray, expected: np.ndarray, name: str, boolean: bool) -> str:
    wrong = _differs(got, expected)
    of = "" if name == "result" else f" of your {name}"
    shares = not boolean and np.allclose(expected.sum(-1), 1) and got.sum(-1).size <= LARGEST_SHOWN
    sums = f" Your rows sum to {show(got.sum(-1))}, not to 1." if shares and not np.allclose(got.sum(-1), 1) else ""
    if not wrong.any():  # only by a tolerance of its own
        wrong = got != expected
    whole = wrong.reshape(len(wrong), -1).any(-1)
    right = np.flatnonzero(~whole)
    rows = f" Right as far as rows {show(right)} (counted from 0) go." if got.ndim > 1 and 0 < len(right) <= 6 else ""
    return f"The shape{of} is right; {_where(got, expected, wrong, boolean)}.{rows}{sums}"


def _where(got: np.ndarray, expected: np.ndarray, wrong: np.ndarray | None = None, boolean: bool = False) -> str:
    wrong = _differs(got, expected) if wrong is None else wrong
    where = tuple(int(i) for i in np.argwhere(wrong)[0])
    pair = [str(bool(of[where])) if boolean else f"{of[where]:.4g}" for of in (got, expected)]
    return (
        f"the first difference is at index {where}: yours {pair[0]}, expected {pair[1]}"
        f" ({int(wrong.sum())} of {wrong.size} differ)"
    )


def _differs(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return ~np.isclose(got, expected, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)


def in_parts(
    arrays: tuple[np.ndarray, ...], wanted: tuple[np.ndarray, ...], names: Sequence[str], tolerance: float
) -> Finding:
    """Where several arrays are asked for: which are right, and how the first wrong one differs."""
    asked = f"{len(names)} things are asked for, in this order: return {', '.join(names)}."
    if len(arrays) != len(wanted):
        came = f"One array came, of shape {arrays[0].shape}" if len(arrays) == 1 else f"{len(arrays)} came"
        name = None if len(arrays) == 1 else "wrong number of results"
        return f"{asked} {came}.", name
    for order in list(itertools.permutations(range(len(wanted))))[1:]:
        if all(close(arrays[at], one, tolerance) for at, one in zip(order, wanted)):
            return f"The right things in another order. {asked}", "results in another order"
    wrong = [not close(*pair, tolerance) for pair in zip(arrays, wanted)]
    right = " and ".join(name for name, is_wrong in zip(names, wrong) if not is_wrong)
    first = wrong.index(True)
    message, name = in_numbers(arrays[first], wanted[first], names[first])
    return (f"Right: {right}. " if right else "") + message, name


def in_words(got: object, expected: object, mistaken: Sequence[object]) -> Finding:
    """A word, a tuple or a dictionary. ``mistaken`` are the answers of the known mistakes: they tell what can be asked.

    Which entry is wrong is said, what would be right is not.
    """
    if isinstance(expected, dict):
        return _by_name(got, expected)
    if isinstance(expected, tuple):
        return _entry_by_entry(got, expected)
    letters = sorted({answer for answer in (expected, *mistaken) if isinstance(answer, str)}, key=str.casefold)
    if letters and all(len(letter) == 1 for letter in letters):
        return f"One letter is asked for: {', '.join(letters[:-1])} or {letters[-1]}; {_said(got)} came.", None
    return f"{_said(got)} is not what is asked for.", None


def _entry_by_entry(got: object, expected: tuple) -> Finding:
    found = entries(got)
    if found is None:
        return f"A tuple of {len(expected)} is asked for; {_said(got)} came.", None
    if len(found) != len(expected):
        return f"A tuple of {len(expected)} is asked for; yours has {len(found)}.", "wrong number of entries"
    right = [same_word((one,), (other,)) for one, other in zip(found, expected)]
    first = right.index(False) if False in right else 0
    return f"{sum(right)} of {len(right)} entries are right; the first that is not is number {first + 1}, "\
        f"{_said(found[first])}.", None  # fmt: skip


def _by_name(got: object, expected: dict) -> Finding:
    booleans = all(isinstance(answer, bool) for answer in expected.values())
    kind = "True or False" if booleans else "an answer"
    if not isinstance(got, dict) or got.keys() != expected.keys():
        names = ", ".join(map(repr, expected))
        return f"A dictionary is asked for, with {kind} for each of these names: {names}.", None
    wrong = {name: value for name, value in got.items() if not same_word(value, expected[name])}
    if booleans:
        others = {name: value for name, value in wrong.items() if truth(value) is None}
        if others:
            which = ", ".join(f"{name!r} has {_said(value)}" for name, value in others.items())
            return f"The names are right. Each needs True or False; yours: {which}.", None
    return f"Look again at {', '.join(map(repr, wrong))}; the other {len(got) - len(wrong)} are right.", None


def _said(got: object) -> str:
    return show(got)


def in_error(error: str, said: str) -> Finding:
    """What a common exception means, beside what Python says of it; empty for others."""
    lower = said.lower()
    if error == "NameError" and "is not defined" in said:
        return "The name is spelt differently elsewhere, or the cell that defines it was not run.", "a name not defined"
    if error in {"ValueError", "RuntimeError", "IndexError"} and any(
        sign in lower for sign in ("matmul", "broadcast", "mat1 and mat2", "must match", "size mismatch", "aligned")
    ):
        return (
            "The shapes do not fit. Print them: for a @ b the last axis of a and the last but one of b are equally "
            "long; for + and * each axis is equally long in both, or 1.",
            "shapes that do not fit",
        )
    if error == "AttributeError" and "numpy.ndarray" in said:
        return "That is a method of tensors; arrays have other ones (np.exp(x), x.swapaxes(0, 1)).", "a tensor's method"
    if error == "AttributeError" and "'Tensor' object" in said:
        return "That is a method of arrays; tensors have other ones.", "an array's method"
    if error in {"IndexError", "AxisError"} and "out of bounds" in lower or "out of range" in lower:
        return "Places are counted from 0, so the last is the length minus 1.", "an index beyond the end"
    return "", None
