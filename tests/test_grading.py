"""nbgrader itself makes assignments, collects what four learners hand in, and gives them points.

It is skipped where nbgrader is missing: tests/nbgrader.sh makes an environment that has it, and activates it, since
nbgrader calls alembic by name.
"""

import html
import re
import subprocess
from types import SimpleNamespace

import nbformat
import pytest

from course_utils.__main__ import main
from course_utils.authoring.assignments import LESSON_ONLY, points
from course_utils.authoring.lessons import NOTEBOOKS
from course_utils.exercises.catalogue import EXERCISES, read_solution

pytest.importorskip("nbgrader", reason="tests/nbgrader.sh runs this with nbgrader")

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
QUICKLY = (f"--Execute.skip_cells_with_tag={LESSON_ONLY}", "--Execute.timeout=30")


def nbgrader(course, *command):
    """Run ``nbgrader COMMAND`` in the course's folder, as a teacher does; what it said."""
    done = subprocess.run(["nbgrader", *command], cwd=course, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


def mixed(place, exercise):
    """An answer that does not come to an end, one that raises, the right one, and a wrong one, in turn."""
    name, is_function = exercise.answer, bool(exercise.cases)
    return [
        f"def {name}(*inputs):\n    while True:\n        pass" if is_function else "while True:\n    pass",
        f"def {name}(*inputs):\n    return unheard_of" if is_function else f"{name} = unheard_of",
        read_solution(exercise.id)[1],
        f"def {name}(*inputs):\n    return 'neither'" if is_function else f"{name} = 'neither'",
    ][place % 4]


def handed_in(released, answers):
    """The learner's notebook, with an answer in the place of each stub; None leaves the stub."""
    notebook = nbformat.from_dict(released)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        answer = answers.get(name.removeprefix("exercise-").replace("-", "."))
        if answer is not None and name.startswith("exercise-"):
            cell.source = f"{answer}\n\n{cell.source[cell.source.index('check(') :]}"
    return notebook


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def graded(request, tmp_path_factory):
    """One lesson, from the command to the feedback."""
    name, course = request.param.stem, tmp_path_factory.mktemp("course")
    lesson = nbformat.read(request.param, as_version=4)
    assert main(["assignments", "--out", str(course), str(request.param)]) == 0
    exercises = [exercise for exercise in EXERCISES.values() if exercise.lesson == name[:2]]
    validated = nbgrader(course, "validate", f"source/{name}/{name}.ipynb")
    nbgrader(course, "generate_assignment", name)
    released = nbformat.read(course / "release" / name / f"{name}.ipynb", as_version=4)

    archive = course / "downloaded" / name / "archive"
    archive.mkdir(parents=True)
    answers = {
        "ada": {exercise.id: read_solution(exercise.id)[1] for exercise in exercises},
        "bob": {},
        "cora": {exercise.id: mixed(place, exercise) for place, exercise in enumerate(exercises)},
        "dora": {},
    }
    for student, theirs in answers.items():
        notebook = handed_in(released, theirs)
        if student == "dora":  # gives herself the points, and a check that is always content
            for cell in notebook.cells:
                if cell.metadata.get("nbgrader", {}).get("grade"):
                    cell.source, cell.metadata.nbgrader.points = "pass", 100
                elif cell.metadata.get("nbgrader", {}).get("locked"):
                    cell.source += "\ncheck = print"
        nbformat.write(notebook, archive / f"{student}_{name}.ipynb")
    nbgrader(course, "zip_collect", name)
    nbgrader(course, "autograde", name, "--student=ada")  # the whole lesson
    nbgrader(course, "autograde", name, *QUICKLY)  # the others
    nbgrader(course, "generate_feedback", name)
    return SimpleNamespace(
        lesson=lesson,
        name=name,
        course=course,
        exercises=exercises,
        validated=validated,
        released=released,
    )


def scores(graded):
    """The gradebook's points for each learner: in all, and for each exercise."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded.course / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(graded.name):
            assert submission.max_score == sum(points(exercise.id) for exercise in graded.exercises)
            assert not submission.needs_manual_grade
        return {
            submission.student.id: {
                grade.name.removeprefix("graded-").replace("-", "."): grade.score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in gradebook.assignment_submissions(graded.name)
        }


def feedback(graded, student):
    """The words of a learner's page."""
    page = graded.course / "feedback" / student / graded.name / f"{graded.name}.html"
    return html.unescape(re.sub("<[^>]+>", "", page.read_text(encoding="utf-8")))


def test_the_source_is_valid_and_passes(graded):
    assert "Success! Your notebook passes all the tests." in graded.validated


def test_a_learner_gets_the_lessons_own_cells_without_the_solutions(graded):
    theirs = [cell for cell in graded.released.cells if not cell.metadata.get("nbgrader", {}).get("grade")]
    assert len(theirs) == len(graded.lesson.cells)
    for cell, met in zip(graded.lesson.cells, theirs):
        assert [line for line in met.source.split("\n") if line] == [line for line in cell.source.split("\n") if line]


def test_everyone_has_the_points_of_what_they_got_right(graded):
    worth = {exercise.id: points(exercise.id) for exercise in graded.exercises}
    right = {exercise.id for place, exercise in enumerate(graded.exercises) if place % 4 == 2}
    assert scores(graded) == {
        "ada": worth,
        "bob": dict.fromkeys(worth, 0),
        "cora": {exercise: worth[exercise] if exercise in right else 0 for exercise in worth},
        "dora": dict.fromkeys(worth, 0),
    }


def test_the_feedback_has_the_checks_words(graded):
    for exercise in graded.exercises:
        assert f"✔ Exercise {exercise.id}: passed." in feedback(graded, "ada")
        assert f"AssertionError: ○ Exercise {exercise.id}: not attempted." in feedback(graded, "bob")
        assert f"AssertionError: ○ Exercise {exercise.id}: not attempted." in feedback(graded, "dora")
    page = feedback(graded, "cora")
    for place, exercise in enumerate(graded.exercises):
        if place % 4 == 2:
            assert f"✔ Exercise {exercise.id}: passed." in page
        elif place % 4 == 3 or exercise.cases:
            assert f"AssertionError: ✘ Exercise {exercise.id}: failed" in page
        else:  # the learner's cell itself has failed
            assert f"NameError: name '{exercise.answer}' is not defined" in page
    if graded.exercises[0].cases:
        assert f"✘ Exercise {graded.exercises[0].id}: failed (does not come to an end)." in page
