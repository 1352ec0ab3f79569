"""What to say of a wrong answer that no listed mistake explains: where it differs, or what Python's words mean.

A Finding is a message and a name. The name is None where only the place is known, not the idea.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import numpy as np

from course_utils.exercises.comparing import close, same_word
from course_utils.exercises.reading import LARGEST_SHOWN, as_array, entries, number, show, truth
from course_utils.exercises.relations import differs

Finding = tuple[str, str | None]
MOST_ROWS = 6  # rows up to which those that are right are listed


def in_numbers(got: np.ndarray, expected: np.ndarray, name: str = "result", boolean: bool = False) -> str:
    """Where an array differs from the right one: in its shape, or first at an index. ``boolean``: a mask."""
    if got.shape != expected.shape:
        return f"The shape of your {name} is {got.shape}; expected {expected.shape}."
    if got.ndim == 0:
        return f"Your {name}: {number(float(got), 5)}; expected {number(float(expected), 5)}."
    wrong = differs(got, expected)
    if not wrong.any():  # only by a tolerance of its own
        wrong = got != expected
    of = "" if name == "result" else f" of your {name}"
    where = tuple(int(i) for i in np.argwhere(wrong)[0])
    digits = next((d for d in range(4, 9) if f"{got[where]:.{d}g}" != f"{expected[where]:.{d}g}"), 9)
    pair = [str(bool(one[where])) if boolean else f"{one[where]:.{digits}g}" for one in (got, expected)]
    whole = np.flatnonzero(~wrong.reshape(len(wrong), -1).any(-1))
    row = f"row {whole[0]}" if len(whole) == 1 else f"rows {show(whole)}"
    rows = f" Right: {row}, counted from 0." if got.ndim > 1 and 0 < len(whole) <= MOST_ROWS else ""
    shares = not boolean and np.allclose(expected.sum(-1), 1) and got.sum(-1).size <= LARGEST_SHOWN
    shares = shares and np.isfinite(got).all() and not np.allclose(got.sum(-1), 1, atol=1e-3)
    rows_sum = "It sums" if got.ndim == 1 else "Your rows sum"
    sums = f" {rows_sum} to {show(got.sum(-1))}, not to 1." if shares else ""
    return (
        f"The shape{of} is right; the first difference is at index {where}: yours {pair[0]}, expected {pair[1]} "
        f"({int(wrong.sum())} of {wrong.size} {'differs' if wrong.sum() == 1 else 'differ'}).{rows}{sums}"
    )


def predicted(got: np.ndarray, expected: np.ndarray) -> str:
    """A number that was to be predicted: in which direction it is off, without giving the right one away."""
    if got.shape != expected.shape:
        asked = f"An array of shape {expected.shape}" if expected.ndim else "One number"
        return f"{asked} is asked for; {show(got)} came."
    if got.ndim:
        wrong = differs(got, expected)
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        return f"{int((~wrong).sum())} of {wrong.size} numbers are right; the first that is not is at index {first}."
    if not np.isfinite(got):
        return f"A finite number is asked for; {show(got)} came."
    return f"{number(float(got), 9)} is too {'large' if got > expected else 'small'}."


def wrong_part(
    arrays: tuple[np.ndarray, ...], wanted: tuple[np.ndarray, ...], names: Sequence[str], tolerance: float
) -> tuple[int, str]:
    """Where several arrays came, as many as are asked for: the first wrong one, and which others are right."""
    wrong = [not close(*pair, tolerance) for pair in zip(arrays, wanted)]
    right = " and ".join(name for name, is_wrong in zip(names, wrong) if not is_wrong)
    return wrong.index(True), f"Right: {right}. " if right else ""


def number_of_parts(
    arrays: tuple[np.ndarray, ...], wanted: tuple[np.ndarray, ...], names: Sequence[str], tolerance: float
) -> Finding | None:
    """Too many results, too few, or in another order; None if it is none of these."""
    asked = f"{len(names)} things are asked for, in this order: return {', '.join(names)}."
    if len(arrays) != len(wanted):
        came = f"One array came, of shape {arrays[0].shape}." if arrays[0].ndim else "One number came."
        return f"{asked} {came}", None
    for order in list(itertools.permutations(range(len(wanted))))[1:]:
        if all(close(arrays[at], one, tolerance) for at, one in zip(order, wanted)):
            return f"The right things in another order. {asked}", "results in another order"
    return None


def in_words(got: object, expected: object, mistaken: Sequence[object]) -> Finding:
    """A word, a tuple or a dictionary. ``mistaken`` are the answers of the known mistakes: they tell what can be asked.

    Which entry is wrong is said, what would be right is not.
    """
    if isinstance(expected, dict):
        return _by_name(got, expected)
    if isinstance(expected, tuple):
        return _entry_by_entry(got, expected)
    letters = sorted({answer for answer in (expected, *mistaken) if isinstance(answer, str)}, key=str.casefold)
    if isinstance(expected, bool):
        came = f"; {_said(got)} came" if truth(got) is None else ". Look again"
        return f"True or False is asked for{came}.", None
    if len(letters) > 1 and all(len(letter) == 1 for letter in letters):
        return _instead_of_a_letter(got, letters)
    return f"{_said(got)} is not what is asked for.", None


def _instead_of_a_letter(got: object, letters: Sequence[str]) -> Finding:
    """An answer that is none of the options, by what it is."""
    asked = f"One letter is asked for: {', '.join(letters[:-1])} or {letters[-1]}"
    text = got.strip().casefold() if isinstance(got, str) else ""
    if isinstance(got, bool | np.bool_):
        return f"{asked}. {_said(got)} is an answer to yes or no; which of them is it?", "a truth value for a letter"
    if as_array(got) is not None:
        return f"{asked}. {_said(got)} is a number; each option has a letter.", "a number instead of a letter"
    if isinstance(got, list | tuple | set) or len(re.findall(r"\b[a-z]\b", text)) > 1:
        return f"{asked}. {_said(got)} names several; only one of them is right.", "several letters"
    if re.fullmatch(r"none.*|no(thing)?|not? .*", text):
        return f"{asked}. One of them is right: go through them one by one.", "none of the options"
    if len(text.strip(" .()")) == 1:
        return f"{asked}. There is no option {_said(got)}.", "no such option"
    return f"{asked}. {_said(got)} came: hand in the letter that stands before it.", "words instead of a letter"


def _entry_by_entry(got: object, expected: tuple) -> Finding:
    found = entries(got)
    if found is None:
        return f"A tuple of {len(expected)} is asked for; {_said(got)} came.", None
    if len(found) != len(expected):
        return f"A tuple of {len(expected)} is asked for; yours has {len(found)}.", "wrong number of entries"
    right = [same_word((one,), (other,)) for one, other in zip(found, expected)]
    first = right.index(False) if False in right else 0
    some = f"{sum(right)} of {len(right)} entries {'is' if sum(right) == 1 else 'are'} right"
    return f"{some}; the first that is not is number {first + 1}, {_said(found[first])}.", None


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
            which = ", ".join(f"{name!r} has {_said(value)}" for name, value in [*others.items()][:3])
            return f"The names are right. Each needs True or False; yours: {which}.", None
    right = len(got) - len(wrong)
    return f"Look again at {', '.join(map(repr, wrong))}; {right} of {len(got)} are right.", None


def _said(got: object) -> str:
    return show(got)


# What Python says of common mistakes: a part of it, what it means, and its name. The first that fits is told.
ERRORS = (
    (r"NoneType|'ellipsis'|type ellipsis", "Something that you use is None, or still '...': does what you call give "
     "something back, or is there an exercise that you have not solved yet?", "None is used"),
    (r"torch\.return_types", "Along an axis, max, min and sort of a tensor give two things, values and places: take "
     "[0] or .values, or use amax and amin.", "one thing for several"),
    (r"'(builtin_function_or_method|function|method|numpy\.ufunc)' object is not (subscriptable|iterable)|"
     r"unsupported operand.*'(builtin_function_or_method|function|method|numpy\.ufunc)'",
     "That is a function, not what it gives back: call it, with round brackets.", "a function that is not called"),
    (r"must be (tuple of )?Tensors?|expected Tensor|expected np.ndarray|'Tensor' and 'numpy\.ndarray'|"
     r"'numpy\.ndarray' and 'Tensor'|combination of arguments - got \(.*(numpy\.ndarray|list)|same dtype|same datatype|"
     "expected scalar type", "Arrays and tensors, or two kinds of number, do not mix there: turn "
     "both into the same first (torch.as_tensor, .numpy(), .double()).", "arrays and tensors mixed"),
    (r"does not have enough dimensions|arguments to matmul need to be|operand.* for @: .*'(int|float|numpy\.\w+\d)'",
     "@ multiplies arrays with axes, and one of the two is a single number, or None: * multiplies by a number.",
     "a number where an array is needed"),
    ("subscripts", "In einsum each array has one letter for each of its axes: print the shapes.",
     "letters that do not fit the axes"),
    (r"inhomogeneous|all input arrays must have the same shape|must have same number of dimensions|equal size|"
     r"expected sequence of length|concatenation axis must match|Sizes of tensors must match", "Pieces of different "
     "shapes do not make one array. Print the shape of each.", "pieces of different shapes"),
    (r"setting an array element with a sequence|number of sizes provided \(0\)", "There is room for one number, and "
     "several are put there. Print the shapes of both sides.", "an array where a number is needed"),
    (r"boolean index did not match|shape of the mask", "A mask is as long as what it picks from. Print both shapes.",
     "shapes that do not fit"),
    (r"matmul|broadcast|mat1 and mat2|must match|size mismatch|aligned|inconsistent tensor size|Expected size for",
     "The shapes do not fit. Print them: for a @ b the last axis of a and the last but one of b are equally long; for "
     "+ and * each axis is equally long in both, or 1.", "shapes that do not fit"),
    (r"cannot reshape|shape '.*' is invalid|array split does not result|split_sizes to sum|one unknown dimension|"
     "only one dimension can be inferred", "The new shape needs as many numbers as the old one: multiply its axes (-1 "
     "may stand once). Which axes are there, how long is each, and "
     "which are to become one, or two?", "a shape with other numbers of entries"),
    (r"view size is not compatible", "After a transpose, view cannot put the numbers in a new shape: reshape can.",
     "view after a transpose"),
    (r"axis .* out of bounds|Dimension out of range|axes don't match|repeated axis|desired ordering of dim|"
     "duplicate dims", "There is no such axis, or it stands there twice: count the axes from 0 (-1 is the last). A row "
     "of numbers has one axis, a table two.", "an axis that is not there"),
    (r"index.* out of (bounds|range)|too many indices", "There is no such place: places are counted from 0, so the "
     "last is the length minus 1; and a table has two indices.", "an index beyond the end"),
    (r"name '.*' is not defined", "The name is spelt differently elsewhere, or the cell that defines it was not run; a "
     "function that you wrote in another lesson has to be copied into this one.",
     "a name not defined"),
    (r"local variable '.*'|cannot access (local|free) variable", "It is used before it is given a value: give it one "
     "before the line that uses it, also where a loop or an if is passed over.", "used before it has a value"),
    (r"'(float|int|bool|numpy\.\w+\d)' object has no attribute", "It is a single number there, where an array is "
     "expected. Print it in the line before.", "a method of another type"),
    (r"'(numpy\.ndarray|list|tuple)' object has no attribute", "That is a method of another kind of thing: tensors "
     "have methods that arrays lack, and lists and tuples have neither's. np.asarray(x) makes an array.",
     "a method of another type"),
    (r"'Tensor' object has no attribute|module '\S+' has no attribute", "There is no such thing by that name: arrays "
     "and tensors call many things differently.", "a method of another type"),
    (r"truth value of (an array|a Tensor)|Boolean value of Tensor", "`if`, `and`, `or`, `not` and max ask one "
     "question; an array has many answers. Use & | ~ and np.where, or (...).any().", "one question to a whole array"),
    (r"indices must be integers or slices, not (tuple|list|str|Tensor)|only integer scalar arrays", "One whole number "
     "is needed there, as for a place in a list. np.asarray(x) makes an array of a list: it takes x[i, j], and masks.",
     "a list indexed like an array"),
    (r"'(list|tuple)' object cannot be interpreted as an integer", "A whole number is needed there: len(x) counts.",
     "a list where a number is needed"),
    (r"only integers, slices|indices must be integers|cannot be interpreted as an integer|as indices must be|"
     r"single integer, got|must be tuple of ints", "A whole number is needed there: // divides without a rest, / gives "
     "a float.", "a float where a whole number is needed"),
    (r"can only convert an array of size 1|only 0-dimensional arrays|only length-1 arrays|only one element tensors|"
     r"cannot be converted to Scalar|must be real number|define __round__", "One number is needed there, and several "
     "came: np.exp and np.sqrt take arrays, math.exp and float do not.", "an array where a number is needed"),
    (r"is not iterable|cannot unpack|not enough values|too many values|object is not subscriptable|has no len|"
     r"0-d (tensor|array)|invalid index (to scalar|of a 0-dim)", "It is one thing where several are expected, or the "
     "reverse. Print it.", "one thing for several"),
    (r"object is not callable", "Round brackets call a function; square ones take a place out of an array. Or a "
     "function's name was given to a number, or a sign is missing before the bracket.",
     "round brackets on what is no function"),
    (r"read-only|does not support item assignment|refers to a single memory location", "That cannot be changed in "
     "place: make an array or a copy of it first.", "changes what cannot be changed"),
    (r"multiply sequence|unsupported operand.*'list'|can only concatenate (list|tuple)|'list' and|and 'list'|"
     r"unary -: 'list'", "A list is no array: + puts lists together, and arithmetic needs np.asarray(x).",
     "arithmetic with lists"),
    (r"unsupported operand.*'str'|can only concatenate str|could not convert string|invalid literal for", "That is "
     "text, in quotes, where a number is needed.", "text where a number is needed"),
    (r"not implemented for '(Long|Int|Short|Byte)'|could not infer output dtype|Cannot cast ufunc|"
     "can't be cast to the desired", "These are whole numbers, and floats are needed: begin with .astype(float) or "
     ".double(). In place, as x /= y, whole numbers stay whole.", "whole numbers where floats are needed"),
    (r"boolean (subtract|negative)|bool tensors? is not supported|not supported for the input types|"
     r"did not contain a loop|only implemented on integer|not implemented for '(Float|Double|Bool)'|unary ~|"
     "only supports boolean masks|attn_mask dtype", "That operation does not take this kind of number: ~, & and masks "
     "take booleans, - takes numbers.", "the wrong kind of number"),
    (r"by zero|ZeroDivisionError", "Something is divided by 0: which total, count or length can be 0?",
     "division by zero"),
    (r"math domain error|expected a (nonnegative|positive) input", "A root needs 0 or more, a logarithm more than 0. "
     "Print what is handed to it.", "a number outside the domain"),
    (r"zero-size array|empty sequence|argument is empty|at least one array|non-empty|numel\(\) == 0|from empty",
     "There is nothing in it: which index, slice or loop left it empty?", "nothing in it"),
    (r"unexpected keyword|missing .* required|positional argument|takes .* argument|expected .* argument|"
     "invalid combination of arguments", "Something is called with other arguments than it takes. Look at its help: "
     "name? in a cell of its own.", "called with other arguments"),
    (r"maximum recursion", "The function calls itself without an end.", "does not come to an end"),
)  # fmt: skip


def in_error(said: str) -> Finding:
    """What a common exception means, beside what Python says of it; empty for others."""
    for sign, meaning, name in ERRORS:
        if re.search(sign, said):
            return meaning, name
    return "", None
