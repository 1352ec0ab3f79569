"""The calls a learner makes, over all exercises of all lessons."""

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
from course_utils.exercises.judging import judge
from course_utils.exercises.progress import Records, load, progress_by_lesson, progress_of, save
from course_utils.exercises.result import FAILED, CheckResult, Shown, Table

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
_records = Records()  # of this kernel


def check(exercise: str, answer: object) -> CheckResult:
    """Judge an answer. Never raises, whatever it is given; shows itself as a cell's last expression."""
    found = EXERCISES.get(exercise) if isinstance(exercise, str) else None
    if found is None:
        asked = exercise if isinstance(exercise, str) else type(exercise).__name__
        return CheckResult(asked, FAILED, f"There is no such exercise; there are {', '.join(EXERCISES)}.")
    result = judge(found, answer)
    _records.checked(result)
    return result


def hint(exercise: str) -> Shown:
    """One more hint than last time. Raises KeyError when there is no such exercise."""
    hints = _find(exercise).hints
    given = min(_records.hinted(exercise), len(hints))
    left = "" if given < len(hints) else f' That was the last one; solution("{exercise}") shows the answer.'
    return Shown(f"Hint {given} of {len(hints)} for exercise {exercise}.", hints[given - 1] + left)


def solution(exercise: str) -> Shown:
    """An answer that passes, with a sentence on why. Raises KeyError when there is no such exercise."""
    shown = Shown(f"Solution of exercise {exercise}.", *read_solution(exercise))
    _records.opened(exercise)
    return shown


def read_solution(exercise: str) -> tuple[str, str]:
    """The stored solution: a sentence that says why, and the code of the learner's cell.

    Raises KeyError when there is no such exercise, or no solution of it.
    """
    _find(exercise)
    file = resources.files("course_utils.exercises").joinpath("solutions", f"{exercise}.py")
    if not file.is_file():
        raise KeyError(f"exercise {exercise!r} has no stored solution")
    lines = file.read_text(encoding="utf-8").splitlines()
    why = " ".join(line[2:] for line in lines if line.startswith("# "))
    return why, "\n".join(line for line in lines if not line.startswith("# ")).strip()


def catalogue(exercise: str | None = None) -> Table:
    """All exercises; or one of them, with the mistakes that its check knows and where somebody was seen making them.

    Raises KeyError when there is no such exercise.
    """
    if exercise is not None:
        one = _find(exercise)
        about = f"{one.kind}, {one.minutes} minutes, difficulty {one.difficulty} of 3, to {one.objective}"
        rows = dict.fromkeys((known.name, known.seen) for known in one.misconceptions)
        cited_first = tuple(sorted(rows, key=lambda row: not row[1]))
        return Table(f"Exercise {exercise}: {one.title} ({about})", ("known mistake", "seen in"), cited_first)
    columns = ("exercise", "lesson", "kind", "minutes", "difficulty", "known mistakes", "to learn to")
    rows = tuple(
        (e.id, e.lesson, e.kind, str(e.minutes), "*" * e.difficulty, str(len(e.misconceptions)), e.objective)
        for e in EXERCISES.values()
    )
    return Table(f"{len(rows)} exercises.", columns, rows)


def progress(lesson: str | None = None) -> Table:
    """What was passed in this kernel: lesson by lesson, or exercise by exercise of one lesson ("02").

    Raises KeyError when the lesson has no exercises.
    """
    lessons = {e.lesson: [one for one in EXERCISES.values() if one.lesson == e.lesson] for e in EXERCISES.values()}
    if lesson is None:
        return progress_by_lesson(lessons, _records)
    number = str(lesson).zfill(2)
    if number not in lessons:
        raise KeyError(f"there is no lesson {lesson!r} with exercises; there are {', '.join(lessons)}")
    return progress_of(lessons[number], _records)


def save_progress(path: str) -> Shown:
    """Keep in a file what was tried and passed, joined with what the file has. Says what was done; never raises."""
    return Shown(save(path, _records), "")


def load_progress(path: str) -> Shown:
    """Go on from a file of ``save_progress``, the better of it and this kernel. Says what was found; never raises."""
    return Shown(load(path, _records, list(EXERCISES)), "")


def _find(exercise: str) -> Exercise:
    if exercise not in EXERCISES:
        raise KeyError(f"there is no exercise {exercise!r}; there are {', '.join(EXERCISES)}")
    return EXERCISES[exercise]
