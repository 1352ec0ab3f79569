"""Answers of several words: what speaks against each wrong word, for every way to choose them, and other forms."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from course_utils.exercises.answers_alike import alike
from course_utils.exercises.exercise import Misconception

LETTERS = "ABCDEFGH"
Words = tuple[str, ...]


def misreadings(
    right: Words,
    choices: Words,
    against: tuple[dict[str, str], ...],
    advice: str,
    named: Iterable[Misconception] = (),
) -> tuple[Misconception, ...]:
    """Every wrong answer but those of the misconceptions ``named``; the entries are called A, B, C and so on.

    ``against`` holds for each entry, and each wrong word there, what speaks against it. Two of these are said; where
    more than two words are wrong, ``advice`` for all of them as well.
    """
    found = []
    with_their_own = [one.mistake() for one in named]
    for given in product(choices, repeat=len(right)):
        if given == right or given in with_their_own:
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


def not_a_tuple(right: Words, explain: str) -> tuple[Misconception, ...]:
    """The right words in another form: with their letters in a dictionary, or in one text without commas."""
    return alike("not a tuple", (dict(zip(LETTERS, right)), " ".join(right)), explain)
