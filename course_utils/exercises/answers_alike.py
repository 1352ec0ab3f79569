"""Wrong values that go back to one mistake."""

from __future__ import annotations

from collections.abc import Iterable

from course_utils.exercises.exercise import Misconception


def alike(name: str, answers: Iterable[object], explain: str) -> tuple[Misconception, ...]:
    """The same misconception for each of these values; ``explain`` may use ``{got}``."""
    return tuple(Misconception(name, lambda answer=answer: answer, explain) for answer in answers)
