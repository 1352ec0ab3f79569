"""Answers to the exercises as learners might write them: right ones, and wrong ones with the thought behind them.

They were written from the lessons alone, by people who had not read the checks and their messages, so they measure
what a check says to an answer that it was not made for. With those of ``lesson_NN`` messages are mended; with those
of ``held_out_*`` they are not: these tell how it goes with answers that nobody has seen yet. When they were first
judged, 272 of the 277 had a name that fits; the messages for the other five have been mended since.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

NOT_NAMED = None


@dataclass(frozen=True)
class Answer:
    """What is handed in. ``thought`` is how a right one is computed, or what is mistaken in a wrong one."""

    exercise: str
    thought: str
    handed_in: object
    right: bool
    named: str | None = NOT_NAMED  # the misconception that says what is mistaken; None where no one does
    held_out: bool = False


ANSWERS: list[Answer] = []


def right(exercise: str, thought: str) -> Callable:
    """Take down a right answer: ``right("2.1", "as text")("0.87")``, or above a function."""

    def take_down(answer):
        ANSWERS.append(Answer(exercise, thought, answer, right=True))
        return answer

    return take_down


def wrong(exercise: str, thought: str, named: str | None = NOT_NAMED, held_out: bool = False) -> Callable:
    """Take down a wrong answer, with what whoever wrote it believes and the name that fits it."""

    def take_down(answer):
        ANSWERS.append(Answer(exercise, thought, answer, right=False, named=named, held_out=held_out))
        return answer

    return take_down


def held_out(exercise: str, thought: str, named: str | None = NOT_NAMED) -> Callable:
    """As ``wrong``, for an answer that no message is mended with."""
    return wrong(exercise, thought, named, held_out=True)
