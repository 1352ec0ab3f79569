"""Right results that are rounded or cut off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from course_utils.exercises.exercise import Misconception


def _by_python(digits: int) -> Callable[[np.ndarray], list[float]]:
    return lambda numbers: [round(number, digits) for number in numbers.tolist()]


def _cut_off(digits: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda numbers: np.floor(numbers * 10**digits) / 10**digits


def roundings(of_exact: Callable[[Callable], Callable], explain: str) -> list[Misconception]:
    """Right, but rounded or cut off, to one, two or three decimals."""
    return [
        Misconception(f"rounded to {kept}", of_exact(rounded), explain)
        for digits, kept in enumerate(("one decimal", "two decimals", "three decimals"), start=1)
        for rounded in (partial(np.round, decimals=digits), _by_python(digits), _cut_off(digits))
    ]
