"""What is written for nbgrader: cells, solutions, points. tests/test_grading.py has nbgrader itself grade."""

import ast
import re
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.__main__ import main
from course_utils.authoring import answer_key, arguments
from course_utils.authoring.assignments import CONFIG, LESSON_ONLY, NO_STUB, assignment, assignments, points
from course_utils.authoring.lessons import NOTEBOOKS, LessonError
from course_utils.exercises.catalogue import EXERCISES, read_solution

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
IMPORTS = "from course_utils.exercises import check"
READ = 'looks_most_at = None\n\ncheck("0.3", looks_most_at)'
REGION = re.compile(r"### BEGIN SOLUTION\n.*?### END SOLUTION", re.S)


def lesson(folder, name, *sources):
    """A notebook without a lesson's number, so that no exercise is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), folder / name)
    return folder / name


def made(*sources):
    return assignment(new_notebook(cells=[new_code_cell(source) for source in sources]), "mine.ipynb").cells


def released(source):
    """What nbgrader's ClearSolutions makes of a cell with our settings: an empty line in the place of a solution."""
    return REGION.sub("", source)


def fields(cell):
    return cell.metadata.get("nbgrader", {})


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The folder of all lessons, made once."""
    folder = tmp_path_factory.mktemp("course")
    assert main(["assignments", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def pair(request, course):
    """A lesson, and the assignment made of it."""
    path = request.param
    source = course / "source" / path.stem / path.name
    return nbformat.read(path, as_version=4), nbformat.read(source, as_version=4)


# every lesson


def test_a_learner_meets_the_lessons_own_cells_and_the_graded_ones(pair):
    original, source = pair
    theirs = [cell for cell in source.cells if not fields(cell).get("grade")]
    assert [cell.cell_type for cell in theirs] == [cell.cell_type for cell in original.cells]
    for cell, met in zip(original.cells, theirs):
        written = released(met.source)
        at_check = cell.source.find("\ncheck(")
        if at_check > 0 and cell.source[at_check - 1] != "\n":  # no empty line there in the lesson
            written = written.replace("\n\ncheck(", "\ncheck(")
        assert written == cell.source
        assert "SOLUTION" not in written
        assert set(cell.metadata.get("tags", [])) <= set(met.metadata.get("tags", []))
        assert not met.get("outputs") and met.get("execution_count") is None


def test_each_exercise_is_solved_and_graded_below_for_its_points(pair):
    original, source = pair
    asked = re.findall(r'^check\("([\d.]+)", (\w+)\)$', "\n".join(cell.source for cell in original.cells), re.M)
    graded = [(above, cell) for above, cell in zip(source.cells, source.cells[1:]) if fields(cell).get("grade")]
    assert len(asked) == len(graded) > 2
    for (exercise, answer), (above, cell) in zip(asked, graded):
        assert f'check("{exercise}", {answer})' in cell.source and f"Exercise {exercise}, " in cell.source
        assert fields(cell)["points"] == EXERCISES[exercise].difficulty
        assert f", {EXERCISES[exercise].difficulty} point" in cell.source
        assert fields(above)["solution"] and not fields(above)["grade"]
        (region,) = REGION.findall(above.source)
        assert read_solution(exercise)[1] in region and "check(" not in region
        assert above.source.index("### END SOLUTION") < above.source.index(f'check("{exercise}"')


def test_nbgraders_fields_keep_to_its_schema(pair):
    """``nbgraderformat/v3.json`` and ``v3.py`` of nbgrader 0.9.6, written down anew."""
    _, source = pair
    nbformat.validate(source)
    marked = [cell for cell in source.cells if fields(cell)]
    for cell in marked:
        mark = fields(cell)
        assert mark["schema_version"] == 3 and cell.cell_type == "code"
        assert all(type(mark[name]) is bool for name in ("grade", "locked", "solution", "task")) and not mark["task"]
        assert set(mark) - {"points"} == {"schema_version", "grade", "locked", "solution", "task", "grade_id"}
        assert ("points" in mark) == mark["grade"] and mark["grade"] <= mark["locked"] != mark["solution"]
        assert re.fullmatch(r"[a-zA-Z0-9_-]+", mark["grade_id"])
    assert len({fields(cell)["grade_id"] for cell in marked}) == len(marked)
    assert len({cell.id for cell in source.cells}) == len(source.cells)


def test_what_all_exercises_need_is_locked_and_what_none_needs_can_be_left_out(pair, monkeypatch):
    _, source = pair
    monkeypatch.setattr(sys, "path", list(sys.path))  # the cell that finds the course may add to it
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    locked = [cell for cell in code if fields(cell).get("locked") and not fields(cell)["grade"]]
    assert locked == code[: len(locked)] and 1 <= len(locked) <= 2 and "import check" in locked[-1].source
    for cell in code:
        assert (LESSON_ONLY in cell.metadata.get("tags", [])) == (not fields(cell))
    space = {"display": lambda shown: None}
    kept = [cell for cell in code if LESSON_ONLY not in cell.metadata.get("tags", [])]
    for cell in kept:  # each graded cell raises if its exercise does not pass
        exec(compile(cell.source, cell.id, "exec"), space)
    assert space["graded"].status == "passed"


def test_no_answer_has_a_name_that_the_lesson_has_used_before(pair):
    """Else an answer's cell that stops with an error would be graded by what the name meant above it."""
    original, _ = pair
    known = set()
    for cell in (cell for cell in original.cells if cell.cell_type == "code"):
        asked = {answer for _, answer in answer_key.checks(cell)}
        assert not asked & known
        for node in ast.walk(ast.parse(cell.source)):
            known |= {getattr(node, "name", None), getattr(node, "asname", None), getattr(node, "id", None)}


def test_the_course_folder_has_the_assignments_and_the_settings(course, tmp_path, capsys):
    assert main(["assignments", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"wrote {len(LESSONS)} assignments for nbgrader into {tmp_path / 'source'}\n"
    files = {path.relative_to(course): path.read_bytes() for path in course.rglob("*") if path.is_file()}
    assert {str(path.as_posix()) for path in files} == {
        CONFIG,
        *(f"source/{path.stem}/{path.name}" for path in LESSONS),
    }
    again = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert again == files
    ast.parse((course / CONFIG).read_text(encoding="utf-8"))


# a graded cell


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("None", "○ Exercise 0.3: not attempted."),
        ('"sat"', "failed (column read for row). 'sat' is the word"),
        ('"cat"', None),
    ],
)
def test_a_graded_cell_raises_with_the_checks_words_or_shows_them(answer, said):
    *_, graded = made(IMPORTS, READ)
    shown = []
    space = {"looks_most_at": ast.literal_eval(answer), "check": lambda *_: 1 / 0, "display": shown.append}
    if said is None:
        exec(graded.source, space)
        assert str(shown[0]).startswith("✔ Exercise 0.3: passed.")
    else:
        with pytest.raises(AssertionError) as caught:
            exec(graded.source, space)
        assert said in str(caught.value) and not shown


def test_points_are_the_difficulty_of_an_exercise():
    assert {points(exercise) for exercise in EXERCISES} == {1, 2, 3}
    assert sum(map(points, EXERCISES)) == 108


def test_two_exercises_of_one_cell_are_graded_one_by_one():
    source = 'looks_most_at = None\ndef shares(amounts):\n    ...\ncheck("0.1", shares)\ncheck("0.3", looks_most_at)'
    _, both, first, second = made(IMPORTS, source)
    assert released(both.source) == source.replace("...\ncheck", "...\n\ncheck")
    assert [fields(cell)["grade_id"] for cell in (both, first, second)] == ["exercise-0-1", "graded-0-1", "graded-0-3"]
    assert fields(first)["points"] + fields(second)["points"] == 2


def test_the_cell_that_finds_the_course_is_locked_like_the_one_that_imports():
    cells = [new_code_cell("import sys"), new_code_cell(IMPORTS), new_code_cell("print(1)"), new_code_cell(READ)]
    cells[0].metadata.tags = ["bootstrap"]
    first, second, third, *_ = assignment(new_notebook(cells=cells), "mine.ipynb").cells
    assert fields(first)["locked"] and fields(second)["locked"] and not fields(third)
    assert third.metadata.tags == [LESSON_ONLY] and first.metadata.tags == ["bootstrap"]


# refused in one sentence


def refused(capsys, *command):
    assert main(["assignments", "--out", *map(str, command)]) == 1
    told = capsys.readouterr()
    assert told.err.count("\n") == 1 and not told.out
    return told.err


def test_a_notebook_without_an_exercise_is_refused(tmp_path, capsys):
    asked = lesson(tmp_path, "mine.ipynb", IMPORTS)
    assert "mine.ipynb has no exercise" in refused(capsys, tmp_path / "out", asked)
    assert not (tmp_path / "out").exists()


def test_an_exercise_that_cannot_be_solved_is_named():
    with pytest.raises(LessonError, match="mine.ipynb, exercise 0.3: its cell does not define looks_most_at"):
        made(IMPORTS, 'check("0.3", looks_most_at)')
    with pytest.raises(LessonError, match="mine.ipynb, exercise 0.3: its check.* begins no line"):
        made(IMPORTS, 'looks_most_at = None\nprint(1); check("0.3", looks_most_at)')


def test_what_cannot_be_read_or_written_is_named(tmp_path, monkeypatch, capsys):
    asked, twin = lesson(tmp_path / "a", "mine.ipynb", READ), lesson(tmp_path / "b", "mine.ipynb", READ)
    (tmp_path / "notes.txt").write_text("no notebook", encoding="utf-8")
    out = tmp_path / "out"
    assert "there is no lesson lost.ipynb" in refused(capsys, out, asked, tmp_path / "lost.ipynb")
    assert "notes.txt is no notebook" in refused(capsys, out, asked, tmp_path / "notes.txt")
    assert "notes.txt is no folder" in refused(capsys, tmp_path / "notes.txt", asked)
    assert "more than one file would be called mine.ipynb" in refused(capsys, out, asked, twin)
    assert "name another folder" in refused(capsys, asked.parent, asked)
    monkeypatch.setattr(arguments, "NOTEBOOKS", tmp_path / "b")
    assert "name another folder" in refused(capsys, tmp_path / "b" / "deep", asked)
    assert not out.exists() and sorted(path.name for path in (tmp_path / "b").iterdir()) == ["mine.ipynb"]


# a second time


@pytest.fixture
def first_time(tmp_path):
    """A lesson, the course folder, and the assignment in it."""
    asked, out = lesson(tmp_path / "a", "mine.ipynb", IMPORTS, READ), tmp_path / "out"
    (written,) = assignments([asked, asked], out)
    assert written == out / "source" / "mine" / "mine.ipynb"
    return asked, out, written


def test_an_assignment_that_nobody_has_changed_is_renewed(first_time):
    asked, out, written = first_time
    saved = nbformat.read(written, as_version=4)
    saved.metadata.language_info.version = "3.12.1"  # as an editor saves it
    saved.cells[1].outputs = [nbformat.v4.new_output("stream", text="1\n")]
    nbformat.write(saved, written)
    lesson(asked.parent, "mine.ipynb", IMPORTS, "new = 1", READ)
    assignments([asked], out)
    assert "new = 1" in written.read_text(encoding="utf-8")
    assert sorted(path.name for path in out.iterdir()) == [CONFIG, "source"]


@pytest.mark.parametrize("change", ["text", "points", "tags", "file"])
def test_a_teachers_change_is_left_and_told(first_time, tmp_path, capsys, change):
    asked, out, written = first_time
    changed = nbformat.read(written, as_version=4)
    if change == "text":
        changed.cells.append(new_markdown_cell("mine"))
    if change == "points":
        changed.cells[-1].metadata.nbgrader.points = 5
    if change == "tags":
        changed.cells[0].metadata.tags = [LESSON_ONLY]
    nbformat.write(changed, written)
    if change == "file":
        written.write_text("no notebook", encoding="utf-8")
    before = written.read_bytes()
    other = lesson(tmp_path / "a", "other.ipynb", IMPORTS, READ)
    assert "has mine.ipynb already, which may hold somebody's work" in refused(capsys, out, other, asked)
    assert written.read_bytes() == before and not (out / "source" / "other").exists()


def test_a_teachers_settings_stay_if_they_keep_the_learners_stubs(first_time, capsys):
    asked, out, written = first_time
    theirs = f'c.CourseDirectory.course_id = "mine"\n{NO_STUB}\n'
    (out / CONFIG).write_text(theirs, encoding="utf-8")
    assignments([asked], out)
    assert (out / CONFIG).read_text(encoding="utf-8") == theirs
    (out / CONFIG).write_text("c = get_config()\n", encoding="utf-8")
    written.unlink()
    assert NO_STUB in refused(capsys, out, asked)
    assert (out / CONFIG).read_text(encoding="utf-8") == "c = get_config()\n" and not written.exists()
