"""Learners' copies, and what every command refuses in one sentence before it does anything."""

import contextlib
import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.__main__ import main
from course_utils.authoring import arguments, lessons
from course_utils.authoring.handout import handout
from course_utils.authoring.lessons import NOTEBOOKS, write_all

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))


def lesson(folder, name):
    """A notebook as somebody leaves it who has used it."""
    folder.mkdir(exist_ok=True)
    used = new_code_cell("print(1)", execution_count=7, outputs=[new_output("stream", text="1\n")])
    used.metadata = {"tags": ["nbval-ignore-output"], "collapsed": True, "execution": {"iopub.status.idle": "now"}}
    notebook = new_notebook(cells=[new_markdown_cell("# A"), used])
    notebook.metadata["widgets"] = {"state": {"a": 1}}
    nbformat.write(notebook, folder / name)
    return folder / name


def test_every_lesson_is_copied_without_what_a_run_leaves(tmp_path, capsys):
    assert main(["handout", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"wrote {len(LESSONS)} lessons without outputs into {tmp_path}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [path.name for path in LESSONS]
    for path in LESSONS:
        copy, original = (json.loads((folder / path.name).read_text("utf-8")) for folder in (tmp_path, NOTEBOOKS))
        nbformat.validate(copy)
        for one, other in zip(copy["cells"], original["cells"], strict=True):
            assert (one["cell_type"], one["source"]) == (other["cell_type"], other["source"])
            assert one["metadata"].get("tags") == other["metadata"].get("tags")
            assert set(one["metadata"]) <= {"tags"}
            assert one.get("outputs", []) == [] and one.get("execution_count") is None
        assert set(copy["metadata"]) == {"kernelspec", "language_info"}


def test_the_same_lesson_gives_the_same_bytes_and_stays_as_it_was(tmp_path):
    original = lesson(tmp_path / "lessons", "my_lesson.ipynb")
    before = original.read_bytes()
    assert handout([original, original], tmp_path / "deep" / "out") == [tmp_path / "deep" / "out" / "my_lesson.ipynb"]
    first = (tmp_path / "deep" / "out" / "my_lesson.ipynb").read_bytes()
    handout([tmp_path / "deep" / "out" / "my_lesson.ipynb"], tmp_path / "again")
    assert (tmp_path / "again" / "my_lesson.ipynb").read_bytes() == first
    assert original.read_bytes() == before
    assert nbformat.reads(first.decode(), as_version=4).cells[1].metadata == {"tags": ["nbval-ignore-output"]}


# refused in one sentence


@pytest.mark.parametrize("command", ["handout", "answer-key"])
def test_the_lessons_own_folder_is_refused(tmp_path, monkeypatch, capsys, command):
    mine = lesson(tmp_path / "notebooks", "01_mine.ipynb")
    monkeypatch.setattr(arguments, "NOTEBOOKS", mine.parent)
    inside = [mine.parent, mine.parent / "deep" / "in", mine.parent / ".." / "notebooks"]
    with contextlib.suppress(OSError):  # Windows, without the right to make links
        (tmp_path / "link").symlink_to(mine.parent)
        inside.append(tmp_path / "link")
    other = lesson(tmp_path / "other", "02_other.ipynb")
    before = {path: path.read_bytes() for path in (mine, other)}
    for out in inside:
        for asked in (mine, other):
            assert main([command, "--out", str(out), str(asked)]) == 1
            assert "name another folder" in capsys.readouterr().err
    assert main([command, "--out", str(other.parent), str(other)]) == 1
    assert "name another folder" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (mine, other)} == before
    assert sorted(path.name for path in mine.parent.iterdir()) == ["01_mine.ipynb"]


@pytest.mark.parametrize("command", ["handout", "answer-key"])
@pytest.mark.parametrize("work", ["a used copy", "no notebook"])
def test_somebodys_work_of_the_same_name_is_left(tmp_path, capsys, command, work):
    asked, theirs = lesson(tmp_path / "lessons", "01_a.ipynb"), lesson(tmp_path / "out", "01_a.ipynb")
    if work == "no notebook":
        theirs.write_text("mine", encoding="utf-8")
    before = theirs.read_bytes()
    assert main([command, "--out", str(theirs.parent), str(asked)]) == 1
    told = capsys.readouterr()
    assert "has 01_a.ipynb already" in told.err and told.err.count("\n") == 1 and told.out.count("wrote") == 0
    assert theirs.read_bytes() == before and list(theirs.parent.iterdir()) == [theirs]


def test_a_key_does_not_take_the_place_of_the_handout(tmp_path, capsys):
    asked = lesson(tmp_path / "lessons", "my_lesson.ipynb")
    assert [main(["handout", "--out", str(tmp_path / "out"), str(asked)]) for _ in range(2)] == [0, 0]
    assert main(["answer-key", "--out", str(tmp_path / "out"), str(asked)]) == 1
    assert "has my_lesson.ipynb already" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["handout", "answer-key", "html", "store"])
def test_what_cannot_be_read_or_written_is_named(tmp_path, capsys, command):
    good, twin = lesson(tmp_path / "a", "01_a.ipynb"), lesson(tmp_path / "b", "01_a.ipynb")
    (tmp_path / "notes.txt").write_text("no notebook", encoding="utf-8")
    asked = [(tmp_path / "out", [tmp_path / "lost.ipynb"], "there is no lesson lost.ipynb")]
    asked += [(tmp_path / "out", [good, tmp_path / "notes.txt"], "notes.txt is no notebook")]
    if command != "store":
        asked += [(tmp_path / "notes.txt", [good], "notes.txt is no folder")]
        asked += [(tmp_path / "notes.txt" / "deep" / "out", [good], "notes.txt is no folder")]
        asked += [(tmp_path / "out", [good, twin], "more than one file would be called 01_a")]
    before = good.read_bytes()
    for out, notebooks, said in asked:
        where = [] if command == "store" else ["--out", str(out)]
        assert main([command, *where, *map(str, notebooks)]) == 1
        told = capsys.readouterr().err
        assert said in told and told.count("\n") == 1
    assert good.read_bytes() == before and not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["handout", "answer-key", "html", "slides", "assignments"])
def test_a_folder_that_must_not_be_written_into_is_named_before_anything_runs(tmp_path, monkeypatch, capsys, command):
    monkeypatch.setattr(arguments.os, "access", lambda place, _: place != tmp_path.resolve())
    asked = lesson(tmp_path / "a", "01_a.ipynb")
    assert main([command, "--out", str(tmp_path / "deep" / "out"), str(asked)]) == 1
    told = capsys.readouterr().err
    assert f"{tmp_path.resolve()} must not be written into" in told and told.count("\n") == 1


@pytest.mark.parametrize("command", ["handout", "answer-key", "html", "slides", "assignments", "store"])
def test_where_the_package_was_installed_without_lessons_it_says_so(tmp_path, monkeypatch, capsys, command):
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path / "site-packages" / "notebooks")
    where = [] if command == "store" else ["--out", str(tmp_path / "out")]
    assert main([command, *where]) == 1
    assert "there are no lessons in " in capsys.readouterr().err and list(tmp_path.iterdir()) == []


def test_interrupted_it_says_so_and_leaves_nothing_half_written(tmp_path, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(lessons.os, "replace", interrupt)
    assert main(["handout", "--out", str(tmp_path / "out"), str(lesson(tmp_path / "a", "01_a.ipynb"))]) == 130
    assert capsys.readouterr().err == "stopped\n" and list((tmp_path / "out").iterdir()) == []


def test_a_lesson_that_fails_is_named_by_store_without_a_traceback_of_ours(tmp_path, capsys):
    bad = tmp_path / "bad.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), bad)
    assert main(["store", str(bad)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("bad.ipynb: a cell failed.") and "ZeroDivisionError" in told and "lessons.py" not in told


def test_while_one_file_cannot_be_written_none_is(tmp_path):
    (tmp_path / "blocked").write_text("a file, no folder", encoding="utf-8")
    (tmp_path / "a.txt").write_text("old", encoding="utf-8")
    with pytest.raises(OSError):
        write_all({tmp_path / "a.txt": "new", tmp_path / "blocked" / "b.txt": "new"})
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "blocked"]


def test_a_folder_that_the_computer_refuses_is_named(tmp_path, monkeypatch, capsys):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", "out")

    monkeypatch.setattr(lessons.os, "replace", refuse)
    assert main(["handout", "--out", str(tmp_path / "out"), str(lesson(tmp_path / "a", "01_a.ipynb"))]) == 1
    assert "Permission denied" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


def test_a_lesson_is_named_by_its_number_its_name_or_its_file(tmp_path):
    file = lesson(tmp_path, "mine.ipynb")
    assert [arguments.lesson(Path(name)).name for name in ("02", "02_dot_product_attention", str(file), "99")] == [
        "02_dot_product_attention.ipynb",
        "02_dot_product_attention.ipynb",
        "mine.ipynb",
        "99",
    ]
    assert main(["handout", "--out", str(tmp_path / "out"), "00"]) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["00_start_here.ipynb"]
