"""Bounds of versions agree wherever they stand, and what runs the lessons in other environments sees faults."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from course_utils import environment

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = ROOT / "tests" / "environments"


def specifiers(name):
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    wanted = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {requirement.name: requirement.specifier for requirement in wanted}


def only(specifier, operator):
    """The version that stands behind this operator."""
    (version,) = [part.version for part in specifier if part.operator == operator]
    return Version(version)


def test_the_lowest_environment_has_the_lower_bounds_of_the_requirements():
    allowed, lowest = specifiers("requirements.txt"), specifiers("tests/environments/lowest.txt")
    assert str(lowest.pop("jupyterlab_widgets")) == "<2"  # the generation that belongs to ipywidgets 7
    assert lowest.keys() == allowed.keys()
    for name in allowed.keys() - {"torch"}:
        assert only(lowest[name], "==") == only(allowed[name], ">="), name


def test_the_check_of_an_environment_knows_the_same_bounds():
    lowest = specifiers("tests/environments/lowest.txt")
    told = {name: version for name, (version, _) in environment.PACKAGES.items()} | dict([environment.EXPLORER])
    assert "torch" in told
    for name, version in told.items():
        assert only(lowest[name], "==") == Version(version), name


def test_the_pinned_torch_is_one_that_is_supported():
    lowest = Version(environment.PACKAGES["torch"][0])
    assert only(specifiers("requirements.txt")["torch"], "==") >= lowest


def test_the_lowest_python_is_the_same_everywhere():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = ".".join(map(str, environment.PYTHON))
    assert only(SpecifierSet(told["project"]["requires-python"]), ">=") == Version(wanted)
    assert told["tool"]["ruff"]["target-version"] == f"py{wanted.replace('.', '')}"
    script = (ROOT / "tests" / "environments.sh").read_text(encoding="utf-8")
    assert re.search(r"^  lowest\) .*pythons=\((.*)\) ;;$", script, re.MULTILINE)[1] == wanted


def test_what_colab_has_is_allowed():
    allowed, colab = specifiers("requirements.txt"), specifiers("tests/environments/colab.txt")
    assert allowed.keys() - colab.keys() == {"jupyterlab", "nbval"}
    for name in allowed.keys() & colab.keys():
        version = only(colab[name], "==")
        fits = version >= Version(environment.PACKAGES["torch"][0]) if name == "torch" else version in allowed[name]
        assert fits, name


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["latest"], ["lowest", "--nonsense"], ["lowest", "--jobs"]),
        *(["lowest", "--newest-torch"], ["newest", "--without-anywidget"]),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="a script of bash")
def test_a_call_that_means_nothing_is_refused_before_anything_is_made(arguments):
    done = subprocess.run(["bash", ROOT / "tests" / "environments.sh", *arguments], capture_output=True, text=True)
    assert done.returncode != 0 and done.stdout == "" and re.search(r"usage:|belongs to", done.stderr)


def lesson(path, *cells):
    """A notebook with (code, what is stored as printed, tags) for each cell."""
    notebook = new_notebook(cells=[new_markdown_cell("# A lesson")])
    for code, stored, *tags in cells:
        outputs = [new_output("stream", name="stdout", text=stored)] if stored else []
        notebook.cells.append(new_code_cell(code, outputs=outputs, execution_count=1, metadata={"tags": tags}))
    nbformat.write(notebook, path)
    return path


def run(*arguments):
    """What lessons.py prints, its row for each lesson, and its exit code."""
    command = [sys.executable, ENVIRONMENTS / "lessons.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    names, *rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
    return done.stdout + done.stderr, {row[0]: dict(zip(names, row)) for row in rows}, done.returncode


@pytest.mark.skipif(sys.platform == "win32", reason="measures by a module of Unix")
class TestLessons:
    """lessons.py on small notebooks, in kernels of their own."""

    def test_a_lesson_in_order_passes_and_is_counted(self, tmp_path):
        large = ("large = bytearray(b'1') * 500_000_000; del large", "")  # the kernel's memory, not this process's
        random = ("import random; print(random.random())", "0.5\n", "nbval-ignore-output")
        _, rows, code = run(lesson(tmp_path / "01_good.ipynb", ("print(1 + 1)", "2\n"), large, random))
        row = rows["01_good"]
        assert code == 0 and (row["cells"], row["compared"], row["failures"]) == ("3", "1", "0")
        assert float(row["wall s"]) > 0.1 and 500e6 / 2**20 < float(row["peak MiB"]) < 700

    def test_whatever_is_not_as_stored_is_a_failure(self, tmp_path):
        bad = [("print(3)", "2\n"), ("1 / 0", ""), ("import sys; print('w', file=sys.stderr)", ""), ("print(1)", "1\n")]
        lessons = [lesson(tmp_path / "02_bad.ipynb", *bad), lesson(tmp_path / "03_no_cells.ipynb")]
        lessons.append(tmp_path / "04_no_notebook.ipynb")
        lessons[-1].write_text("{", encoding="utf-8")
        said, rows, code = run(*lessons)
        assert code == 1 and rows["02_bad"]["failures"] == "3: Cell 0, Cell 1, Cell 2"
        assert "ZeroDivisionError" in said and "mismatch" in said
        assert rows["03_no_cells"]["failures"] == rows["04_no_notebook"]["failures"] == "1: did not run"
        assert rows["all"]["failures"] == "5" and "04_no_notebook:" in said

    def test_apart_there_is_nothing_beside_the_lesson_and_its_first_cell_may_say_so(self, tmp_path):
        fetch = ("print('fetched')", "", "bootstrap")
        path = lesson(tmp_path / "05_apart.ipynb", fetch, ("import os; print(os.listdir())", "['05_apart.ipynb']\n"))
        (tmp_path / "beside").touch()
        assert run("--apart", path)[1]["05_apart"]["failures"] == "0"
        assert run(path)[1]["05_apart"]["failures"] == "2: Cell 0, Cell 1"

    def test_without_anywidget_only_its_sentence_may_stand_for_an_explorer(self, tmp_path):
        show = "from IPython.display import display\ndisplay({{'text/plain': 'x', 'text/html': {!r}}}, raw=True)"
        cells = [(show.format("<p>the package anywidget is needed</p>"), ""), (show.format("<p>else</p>"), "")]
        path = lesson(tmp_path / "06_without.ipynb", *cells)
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells[1:]:
            view = {"text/plain": "x", "application/vnd.jupyter.widget-view+json": {}}
            cell.outputs = [new_output("display_data", view)]
        nbformat.write(notebook, path)
        _, rows, code = run("--without-anywidget", path)
        row = rows["06_without"]
        assert code == 1 and row["sentences"] == "1" and row["failures"] == "1: Cell 1"

    def test_without_anywidget_somebody_must_have_said_so(self, tmp_path):
        said, _, code = run("--without-anywidget", lesson(tmp_path / "07_none.ipynb", ("print(1)", "1\n")))
        assert code == 1 and "No explorer said its sentence" in said
