"""Storing a lesson: the same bytes every time, and nothing unclean."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

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
