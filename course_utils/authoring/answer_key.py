"""Lessons with the stored solutions in place of the stubs, run, every exercise passed."""

from __future__ import annotations

import ast
import copy
import textwrap
from collections.abc import Sequence
from pathlib import Path

import nbformat

from course_utils.authoring.arguments import require_copies
from course_utils.authoring.lessons import LessonError, as_text, run, tidy, write_all
from course_utils.exercises.catalogue import EXERCISES, read_solution
from course_utils.exercises.result import PASSED, CheckResult

NOTE = "answer-key"  # the id of the cell that says what the notebook is
WIDTH = 90  # characters in a line of a lesson's code


def answer_key(notebooks: Sequence[Path], folder: Path) -> list[Path]:
    """Solve the lessons, run them where they lie, and write the copies into the folder, with their outputs.

    Nothing is written unless every exercise of every lesson has passed. Returns the files, in the order of the lessons.

    Raises LessonError as ``solved`` and ``lessons.run`` do, with the check's own words when an exercise does not pass,
    and as ``require_copies`` does; only older answer keys are replaced.
    """
    asked = require_copies(notebooks, folder, lambda notebook: notebook.cells[0].id == NOTE)
    keys = {path: solved(nbformat.read(path, as_version=4), path.name) for path in asked}  # before minutes of running
    for path, notebook in keys.items():
        run(notebook, path)
        tidy(notebook)
        _require_passed(notebook, path.name)
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(_note(path.name), id=NOTE))
    files = {folder / path.name: as_text(notebook) for path, notebook in keys.items()}
    write_all(files)
    return list(files)


def solved(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """A copy in which each exercise's stub is the stored solution, below the comment that says why; not run.

    What else stands in a cell stays. ``name`` is the notebook's file: its first two figures are the lesson's number.

    Raises LessonError, naming lesson and exercise, when there is no stored solution or it does not define what the cell
    hands in, when the cell has no stub to put it in the place of, and when an exercise of the lesson has no check.
    """
    notebook = copy.deepcopy(notebook)
    found = set()
    for cell in notebook.cells:
        for exercise, answer in checks(cell):
            try:
                cell.source = _with_solution(cell.source, exercise, answer)
            except (KeyError, ValueError, SyntaxError) as error:
                raise LessonError(f"{name}, exercise {exercise}: {error.args[0]}") from None
            found.add(exercise)
    unchecked = [exercise.id for exercise in EXERCISES.values() if exercise.lesson == name[:2]]
    unchecked = [exercise for exercise in unchecked if exercise not in found]
    if unchecked:
        raise LessonError(f'{name}, exercise {unchecked[0]}: no cell ends in check("{unchecked[0]}", ...).')
    return notebook


def checks(cell: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """Exercise and name handed in of each line ``check("2.1", name)``, in their order; none where a cell has magics."""
    try:
        lines = ast.parse(cell.source).body if cell.cell_type == "code" else []
    except SyntaxError:
        return []
    calls = [line.value for line in lines if isinstance(line, ast.Expr) and isinstance(line.value, ast.Call)]
    calls = [call for call in calls if ast.unparse(call.func) == "check" and len(call.args) == 2]
    return [(call.args[0].value, ast.unparse(call.args[1])) for call in calls if isinstance(call.args[0], ast.Constant)]


def _with_solution(source: str, exercise: str, answer: str) -> str:
    """The cell's code with the solution where the answer was defined.

    Raises KeyError when there is no such solution, ValueError when it or the cell does not define the answer.
    """
    why, code = read_solution(exercise)
    if not any(_defines(statement, answer) for statement in ast.parse(code).body):
        raise ValueError(f"the stored solution does not define {answer}, which the cell hands in.")
    statements = ast.parse(source).body
    stubs = [statement for statement in statements if _defines(statement, answer)]
    if not stubs:
        raise ValueError(f"its cell does not define {answer} in a statement of its own.")
    lines = source.split("\n")
    taken = [range(_first_line(stub), stub.end_lineno) for stub in stubs]
    others = [range(_first_line(other), other.end_lineno) for other in statements if other not in stubs]
    if any(set(stub) & set(other) for stub in taken for other in others):
        raise ValueError(f"{answer} shares a line with another statement of its cell.")
    comment = textwrap.wrap(why, WIDTH, initial_indent="# ", subsequent_indent="# ")
    for stub in reversed(taken):
        lines[stub.start : stub.stop] = [*comment, code] if stub is taken[0] else []
    return "\n".join(lines)


def _defines(statement: ast.stmt, name: str) -> bool:
    """Whether a statement gives this name its value, and no other name."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return statement.name == name
    if isinstance(statement, ast.Assign):
        return [ast.unparse(target) for target in statement.targets] == [name]
    return isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == name


def _first_line(statement: ast.stmt) -> int:
    """Counted from 0, with its decorators."""
    return min(node.lineno for node in (statement, *getattr(statement, "decorator_list", []))) - 1


def _require_passed(notebook: nbformat.NotebookNode, name: str) -> None:
    """Raise LessonError, with what the check said, unless the outputs say *passed* for every exercise."""
    for cell in notebook.cells:
        said = [output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])]
        for exercise, _ in checks(cell):
            if not any(text.startswith(CheckResult(exercise, PASSED, "").headline) for text in said):
                words = "\n".join(said) or "its check shows nothing; it must be the cell's last line."
                raise LessonError(f"{name}, exercise {exercise}: {words}")


def _note(name: str) -> str:
    lesson = f"lesson {name[:2]}, " if name[:2].isdigit() else ""
    return (
        f"**Answer key**, made from {lesson}`{name}`: every exercise holds its stored solution, and its check has "
        "passed. Not for learners. Changes belong in the lesson, from which this is made anew."
    )
