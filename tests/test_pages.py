"""Offline pages: formulas, links, pictures, and widgets whose frames are what their picture function draws."""

import base64
import gc
import html
import itertools
import json
import math
import re
import sys
import zlib
from pathlib import Path
from xml.etree import ElementTree

import ipywidgets
import nbformat
import pytest
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.__main__ import main
from course_utils.authoring import pages, rendering
from course_utils.authoring.lessons import BOOTSTRAP, NOTEBOOKS, LessonError
from course_utils.authoring.mathematics import mathml
from course_utils.authoring.pages import export
from course_utils.plotting import svg
from course_utils.widgets import Explorer, frames, shown
from course_utils.widgets.cost import cost_explorer
from course_utils.widgets.dot_product import regression_explorer, scale_explorer
from course_utils.widgets.sharing import sharing_explorer
from course_utils.widgets.translation import decoding_explorer

ROOT = Path(__file__).resolve().parents[1]


# formulas


def tags(latex):
    """The formula as nested lists of tag and text, without the outer two."""

    def nested(node):
        return [node.tag.split("}")[1], *([node.text] if node.text else []), *map(nested, node)]

    return nested(ElementTree.fromstring(mathml(latex)))[1][1:]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("10{,}000", [["mn", "10,000"]]),
        ("2{,}000{,}000", [["mn", "2,000,000"]]),
        ("10{,}000^2", [["msup", ["mn", "10,000"], ["mn", "2"]]]),
        (r"\operatorname{feed\_forward}", [["mtext", "feed_forward"]]),
        ("4 · d", [["mn", "4"], ["mo", "·"], ["mi", "d"]]),
        ("n ≠ m", [["mi", "n"], ["mo", "≠"], ["mi", "m"]]),
        (r"a\sin b", [["mi", "a"], ["mspace"], ["mi", "sin"], ["mspace"], ["mi", "b"]]),
        (r"\sinh x", [["mi", "sinh"], ["mi", "x"]]),
        ("a < b", [["mi", "a"], ["mo", "<"], ["mi", "b"]]),
    ],
)
def test_a_formula_keeps_its_numbers_names_signs_and_gaps(latex, expected):
    assert tags(latex) == expected


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{a",
        r"\nosuch{x}",
        "x^",
        r"\frac{a}",
        r"{a",
        r"\begin{pmatrix}1",
        "a & b",
        r"\text{a & b}",
        r"\text{<b>}",
        r"\text{<script>alert(1)</script>}",
        "x\0",
    ],
)
def test_a_formula_that_does_not_convert_is_refused(latex):
    with pytest.raises(ValueError, match="does not convert") as caught:
        mathml(latex)
    assert repr(latex) in str(caught.value)


def test_a_missing_package_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    with pytest.raises(ImportError, match="pip install latex2mathml"):
        mathml("x")


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_formula_of_a_lesson_becomes_mathml(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"```.*?```|`[^`]*`", "", cell.source, flags=re.S)
            dollars = text.count("$") - 2 * text.count("$$") + text.count("$$")  # a pair of $$ is one delimiter
            page = render(cell.source)
            assert page.count("<math ") == dollars / 2, cell.source
            assert "$" not in re.sub(r"<(pre|code).*?</\1>", "", page, flags=re.S)


# links and pictures


def render(source, linked=(), folder=""):
    renderer = rendering.Renderer(escape=False, embed_images=True, path=str(folder), exclude_anchor_links=True)
    renderer.pages = {name: name.replace(".ipynb", ".html") for name in linked}
    return MarkdownWithMath(renderer=renderer).render(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[next](02_b.ipynb)", '<a href="02_b.html">next</a>'),
        ("[there](02_b.ipynb#masks)", '<a href="02_b.html#masks">there</a>'),
        ("[not exported](03_c.ipynb)", "not exported"),
        ("[a file](../data/README.md)", "a file"),
        ("[above](#above)", '<a href="#above">above</a>'),
        ("[paper](https://example.org/a)", '<a href="https://example.org/a">paper</a>'),
    ],
)
def test_a_link_leads_to_what_is_there(source, expected):
    assert render(source, ["02_b.ipynb"]) == f"<p>{expected}</p>\n"


def test_a_picture_goes_into_the_page_and_a_missing_one_is_refused(tmp_path):
    (tmp_path / "dot.png").write_bytes(b"dot")
    assert f'src="data:image/png;base64,{base64.b64encode(b"dot").decode()}" alt="a dot"' in render(
        "![a dot](dot.png)", folder=tmp_path
    )
    for lost in ("lost.png", "https://example.org/dot.png"):
        with pytest.raises(ValueError, match=re.escape(lost)):
            render(f"![a dot]({lost})", folder=tmp_path)


def test_an_answer_folded_away_stays_folded_away():
    page = render("<details><summary>What we make of it</summary>\n\n1. It **looks** back.\n\n</details>")
    assert page.index("<summary>") < page.index("<li>It <strong>looks</strong> back.</li>") < page.index("</details>")


# widgets drawn beforehand


def unpacked(page):
    """All frames in their order: (picture, words)."""
    data = re.search(r'class="frames-data">([^<]*)<', page)[1]
    found = json.loads(zlib.decompress(base64.b64decode(data)))
    return [
        ("".join(found["pieces"][number] for number in picture), words)
        for picture, words in zip(found["pictures"], found["words"], strict=True)
    ]


def toy(**controls):
    """An explorer whose picture and words hold its state."""

    def draw(**state):
        told = " ".join(f"{name}={value!r}" for name, value in state.items())
        return svg.document(100, 20, told, [svg.text(0, 10, told)]), told

    return Explorer("Toy <1>", draw, controls)


@pytest.mark.parametrize(
    ("explorer", "values"),
    [
        (sharing_explorer(), {"score": [step / 2 for step in range(-8, 13)]}),
        (scale_explorer(), {"d_k": [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]}),
        (
            regression_explorer(),
            {"query": [step / 10 for step in range(101)], "temperature": [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]},
        ),
    ],
    ids=["sharing", "scale", "regression"],
)
def test_every_frame_is_what_the_picture_function_draws(explorer, values):
    page, state = explorer.page(), explorer.state
    expected = [explorer._draw(**dict(zip(values, each))) for each in itertools.product(*values.values())]
    assert unpacked(page) == expected
    assert page == explorer.page() and explorer.state == state
    assert explorer._draw(**state)[0] in page and html.escape(explorer.words) in page


def test_all_of_a_published_models_costs_are_in_the_page():
    explorer = cost_explorer()
    choices = [len(control.options) for control in explorer._controls.values()]
    found = unpacked(explorer.page())
    assert len(found) == choices[0] * choices[1] * choices[2]
    assert explorer._draw(**explorer.state) in found


def test_every_kind_of_control_is_native_labelled_and_at_its_place():
    page = toy(
        a=ipywidgets.Checkbox(value=True, description="box <a>"),
        b=ipywidgets.Dropdown(options=(("one", (0, 1)), ("two & more", (1, 1))), value=(1, 1), description="choice"),
        c=ipywidgets.IntSlider(value=4, min=2, max=6, step=2, description="whole"),
        d=ipywidgets.Text(value='"typed" <b>', description="text"),
    ).page()
    assert 'type="checkbox" autocomplete="off" data-moves disabled checked> box &lt;a&gt;' in page
    assert "<option>one</option><option selected>two &amp; more</option>" in page
    assert 'min="0" max="2" value="1"' in page and 'aria-valuetext="4"' in page
    assert 'value="&quot;typed&quot; &lt;b&gt;" disabled' in page
    assert page.count("data-moves") == 3 and page.count("<label") == 4
    assert "In this page “text” does not move; run the notebook to move it." in page
    words = [words for _, words in unpacked(page)]
    assert len(words) == 2 * 2 * 3
    assert words[0] == "a=False b=(0, 1) c=2 d='\"typed\" <b>'"
    assert words[-1] == "a=True b=(1, 1) c=6 d='\"typed\" <b>'"


def test_a_control_that_changes_what_another_offers_stands_still():
    first, second = ipywidgets.Dropdown(options=(3, 9), description="most"), ipywidgets.IntSlider(value=3, min=1, max=3)
    first.observe(lambda change: setattr(second, "max", change["new"]), names="value")
    explorer = toy(first=first, second=second)
    page = explorer.page()
    assert [words for _, words in unpacked(page)] == [f"first=3 second={value}" for value in (1, 2, 3)]
    assert "“most” does not move" in page and page.count("data-moves") == 1
    assert explorer.state == {"first": 3, "second": 3} and second.max == 3


def test_typed_text_stands_still_in_the_lesson_on_translation():
    from course_utils.models.translation import Translation

    def translate(german):
        import torch

        return Translation(german=["neun", "und"], english=["nine", "and"], weights=torch.eye(2))

    page = decoding_explorer(translate, "neunund").page()
    assert len(unpacked(page)) == 2 and "“German number word” does not move" in page


@pytest.mark.parametrize(
    ("limit", "value", "moving", "standing"),
    [
        ("MOST_FRAMES", 549, ["a", "b"], "“c” does not move; run the notebook to move it"),
        ("MOST_FRAMES", 109, ["a", "c"], "“b” does not move; run the notebook to move it"),
        ("MOST_FRAMES", 10, ["b"], "“a” and “c” do not move; run the notebook to move them"),
        ("MOST_BYTES", 600, ["a"], "“b” and “c” do not move; run the notebook to move them"),
    ],
)
def test_what_does_not_fit_stands_still(monkeypatch, limit, value, moving, standing):
    monkeypatch.setattr(frames, limit, value)
    sizes = {"a": 11, "b": 10, "c": 5}
    page = toy(
        **{name: ipywidgets.IntSlider(value=1, min=1, max=size, description=name) for name, size in sizes.items()}
    ).page()
    assert len(unpacked(page)) == math.prod(sizes[name] for name in moving)
    assert f"In this page {standing}." in page


@pytest.mark.parametrize(("limit", "value"), [("MOST_FRAMES", 4), ("MOST_BYTES", 10)])  # 10: not even one picture fits
def test_where_nothing_moves_the_picture_stands_without_a_promise(monkeypatch, limit, value):
    monkeypatch.setattr(frames, limit, value)
    page = toy(
        a=ipywidgets.IntSlider(value=1, min=1, max=11, description="a"),
        b=ipywidgets.IntSlider(value=1, min=1, max=5, description="b"),
        c=ipywidgets.Text(value="typed", description="c"),
    ).page()
    assert "In this page “a”, “b” and “c” do not move; run the notebook to move them." in page and "<svg" in page
    assert frames.NOT_STARTED not in page and "frames-data" not in page


# which widgets were shown


def test_a_shown_widget_has_a_page_as_long_as_it_is_in_use():
    explorer = sharing_explorer()
    model_id = explorer._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert shown.fragments()[model_id] == explorer.page()

    class Brief:
        def page(self):
            return "brief"

    brief = Brief()
    shown.remember("brief", brief)
    assert shown.fragments()["brief"] == "brief"
    del brief
    gc.collect()
    assert "brief" not in shown.fragments()


# whole pages


def lesson(folder, name, *cells):
    folder.mkdir(exist_ok=True)
    made = [new_markdown_cell(cell[3:]) if cell.startswith("md ") else new_code_cell(cell) for cell in cells]
    nbformat.write(new_notebook(cells=made), folder / name)
    return folder / name


def two_lessons(folder):
    return [
        lesson(
            folder,
            "01_a.ipynb",
            "md # 01 · First\n\nSee [the second](02_b.ipynb): $x^2$.",
            "import sys\nprint('one <b>'); sys.stdout.flush(); print('two')",
            "from course_utils.widgets.sharing import sharing_explorer\nexplorer = sharing_explorer()\nexplorer",
            "explorer.set(score=-4.0)",
        ),
        lesson(
            folder,
            "02_b.ipynb",
            "md # 02 · *Second*",
            "from course_utils.widgets.progress import TrainingProgress\nshown = TrainingProgress(20, 0.5)",
            "for step in range(1, 21):\n    shown(step, 2.0)",
            "import ipywidgets\nipywidgets.IntSlider(description='bare')",
        ),
    ]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    export(two_lessons(folder / "lessons"), folder / "out")
    return folder


def test_a_page_holds_what_the_run_gave(exported):
    first, second = ((exported / "out" / name).read_text(encoding="utf-8") for name in ("01_a.html", "02_b.html"))
    assert '<html lang="en">' in first and "<title>01 · First | Attention, measured</title>" in first
    assert '<a href="02_b.html">the second</a>' in first and "<math " in first
    assert "one &lt;b&gt;\ntwo" in first and "In&nbsp;[1]" in first.replace("\xa0", "&nbsp;")
    assert first.count('class="frames"') == 1 and len(unpacked(first)) == 21
    assert 'aria-valuetext="-4.00"' in first  # as it was left
    assert "Step 20 of 20: loss 2.000, 1.500 above the floor." in second and "<svg" in second
    assert "IntSlider(value=0" in second
    for page in (first, second):
        assert str(exported) not in page and str(ROOT) not in page and str(Path.home()) + "/" not in page
        assert not re.findall(r'(?:src|href)="(?!data:|#|[\w.]+html")[^"]*"', page)


def test_the_cell_that_finds_the_course_is_neither_run_nor_shown(tmp_path):
    path = lesson(tmp_path, "01_a.ipynb", "md # A", "1 / 0", "print('the set-up')")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata.tags = [BOOTSTRAP]
    nbformat.write(notebook, path)
    shown, _ = rendering.run_with_views(path)
    assert [cell.source for cell in shown.cells] == ["# A", "print('the set-up')"]
    assert shown.cells[1].execution_count == 1


def test_the_index_and_the_pages_lead_to_one_another(exported):
    index = (exported / "out" / "index.html").read_text(encoding="utf-8")
    assert '<a href="01_a.html">01 · First</a>' in index and '<a href="02_b.html">02 · Second</a>' in index
    first, second = ((exported / "out" / name).read_text(encoding="utf-8") for name in ("01_a.html", "02_b.html"))
    assert re.findall(r'<a href="([^"]*)">(?:All|Lesson|Next)', first) == ["index.html", "02_b.html"]
    assert re.findall(r'<a href="([^"]*)">(?:All|Lesson|Next)', second) == ["index.html", "01_a.html"]


def test_exported_again_the_pages_are_the_same(exported):
    before = {path.name: path.read_bytes() for path in (exported / "out").iterdir()}
    assert set(before) == {"01_a.html", "02_b.html", "index.html"}
    export(two_lessons(exported / "lessons"), exported / "out")
    assert {path.name: path.read_bytes() for path in (exported / "out").iterdir()} == before


@pytest.mark.parametrize(("cell", "said"), [("1 / 0", "ZeroDivisionError"), ("md $\\nosuch{x}$", "nosuch")])
def test_a_lesson_that_fails_is_named_and_nothing_is_written(tmp_path, capsys, cell, said):
    good, bad = lesson(tmp_path, "01_good.ipynb", "md # Good"), lesson(tmp_path, "02_bad.ipynb", "md # Bad", cell)
    assert main(["html", "--out", str(tmp_path / "out"), str(good), str(bad)]) == 1
    told = capsys.readouterr().err
    assert "02_bad.ipynb" in told and said in told
    assert not (tmp_path / "out").exists()


def test_a_lesson_that_is_not_there_is_named_before_anything_runs(tmp_path):
    with pytest.raises(LessonError, match="there is no lesson 77_lost.ipynb"):
        export([tmp_path / "77_lost.ipynb"], tmp_path / "out")


def test_what_cannot_be_read_or_written_is_named_before_anything_runs(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(pages, "lesson_page", None)
    good, twin = lesson(tmp_path, "01_a.ipynb", "md # A"), lesson(tmp_path / "twin", "01_a.ipynb", "md # A")
    text, taken = tmp_path / "notes.txt", tmp_path / "taken"
    text.write_text("no notebook", encoding="utf-8")
    taken.write_text("no folder", encoding="utf-8")
    for out, asked, said in (
        ("out", [text], "notes.txt is no notebook"),
        ("taken", [good], "taken is no folder"),
        ("out", [good, twin], "more than one file would be called 01_a.html"),
        ("out", [lesson(tmp_path, "index.ipynb", "md # I")], "more than one file would be called index.html"),
    ):
        assert main(["html", "--out", str(tmp_path / out), *map(str, asked)]) == 1
        assert said in capsys.readouterr().err


def test_the_index_of_another_site_is_not_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr("course_utils.authoring.rendering.run", lambda *_, **__: pytest.fail("ran"))
    (tmp_path / "index.html").write_text("<title>My garden</title>", encoding="utf-8")
    with pytest.raises(LessonError, match="is not an index of these lessons"):
        export([lesson(tmp_path / "asked", "01_good.ipynb", "md # Good")], tmp_path)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "<title>My garden</title>"


def test_a_copy_of_a_lesson_stands_in_the_index_in_place_of_the_lesson(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "lesson_page", lambda path, linked: "")
    name = sorted(NOTEBOOKS.glob("*.ipynb"))[0].name
    export([lesson(tmp_path, name, "md # My copy")], tmp_path / "out")
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert re.findall('<li><a href="([^"]*)">([^<]*)', index) == [(name.replace(".ipynb", ".html"), "My copy")]
