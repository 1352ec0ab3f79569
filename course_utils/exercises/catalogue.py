"""The four calls a learner makes, over all exercises of all lessons."""

from __future__ import annotations

from importlib import resources

from course_utils.exercises import (
    audio,
    cost,
    dot_product,
    first_steps,
    multi_head,
    pretrained,
    recurrence,
    self_attention,
    transformer,
    translation,
    vision,
)
from course_utils.exercises.exercise import Exercise
from course_utils.exercises.result import FAILED, CheckResult, Shown

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for part in (
        first_steps,
        recurrence,
        dot_product,
        translation,
        self_attention,
        multi_head,
        transformer,
        vision,
        audio,
        cost,
        pretrained,
    )
    for exercise in part.EXERCISES
}
_hints_given: dict[str, int] = {}


def check(exercise: str, answer: object) -> CheckResult:
    """Judge an answer. Never raises, whatever it is given; shows itself as a cell's last expression."""
    found = EXERCISES.get(exercise) if isinstance(exercise, str) else None
    if found is None:
        return CheckResult(str(exercise), FAILED, f"There is no such exercise; there are {', '.join(EXERCISES)}.")
    try:
        return found.judge(answer)
    except Exception as error:  # an answer with hostile methods can break the comparison itself
        return CheckResult(
            exercise, FAILED, f"Your answer could not be compared: {type(error).__name__}.", "wrong type"
        )


def hint(exercise: str) -> Shown:
    """One more hint than last time. Raises KeyError when there is no such exercise."""
    hints = _find(exercise).hints
    given = min(_hints_given.get(exercise, 0) + 1, len(hints))
    _hints_given[exercise] = given
    left = "" if given < len(hints) else f' That was the last one; solution("{exercise}") shows the answer.'
    return Shown(f"Hint {given} of {len(hints)} for exercise {exercise}.", hints[given - 1] + left)


def solution(exercise: str) -> Shown:
    """An answer that passes, with a sentence on why. Raises KeyError when there is no such exercise."""
    _find(exercise)
    source = (
        resources.files("course_utils.exercises").joinpath("solutions", f"{exercise}.py").read_text(encoding="utf-8")
    )
    comment = [line for line in source.splitlines() if line.startswith("# ")]
    code = "\n".join(line for line in source.splitlines() if not line.startswith("# ")).strip()
    return Shown(f"Solution of exercise {exercise}.", " ".join(line[2:] for line in comment), code)


def catalogue() -> Shown:
    """All exercises, with lesson, minutes, difficulty and objective."""
    rows = [
        f"{e.id:5} lesson {e.lesson}  {e.kind:8} {e.minutes:2d} min  {'*' * e.difficulty:4} {e.objective}"
        for e in EXERCISES.values()
    ]
    return Shown(f"{len(rows)} exercises.", "", "\n".join(rows))


def _find(exercise: str) -> Exercise:
    if exercise not in EXERCISES:
        raise KeyError(f"there is no exercise {exercise!r}; there are {', '.join(EXERCISES)}")
    return EXERCISES[exercise]
