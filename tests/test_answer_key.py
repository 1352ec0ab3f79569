"""An answer key: the solution takes the stub's place and no other, and only what has passed is written."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.__main__ import main
from course_utils.authoring import answer_key as module
from course_utils.authoring.answer_key import answer_key, solved
from course_utils.authoring.lessons import NOTEBOOKS, LessonError, run

SHARES = """# Dividing by the sum keeps the proportions and makes the total 1.
def shares(amounts):
    return amounts / amounts.sum()"""
CAT = "# In the row of 'it' the largest weight, 0.60, stands in the column of 'cat'.\nlooks_most_at = \"cat\""
IMPORTS = "from course_utils.exercises import check"
READ = 'looks_most_at = None\n\ncheck("0.3", looks_most_at)'


def notebook(*sources):
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def lesson(folder, name, *sources):
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook(*sources), folder / name)
    return folder / name


def filled(source):
    """One cell's code, solved; of a lesson without a number, so that no other exercise is missing."""
    return solved(notebook(source), "my_lesson.ipynb").cells[0].source


# what the solution takes the place of


@pytest.mark.parametrize(
    ("stub", "expected"),
    [
        ("def shares(amounts):\n    ...", SHARES),
        ("def shares(amounts):  # yours\n    total = amounts.sum()\n\n    return total", SHARES),
        ("@cached\n@timed(\n    2)\ndef shares(amounts):\n    ...", SHARES),
        ("shares = None", SHARES),
        ("shares: object = None", SHARES),
        ("shares = lambda amounts: [\n    1,\n    2,\n]", SHARES),
        ("given = [1, 2]\ndef shares(amounts):\n    ...\nprint(given)", f"given = [1, 2]\n{SHARES}\nprint(given)"),
        ("# mend it:\ndef shares(amounts):\n    return amounts", f"# mend it:\n{SHARES}"),
        ("shares = None\nother = 'ä'; more = 1\ndef shares(amounts):\n    ...", f"{SHARES}\nother = 'ä'; more = 1"),
        ("class shares:\n    ...", SHARES),
    ],
)
def test_the_solution_takes_the_place_of_what_defines_the_answer(stub, expected):
    assert filled(f'{stub}\n\ncheck("0.1", shares)') == f'{expected}\n\ncheck("0.1", shares)'


def test_two_exercises_in_one_cell_are_both_solved():
    source = 'looks_most_at = None\ndef shares(amounts):\n    ...\ncheck("0.1", shares)\ncheck("0.3", looks_most_at)'
    assert filled(source) == f'{CAT}\n{SHARES}\ncheck("0.1", shares)\ncheck("0.3", looks_most_at)'


@pytest.mark.parametrize("source", ["%matplotlib inline", "shares = None\nprint('check(\"0.1\", shares)')", ""])
def test_a_cell_without_a_check_stays_as_it_is(source):
    before = notebook(source)
    before.cells += [new_markdown_cell('check("0.1", shares)')]
    assert solved(before, "my_lesson.ipynb") == before


def test_the_unsolved_notebook_stays_as_it_is():
    before = notebook(READ)
    solved(before, "my_lesson.ipynb")
    assert before.cells[0].source == READ


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('answer = None\ncheck("0.3", answer)', "exercise 0.3: the stored solution does not define answer"),
        ('check("0.3", looks_most_at)', "exercise 0.3: its cell does not define looks_most_at"),
        ('looks_most_at, other = None, 1\ncheck("0.3", looks_most_at)', "exercise 0.3: its cell does not define"),
        ('if 1:\n    looks_most_at = None\ncheck("0.3", looks_most_at)', "exercise 0.3: its cell does not define"),
        ('a = 1; looks_most_at = None\ncheck("0.3", looks_most_at)', "looks_most_at shares a line"),
        ('looks_most_at = None\ncheck("0.9", looks_most_at)', "exercise 0.9: there is no exercise '0.9'"),
    ],
)
def test_a_cell_that_cannot_be_solved_is_named_with_its_lesson(source, said):
    with pytest.raises(LessonError, match="my_lesson.ipynb, ") as caught:
        filled(source)
    assert said in str(caught.value)


def test_an_exercise_without_a_stored_solution_is_named(monkeypatch):
    monkeypatch.setitem(module.EXERCISES, "0.99", module.EXERCISES["0.3"])
    with pytest.raises(LessonError, match="00_a.ipynb, exercise 0.99: exercise '0.99' has no stored solution"):
        solved(notebook('looks_most_at = None\ncheck("0.99", looks_most_at)'), "00_a.ipynb")


def test_an_exercise_that_the_lesson_does_not_check_is_named():
    with pytest.raises(LessonError, match=r'00_a.ipynb, exercise 0.1: no cell ends in check\("0.1", ...\)'):
        solved(notebook(READ), "00_a.ipynb")


# what is run and written


@pytest.fixture
def key_of_lesson_00(tmp_path):
    assert main(["answer-key", "--out", str(tmp_path / "made" / "key"), str(NOTEBOOKS / "00_start_here.ipynb")]) == 0
    return tmp_path / "made" / "key" / "00_start_here.ipynb"


def test_the_key_runs_in_its_own_folder(key_of_lesson_00):
    again = nbformat.read(key_of_lesson_00, as_version=4)
    run(again, key_of_lesson_00)
    assert str(again).count(": passed.") >= 3


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ('looks_most_at = "sat"', "✘ Exercise 0.3: failed"),
        ("looks_most_at = None", "○ Exercise 0.3: not attempted"),
        ("looks_most_at = 1 / 0", "ZeroDivisionError"),
        ("looks_most_at = (", "02_bad.ipynb, exercise 0.3: '(' was never closed"),
        ("looks_least_at = 'cat'", "02_bad.ipynb, exercise 0.3: the stored solution does not define looks_most_at"),
    ],
)
def test_with_a_wrong_solution_nothing_is_written(tmp_path, monkeypatch, capsys, code, said):
    stored = module.read_solution
    monkeypatch.setattr(module, "read_solution", lambda id: ("Wrong.", code) if id == "0.3" else stored(id))
    monkeypatch.setattr(module, "EXERCISES", {})
    good = lesson(tmp_path, "01_good.ipynb", IMPORTS, 'def shares(amounts):\n    ...\n\ncheck("0.1", shares)')
    bad = lesson(tmp_path, "02_bad.ipynb", IMPORTS, READ)
    assert main(["answer-key", "--out", str(tmp_path / "out"), str(good), str(bad)]) == 1
    told = capsys.readouterr().err
    assert said in told and "02_bad.ipynb" in told and "Traceback (most recent call last)\nFile" not in told
    assert not (tmp_path / "out").exists()


def test_a_check_that_shows_nothing_is_refused(tmp_path):
    asked = lesson(tmp_path, "my_lesson.ipynb", IMPORTS, f"{READ}\nprint('checked')")
    with pytest.raises(LessonError, match="my_lesson.ipynb, exercise 0.3: .*must be the cell's last line"):
        answer_key([asked], tmp_path / "out")


def test_a_key_replaces_an_older_one_and_leaves_the_rest_of_the_folder(tmp_path):
    asked = lesson(tmp_path / "lessons", "my_lesson.ipynb", IMPORTS, READ)
    out = tmp_path / "out"
    older = notebook("an_older_key")
    older.cells[0].id = module.NOTE
    out.mkdir()
    nbformat.write(older, out / "my_lesson.ipynb")
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    assert answer_key([asked, asked], out) == [out / "my_lesson.ipynb"]
    assert sorted(path.name for path in out.iterdir()) == ["my_lesson.ipynb", "notes.txt"]
    first = (out / "my_lesson.ipynb").read_bytes()
    assert b"passed" in first and b"an_older_key" not in first
    answer_key([asked], out)
    assert (out / "my_lesson.ipynb").read_bytes() == first
