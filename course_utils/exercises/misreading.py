"""Answers of several words: what speaks against each wrong word, for every way to choose them."""

from __future__ import annotations

from collections.abc import Collection
from itertools import product

from course_utils.exercises.exercise import Misconception

LETTERS = "ABCDEFGH"
Words = tuple[str, ...]


def misreadings(
    right: Words, choices: Words, against: tuple[dict[str, str], ...], advice: str, listed: Collection[Words] = ()
) -> tuple[Misconception, ...]:
    """Every wrong answer that is not ``listed`` elsewhere; the entries are called A, B, C and so on.

    ``against`` holds for each entry, and each wrong word there, what speaks against it. Two of these are said; where
    more than two words are wrong, ``advice`` for all of them as well.
    """
    found = []
    for given in product(choices, repeat=len(right)):
        if given == right or given in listed:
            continue
        wrong = [index for index, word in enumerate(given) if word != right[index]]
        well = [letter for index, letter in enumerate(LETTERS[: len(right)]) if index not in wrong]
        are_right = f"{', '.join(well)} {'are' if len(well) > 1 else 'is'} right. " if well else ""
        clues = " ".join(dict.fromkeys(against[index][given[index]] for index in wrong[:2]))
        found.append(
            Misconception(
                ", ".join(f"{LETTERS[index]} taken for {given[index]}" for index in wrong),
                lambda given=given: given,
                f"{are_right}{clues}{f' {advice}' if len(wrong) > 2 else ''}",
            )
        )
    return tuple(found)
