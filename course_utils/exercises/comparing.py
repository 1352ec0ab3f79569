"""When two answers are the same: numbers to rounding, words without regard to case."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.reading import as_array, entries, fold, letter, truth

RELATIVE, ABSOLUTE = 2e-4, 1e-5  # agreement to float32 rounding counts as right


def close(one: np.ndarray | None, other: np.ndarray | None, tolerance: float) -> bool:
    """Same shape, and the same numbers to the tolerance; not where one of the two could not be read."""
    if one is None or other is None or one.shape != other.shape:
        return False
    return bool(
        np.allclose(one, other, rtol=RELATIVE if tolerance <= ABSOLUTE else 0.0, atol=tolerance, equal_nan=True)
    )


def all_close(ones: tuple[np.ndarray, ...] | None, others: tuple[np.ndarray, ...] | None, tolerance: float) -> bool:
    """As ``close``, for as many arrays as are asked for."""
    if ones is None or others is None or len(ones) != len(others):
        return False
    return all(close(one, other, tolerance) for one, other in zip(ones, others))


def same_word(got: object, expected: object) -> bool:
    """The same word, truth value, sequence of words, or the same for each name of a dictionary."""
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(same_word(got[name], expected[name]) for name in expected)
        )
    if isinstance(expected, tuple):
        found = entries(got)
        return found is not None and len(found) == len(expected) and all(map(_same_entry, found, expected))
    if isinstance(expected, bool):
        return truth(got) is expected
    if isinstance(expected, str) and len(expected) == 1:
        return letter(got) == letter(expected)
    return fold(got) == fold(expected)


def _same_entry(got: object, expected: object) -> bool:
    """An entry of a tuple, already folded; a whole number may also be written as text."""
    if isinstance(expected, int) and not isinstance(expected, bool) and isinstance(got, str):
        number = as_array(got)
        return number is not None and float(number) == expected
    return got == fold(expected)
