"""The stored notebooks as their readers meet them: form, outputs, and numbers that can be found."""

import ast
import html
import re
import statistics
import symtable
from collections import defaultdict

import nbformat
import pytest
from stored_lessons import FILLER, NOTEBOOKS, code_cells, decimals_not_in_outputs, prose, read, text_of

from course_utils.authoring import address, slide_rules
from course_utils.authoring.lessons import BOOTSTRAP, require_stored
from course_utils.exercises.catalogue import EXERCISES

MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:root|tmp|home|work|opt|mnt|Users|content)/[\w./-]+")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
IGNORED = "nbval-ignore-output"


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem[:2])
def lesson(request):
    """Each notebook in turn."""
    return request.param


def test_stored_as_one_run_all_leaves_it(lesson):
    nbformat.validate(read(lesson))
    require_stored([lesson])


def test_no_error_no_stderr_no_machine_path(lesson):
    for cell in code_cells(lesson):
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
            assert not MACHINE_PATH.search(text_of(output))


def test_cells_are_short(lesson):
    lengths = [len(cell.source.splitlines()) for cell in code_cells(lesson)]
    assert max(lengths) <= 25
    assert statistics.median(lengths) <= 8
    assert max(lengths[:2]) <= 3, "the cell that finds the course, and the set-up cell"
    for cell in read(lesson).cells:
        if cell.cell_type == "markdown":
            assert len(re.findall(r"[A-Za-z0-9']+", cell.source)) <= 180, cell.source[:80]
        else:
            widest = address.WIDTH if BOOTSTRAP in cell.metadata.get("tags", []) else 90
            assert max(map(len, cell.source.splitlines()), default=0) <= widest, cell.source[:80]


def test_every_picture_says_what_it_shows(lesson):
    pictures = [
        tag for cell in code_cells(lesson) for out in cell.outputs for tag in re.findall(r"<img\b[^>]*>", text_of(out))
    ]
    assert pictures
    for tag in pictures:
        alt = re.search(r'alt="([^"]*)"', tag)
        assert alt and len(alt.group(1).split()) >= 12, tag[:120]
    for cell in code_cells(lesson):
        for output in cell.outputs:
            assert not {"image/png", "image/svg+xml"} & set(output.get("data", {})), (
                "a picture that did not go through show()"
            )


def test_every_sound_says_what_is_heard(lesson):
    """A player is named for a screen reader, and the same words stand beside it and in the plain text."""
    for cell in code_cells(lesson):
        for output in cell.outputs:
            for tag in re.findall(r"<audio\b[^>]*>", text_of(output)):
                label = re.search(r'aria-label="([^"]*)"', tag)
                assert label and len(label.group(1).split()) >= 6, tag[:120]
                assert f"<figcaption>{label.group(1)}</figcaption>" in text_of(output)
                assert html.unescape(label.group(1)) in output.data["text/plain"]


def test_has_a_widget_that_stored_pages_hide(lesson):
    views = [
        out["data"][WIDGET_VIEW]
        for cell in code_cells(lesson)
        for out in cell.outputs
        if WIDGET_VIEW in out.get("data", {})
    ]
    assert views
    assert all(view["model_id"] == "" for view in views)


def test_most_printing_cells_are_compared(lesson):
    printing = [cell for cell in code_cells(lesson) if any(text_of(out) for out in cell.outputs)]
    compared = [cell for cell in printing if IGNORED not in cell.metadata.get("tags", [])]
    assert len(compared) >= 0.7 * len(printing)


def test_a_cell_that_is_not_compared_asserts_its_claim(lesson):
    for cell in code_cells(lesson):
        if IGNORED in cell.metadata.get("tags", []):
            assert re.search(r"^\s*assert ", cell.source, re.M), cell.source


def test_exercises_are_in_the_catalogue_and_not_attempted(lesson):
    number = int(lesson.stem[:2])
    asked = {}
    for cell in code_cells(lesson):
        for exercise, answer in re.findall(r'^check\("([\d.]+)", (\w+)\)', cell.source, re.M):
            asked[exercise] = answer
            assert any("not attempted" in text_of(out) for out in cell.outputs), f"exercise {exercise}"
    expected = {e.id: e.answer for e in EXERCISES.values() if int(e.lesson) == number}
    assert asked == expected
    assert len(asked) >= 3


def test_all_lessons_are_here():
    assert [path.stem[:2] for path in NOTEBOOKS] == ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10"]


def test_nothing_is_defined_in_two_notebooks():
    homes = defaultdict(set)
    for path in NOTEBOOKS:
        for cell in code_cells(path):
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    homes[node.name].add(path.name)
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


def home_cells(cells):
    """Places of the code cells that are marked *for home*: those that the slides leave out unless asked for all."""
    named = [nbformat.from_dict(cell) for cell in cells]
    for place, cell in enumerate(named):
        if cell.cell_type == "code":
            check = "\ncheck(...)" if re.search(r"^check\(", cell.source, re.M) else ""
            cell.update(source=f"place = {place}{check}", outputs=[])

    def shown(everything):
        blocks = [block for slide in slide_rules.slides(named, everything) for block in slide.blocks + slide.notes]
        return {int(block.source.split()[2]) for block in blocks if block.kind == "code"}

    return shown(everything=True) - shown(everything=False)


def names_of(code):
    """Global names that a cell needs of earlier ones, and those that it binds."""
    cell = symtable.symtable(code, "cell", "exec")
    bound = {name.get_name() for name in cell.get_symbols() if name.is_assigned() or name.is_imported()}
    needed, scopes = set(), [cell]
    while scopes:
        scope = scopes.pop()
        scopes += scope.get_children()
        needed |= {
            name.get_name()
            for name in scope.get_symbols()
            if name.is_referenced() and (scope is cell or name.is_global())
        }
    return needed - bound, bound


def of_home(cells, home):
    """Class cells by their place, each with the names whose last value comes from a cell for home."""
    last_bound_at_home, found = set(), {}
    for place, cell in enumerate(cells):
        if cell.cell_type == "code":
            needed, bound = names_of(cell.source)
            if place in home:
                last_bound_at_home |= bound
            else:
                if needed & last_bound_at_home:
                    found[place] = sorted(needed & last_bound_at_home)
                last_bound_at_home -= bound
    return found


def test_class_needs_no_cell_that_is_for_home(lesson):
    """Who skips what is for home meets no NameError, and no other value under the same name."""
    cells = read(lesson).cells
    assert of_home(cells, home_cells(cells)) == {}


def test_a_class_cell_that_needs_home_is_found():
    home = "## 2. More (for home)"
    sources = [
        "## 1. In class",
        "x = 1",
        home,
        "import numpy as np\nx = 2",
        "## 3. In class",
        "def f():\n    return np.pi",
    ]
    sources += ["print(x)", "import numpy as np\nx = 3", "print(np, x)"]
    cells = [
        (nbformat.v4.new_markdown_cell if source.startswith("#") else nbformat.v4.new_code_cell)(source)
        for source in sources
    ]
    assert home_cells(cells) == {3}
    assert of_home(cells, {3}) == {5: ["np"], 6: ["x"]}


def test_every_decimal_in_the_prose_is_in_an_output(lesson):
    """As it stands there, or as the rounding of a longer number that stands there."""
    words = re.sub(r"arXiv:\d+\.\d+|`[^`]*`", " ", prose(lesson))
    words = re.sub(r"\*\*\d+\.\d+ ", " ", words)  # numbers of exercises
    assert decimals_not_in_outputs(words, lesson) == []


def test_no_filler(lesson):
    assert FILLER.findall(prose(lesson)) == []
