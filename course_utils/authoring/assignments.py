"""A course folder for nbgrader: lessons whose exercises are graded by their own checks.

The fields of a graded cell are those of nbgrader's schema version 3 (nbgrader 0.9.6, ``nbgraderformat/v3.json`` and
``v3.py``; https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html):

- the learner's cell is a *solution*: free to change, not graded by itself;
- the cell below it is *graded*: locked, worth points, none of them when it raises (``utils.determine_grade``);
- the cells that import what the exercises need are *locked*, so that autograding puts them back as they were.

All other cells stay free, since a lesson is there to be tried out.
"""

from __future__ import annotations

import copy
import hashlib
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path

import nbformat

from course_utils.authoring.answer_key import WIDTH, checks, solved
from course_utils.authoring.arguments import require_copies, require_elsewhere, require_folder, require_lessons
from course_utils.authoring.handout import unrun
from course_utils.authoring.lessons import BOOTSTRAP, LessonError, as_text, write_all
from course_utils.exercises.catalogue import EXERCISES, read_solution

SCHEMA_VERSION = 3
MADE_FROM = "attention_measured"  # in a notebook's metadata: what its cells were when they were written here, as a hash
LESSON_ONLY = "lesson-only"  # tag of the cells that no exercise needs
CONFIG = "nbgrader_config.py"
NO_STUB = 'c.ClearSolutions.code_stub = {"python": ""}'
SETTINGS = f'''"""What nbgrader has to know of this course. It reads this file when it is started in this folder."""

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "attention"

# The learner's stub stands above the solution, so nothing takes the solution's place.
{NO_STUB}

# Seconds for a cell, and to wait for what it prints. On a busy computer nbgrader's own 30 and 4 are too few, and a
# notebook that is waited for in vain is not graded at all.
c.Execute.timeout = 120
c.Execute.iopub_timeout = 60

# Notebooks handed in as files, for nbgrader zip_collect: STUDENT_02_dot_product_attention.ipynb, no "_" in STUDENT.
c.FileNameCollectorPlugin.named_regexp = r".*[/\\\\](?P<student_id>[^_/\\\\]+)_(?P<file_id>[^/\\\\]+)"
'''


def assignments(notebooks: Sequence[Path], folder: Path) -> list[Path]:
    """Write ``source/NAME/NAME.ipynb`` for each lesson, and nbgrader's settings beside ``source``; runs nothing.

    A settings file that is there stays. Returns the assignments' files, in the order of the lessons.

    Raises LessonError as ``assignment`` and ``require_copies`` do, where only an assignment that nobody has changed
    since it was written is replaced; and when the settings that are there would put nbgrader's stub below ours.
    """
    asked = list(dict.fromkeys(path.resolve() for path in notebooks))
    require_lessons(asked)
    require_folder(folder, [path.name for path in asked])
    require_elsewhere(folder, asked)
    files = {}
    for path in asked:
        place = folder / "source" / path.stem
        require_copies([path], place, _is_unchanged)
        files[place / path.name] = as_text(assignment(nbformat.read(path, as_version=4), path.name))
    settings = folder / CONFIG
    if not settings.exists():
        write_all({**files, settings: SETTINGS})
    elif NO_STUB in settings.read_text(encoding="utf-8"):
        write_all(files)
    else:
        raise LessonError(
            f"{settings} lacks the line  {NO_STUB}  without which nbgrader writes a stub of its own below the lesson's."
        )
    return list(files)


def assignment(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """A copy as nbgrader's source: solutions beside the stubs, a graded cell below each exercise; not run.

    ``name`` is the notebook's file. ``nbgrader generate_assignment`` takes the solutions out again, which leaves the
    learner the lesson's own cells. Cells that no exercise needs have the tag ``LESSON_ONLY``.

    Raises LessonError as ``solved`` does, when there is no exercise in the notebook, and when a check begins no line.
    """
    solved(notebook, name)
    notebook = unrun(copy.deepcopy(notebook))
    if not any(map(checks, notebook.cells)):
        raise LessonError(f"{name} has no exercise, so there is nothing to grade.")
    needed = _needed_by_all(notebook.cells)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        exercises = checks(cell)
        if exercises:
            if not any(line.startswith("check(") for line in cell.source.split("\n")):
                raise LessonError(
                    f'{name}, exercise {exercises[0][0]}: its check("{exercises[0][0]}", ...) begins no line.'
                )
            cell.source = _with_solutions(cell.source, [exercise for exercise, _ in exercises])
            _mark(cell, f"exercise-{_dashed(exercises[0][0])}", solution=True)
            cells += [_graded(exercise, answer) for exercise, answer in exercises]
        elif cell in needed:
            _mark(cell, f"needed-{1 + needed.index(cell)}", locked=True)
        elif cell.cell_type == "code":
            cell.metadata.tags = [*cell.metadata.get("tags", []), LESSON_ONLY]
    notebook.cells = cells
    notebook.metadata[MADE_FROM] = _hash(notebook)
    return notebook


def points(exercise: str) -> int:
    """What a passed exercise is worth: its difficulty, 1 to 3, which says how much has to be put together for it.

    All or none: a check finds the first mistake and not how many there are, so a part of the points would be a guess.
    """
    return EXERCISES[exercise].difficulty


def _needed_by_all(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """The cell that finds the course, if there is one, and the one after it, which imports what the exercises need."""
    code = [cell for cell in cells if cell.cell_type == "code"]
    return code[: 2 if BOOTSTRAP in code[0].metadata.get("tags", []) else 1]


def _with_solutions(source: str, exercises: list[str]) -> str:
    """The cell's code with the solutions above its first check, in place of the empty line there.

    nbgrader leaves an empty line where a solution was, which makes the learner's cell the lesson's, to the letter.
    """
    lines = source.split("\n")
    first = next(index for index, line in enumerate(lines) if line.startswith("check("))
    stubs = lines[:first] if lines[first - 1].strip() else lines[: first - 1]
    solutions = [line for exercise in exercises for line in _solution(exercise)]
    return "\n".join([*stubs, "### BEGIN SOLUTION", *solutions, "### END SOLUTION", *lines[first:]])


def _solution(exercise: str) -> list[str]:
    why, code = read_solution(exercise)
    return [f"# {line}" for line in textwrap.wrap(why, WIDTH - 2)] + [code]


def _graded(exercise: str, answer: str) -> nbformat.NotebookNode:
    """The locked cell that gives the points: it raises with the check's words, or shows them."""
    worth = f"{points(exercise)} point{'s' * (points(exercise) > 1)}"
    source = (
        f"# Exercise {exercise}, {worth}. Change nothing here; run it to see whether you have them.\n"
        "from course_utils.exercises import check\n\n"
        f'graded = check("{exercise}", {answer})\n'
        'assert graded.status == "passed", graded\n'
        "display(graded)"
    )
    cell = nbformat.v4.new_code_cell(source, id=f"graded-{_dashed(exercise)}")
    _mark(cell, cell.id, grade=True, locked=True, points=points(exercise))
    return cell


def _mark(cell: nbformat.NotebookNode, grade_id: str, **fields: bool | int) -> None:
    """Write nbgrader's fields into the cell's metadata; those that are not named are False."""
    marks = {"grade": False, "locked": False, "solution": False, "task": False}
    marks |= {"schema_version": SCHEMA_VERSION, "grade_id": grade_id, **fields}
    cell.metadata.nbgrader = nbformat.from_dict(marks)


def _dashed(exercise: str) -> str:
    """An exercise's number as nbgrader allows it in an id."""
    return exercise.replace(".", "-")


def _hash(notebook: nbformat.NotebookNode) -> str:
    """Of what a teacher would change: texts, tags and nbgrader's fields."""
    kept = [[c.cell_type, c.source, c.metadata.get("tags"), c.metadata.get("nbgrader")] for c in notebook.cells]
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:12]


def _is_unchanged(notebook: nbformat.NotebookNode) -> bool:
    """Whether a notebook was written here and not changed since."""
    return notebook.metadata.get(MADE_FROM) == _hash(notebook)
