"""Storing a lesson: the same bytes every time, and nothing unclean."""

import os
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.__main__ import main
from course_utils.authoring import lessons
from course_utils.authoring.lessons import CLOCK, LessonError, run_and_store

WIDGET = "from course_utils.widgets.sharing import sharing_explorer\nsharing_explorer()"


def lesson(path, *sources):
    cells = [new_markdown_cell("# a lesson"), *(new_code_cell(source) for source in sources)]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_stored_twice_it_is_the_same_file(tmp_path):
    path = lesson(tmp_path / "lesson.ipynb", "import sys\nprint(1)\nsys.stdout.flush()\nprint(2)", WIDGET)
    run_and_store(path)
    first = path.read_bytes()
    run_and_store(path)
    assert path.read_bytes() == first
    _, printing, widget = nbformat.read(path, as_version=4).cells
    assert [output.text for output in printing.outputs] == ["1\n2\n"]
    assert widget.outputs[0].data["application/vnd.jupyter.widget-view+json"]["model_id"] == ""
    assert [printing.execution_count, widget.execution_count] == [1, 2]


def test_a_cell_that_reads_the_clock_keeps_what_it_printed_until_its_code_changes(tmp_path):
    path = lesson(tmp_path / "lesson.ipynb", "import time", "print(time.time_ns())", "print(time.time_ns())")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].metadata["tags"] = [CLOCK]
    nbformat.write(notebook, path)

    def printed():
        run_and_store(path)
        return [cell.outputs[0].text for cell in nbformat.read(path, as_version=4).cells[2:]]

    first, second = printed(), printed()
    assert second[0] == first[0] and second[1] != first[1]
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].source += "  # changed"
    nbformat.write(notebook, path)
    assert printed()[0] != first[0]
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = "1 / 0"
    nbformat.write(notebook, path)
    with pytest.raises(LessonError):
        run_and_store(path)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import sys; print('oh', file=sys.stderr)", "stderr"),
        ("import warnings; warnings.warn('careful')", "careful"),
        ("print('x' * 600_000)", "500,000"),
    ],
)
def test_an_unclean_lesson_is_refused_and_the_file_kept(tmp_path, source, said):
    path = lesson(tmp_path / "lesson.ipynb", source)
    before = path.read_bytes()
    with pytest.raises(LessonError, match=said):
        run_and_store(path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_failing_lesson_is_refused_and_the_file_kept(tmp_path):
    path = lesson(tmp_path / "lesson.ipynb", "1 / 0")
    before = path.read_bytes()
    with pytest.raises(LessonError, match="ZeroDivisionError"):
        run_and_store(path)
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="sends a signal of Unix")
def test_interrupted_in_a_cell_it_says_so_and_the_file_is_kept(tmp_path):
    path = lesson(tmp_path / "lesson.ipynb", "import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(60)")
    before = path.read_bytes()
    command = [sys.executable, "-m", "course_utils", "store", str(path)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    end = time.monotonic() + 60
    while not (tmp_path / "begun").exists() and time.monotonic() < end:
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=60)[0]  # the kernel may say something, too
    assert running.returncode == 130 and said.splitlines()[-1] == "stopped" and "nbclient" not in said
    assert path.read_bytes() == before and {file.name for file in tmp_path.iterdir()} == {"lesson.ipynb", "begun"}


# what `store --check` sees without running anything


def ran_a_cell_again(notebook):
    notebook.cells[2].execution_count = 9


def did_not_run_a_new_cell(notebook):
    notebook.cells.append(new_code_cell("print(3)"))


def left_an_error(notebook):
    notebook.cells[1].outputs.append(new_output("error", ename="ValueError", evalue="no such head", traceback=[]))


def wrote_to_stderr(notebook):
    notebook.cells[1].outputs.append(new_output("stream", name="stderr", text="careful"))


def saved_the_widgets(notebook):
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}


def saved_a_live_view(notebook):
    notebook.cells[3].outputs[0].data["application/vnd.jupyter.widget-view+json"]["model_id"] = "0a1b"


def saved_in_an_editor(notebook):
    notebook.metadata["language_info"] = {"name": "python", "version": "3.12.1", "pygments_lexer": "ipython3"}


def recorded_times(notebook):
    notebook.cells[1].metadata["execution"] = {"iopub.status.idle": "2026-11-23T08:00:00Z"}


def changed_what_reads_the_clock(notebook):
    notebook.cells[2].source += "  # changed"


def drew_too_much(notebook):
    notebook.cells[1].outputs[0].text = "x" * 600_000


DIRT = {
    ran_a_cell_again: "code cell 2 has the count 9; one Run All gives 2",
    did_not_run_a_new_cell: "code cell 4 has the count blank; one Run All gives 4",
    left_an_error: "no such head",
    wrote_to_stderr: "careful",
    saved_the_widgets: "more than a stored lesson",
    saved_a_live_view: "more than a stored lesson",
    saved_in_an_editor: "more than a stored lesson",
    recorded_times: "more than a stored lesson",
    changed_what_reads_the_clock: "more than a stored lesson",
    drew_too_much: "the limit is 500,000",
}


@pytest.fixture(scope="module")
def stored_lesson(tmp_path_factory):
    """A lesson with a print, a cell that reads the clock and a widget, as `store` has left it."""
    path = lesson(tmp_path_factory.mktemp("stored") / "05_lesson.ipynb", "print(1)", "print(2)", WIDGET)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].metadata["tags"] = [CLOCK]
    nbformat.write(notebook, path)
    run_and_store(path)
    return path


def check(capsys, monkeypatch, *paths):
    """The exit code of ``store --check``, and what it said; a kernel would be an error."""
    monkeypatch.setattr(lessons, "NotebookClient", None)
    return main(["store", "--check", *map(str, paths)]), "".join(capsys.readouterr())


def test_a_stored_lesson_passes_the_check(stored_lesson, capsys, monkeypatch):
    before = stored_lesson.read_bytes()
    assert check(capsys, monkeypatch, stored_lesson) == (0, "")
    assert stored_lesson.read_bytes() == before


@pytest.mark.parametrize("dirty", DIRT, ids=lambda dirty: dirty.__name__)
def test_the_check_refuses_in_a_sentence_and_says_the_command(stored_lesson, tmp_path, capsys, monkeypatch, dirty):
    clean, path = stored_lesson, tmp_path / "07_dirty.ipynb"
    notebook = nbformat.read(clean, as_version=4)
    dirty(notebook)
    path.write_text(lessons.as_text(notebook), encoding="utf-8", newline="\n")
    before = path.read_bytes()
    code, said = check(capsys, monkeypatch, clean, path)
    assert code == 1 and DIRT[dirty] in said and "07_dirty.ipynb" in said and clean.name not in said
    assert said.endswith(f"\nRun  python -m course_utils store {path.as_posix()}  and commit what it writes.\n")
    assert path.read_bytes() == before


def test_the_check_sees_foreign_line_ends_and_names_all_that_are_dirty(stored_lesson, tmp_path, capsys, monkeypatch):
    text = stored_lesson.read_text(encoding="utf-8")
    (tmp_path / "a.ipynb").write_text(text, encoding="utf-8", newline="\r\n")
    (tmp_path / "b.ipynb").write_text(text + "\n", encoding="utf-8", newline="\n")
    code, said = check(capsys, monkeypatch, tmp_path / "a.ipynb", tmp_path / "b.ipynb")
    assert code == 1 and said.count("more than a stored lesson") == 2
    assert f"store {(tmp_path / 'a.ipynb').as_posix()} {(tmp_path / 'b.ipynb').as_posix()}  and" in said


def test_the_check_refuses_what_is_no_notebook(tmp_path, capsys, monkeypatch):
    (tmp_path / "torn.ipynb").write_text("<<<<<<< mine", encoding="utf-8")
    assert check(capsys, monkeypatch, tmp_path / "torn.ipynb") == (1, "torn.ipynb is no notebook (NotJSONError).\n")
