"""Slides: which part of a lesson stands where, where reveal.js comes from, and what is refused before anything runs."""

import base64
import hashlib
import io
import json
import os
import re
import stat
import tarfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.__main__ import main
from course_utils.authoring import rendering, reveal_package
from course_utils.authoring import slides as module
from course_utils.authoring.lessons import NOTEBOOKS, LessonError
from course_utils.authoring.reveal_package import FILES, PACKAGE, VERSION, reveal_files
from course_utils.authoring.slide_rules import blocks_of, slides
from course_utils.authoring.slides import deck_of, write_slides

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
PICTURE = '<img alt="Two bars, the left one higher." src="data:image/png;base64,AAAA">'


def text(words):
    return new_output("stream", text=words)


def shown(html):
    return new_output("display_data", {"text/html": html})


def code(source, *outputs):
    return new_code_cell(source, outputs=list(outputs))


def deck(*cells, everything=False):
    """Of every slide its kinds of blocks and their sources; a section opens before the cells."""
    made = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in ("## 1. Begin", *cells)]
    return [[(block.kind, block.source) for block in slide.blocks] for slide in slides(made, everything)]


def kinds(*cells, everything=False):
    return [[kind for kind, _ in slide] for slide in deck(*cells, everything=everything)]


# Markdown in blocks


def test_markdown_is_cut_at_blank_lines_but_not_inside_what_belongs_together():
    parts = [
        "A paragraph\nof two lines.",
        "```python\none = 1\n\ntwo = 2\n```",
        "$$\nx^2\n\ny\n$$",
        "$$a$$",
        "1. one\n\n2. two\n\n   still two",
        "- a dash\n- another",
        "| a |\n|---|\n| 1 |",
        "<details>\n<summary>Open</summary>\n\nhidden\n\n</details>",
        "### A heading",
        "Last.",
    ]
    assert blocks_of("\n\n".join(parts)) == parts


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_word_of_a_lesson_is_lost_in_cutting(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            assert "".join("".join(blocks_of(cell.source)).split()) == "".join(cell.source.split())


# the rules


def test_a_heading_of_the_second_level_opens_a_section():
    found = slides([new_markdown_cell("# T\n\nHello."), new_markdown_cell("## 1. A\n\nx\n\n### B\n\ny")])
    assert [(slide.title, slide.opens) for slide in found] == [("T", True), ("1. A", True), ("1. A", False)]
    assert [block.source for block in found[2].blocks] == ["B", "y"]


def test_long_prose_is_spread_over_slides_and_nothing_of_it_is_lost():
    paragraphs = [f"number{n} " + "word " * 39 + "end." for n in range(5)]
    found = deck("\n\n".join(paragraphs))
    assert [source for slide in found for _, source in slide] == paragraphs
    assert [len(slide) for slide in found] == [2, 2, 1]


def test_a_list_stays_with_the_line_that_leads_to_it():
    before = "word " * 60 + "end."
    items = "\n".join(f"- item {n} of the list" for n in range(12))
    assert deck(f"{before}\n\nYou will\n\n{items}") == [[("prose", before)], [("prose", "You will"), ("prose", items)]]


@pytest.mark.parametrize(
    "mark",
    ["**Guess first:**", "**Guess first,**", "**Pencil:**", "**Pencil**", "**Take a pencil:**", "**Pencil again:**"]
    + ["**Guess:**", "**Guess first**", "**Pencil, and guess first:**", "**Argue first:**", "**Your guess:**"],
)
def test_a_question_stands_alone_and_the_answer_comes_after_it(mark):
    question = f"{mark} how much?"
    found = deck(f"Before.\n\n{question}\n\n1. one\n2. two", code("print(1)", text("1")), "So it is.")
    asked = [("question", question), ("question", "1. one\n2. two")]
    assert found == [[("prose", "Before.")], asked, [("code", "print(1)"), ("output", "")], [("prose", "So it is.")]]


def test_what_leads_to_a_question_stands_above_it_unless_it_is_long():
    assert deck("Three words. **Guess first:** which?") == [
        [("prose", "Three words."), ("question", "**Guess first:** which?")]
    ]
    long = "word " * 80 + "end."
    assert deck(f"{long} **Guess first:** which?") == [[("prose", long)], [("question", "**Guess first:** which?")]]


def test_a_guess_inside_a_list_is_an_item_like_others():
    assert kinds("- **Guess first.** Say it aloud.\n- Look.") == [["prose"]]


def test_a_pencil_has_its_numbers_before_it_and_no_others():
    cells = (
        "| old |\n|---|",
        code("x = 1"),
        "| new |\n|---|\n\n$$a$$\n\n**Pencil:** add.",
        "**Guess first:** and now?",
    )
    found = deck(*cells)
    assert [("carried", "| new |\n|---|"), ("carried", "$$a$$"), ("question", "**Pencil:** add.")] in found
    assert [("question", "**Guess first:** and now?")] in found


def test_a_guess_has_the_table_of_its_own_cell_before_it():
    table = "| model |\n|---|\n| mean |"
    assert deck(f"{table}\n\n**Guess first:** how many?")[1] == [
        ("carried", table),
        ("question", "**Guess first:** how many?"),
    ]
    assert deck(table, "**Guess first:** how many?")[1] == [("question", "**Guess first:** how many?")]


def test_a_list_that_is_too_long_begins_below_its_first_line():
    items = [f"{n}. " + "word " * 39 + "end." for n in (1, 2, 3)]
    first, second = deck("Read it so.\n\n" + "\n".join(items))
    assert first == [("prose", "Read it so."), ("prose", "\n".join(items[:2]))] and second == [("prose", items[2])]


def test_a_picture_that_an_exercise_asks_about_stands_beside_its_task():
    found = deck(
        "**2.2 Read** (4 minutes). Which?", code("draw()", shown(PICTURE)), code('x = None\n\ncheck("2.2", x)')
    )
    assert [[kind for kind, _ in slide] for slide in found] == [["task", "picture"], ["code"]]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("everything", [False, True])
def test_no_slide_of_a_lesson_has_a_question_and_anything_that_could_answer_it(path, everything):
    found = slides(nbformat.read(path, as_version=4).cells, everything)
    asked = [slide for slide in found if any(block.kind == "question" for block in slide.blocks)]
    assert asked or path.name.startswith("00")
    for slide in asked:
        assert {block.kind for block in slide.blocks} <= {"heading", "prose", "carried", "question"}
        assert not any(block.kind == "code" for block in slide.notes)


def test_code_comes_before_its_output_and_a_picture_alone_sends_it_to_the_notes():
    cells = [new_markdown_cell("## A"), code("print(1)", text("1"), shown(PICTURE)), code("draw()", shown(PICTURE))]
    both, first, second = slides(cells)
    assert [block.kind for block in both.blocks] == ["code", "output"]
    assert [block.kind for block in first.blocks] == ["picture"] and first.notes == []
    assert [block.kind for block in second.blocks] == ["picture"] and second.notes[0].source == "draw()"


def test_a_widget_has_its_question_in_the_notes():
    cells = [
        new_markdown_cell("## A\n\n**To find out:** when?"),
        code("explorer", shown("<div>widget 0 of this lesson</div>")),
    ]
    asked, moving = slides(cells)
    assert [block.kind for block in asked.blocks] == ["question"] and [b.kind for b in moving.blocks] == ["moving"]
    assert [note.source for note in moving.notes] == ["**To find out:** when?", "explorer"]


def test_what_a_class_need_not_see_is_left_out():
    before = [new_markdown_cell("# T"), code("x = 1", text("set up"))]
    for left_out in (
        code("import numpy as np\nfrom course_utils import attention"),
        code("progress()", text("nothing yet")),
        code("form = QuizForm(QUESTIONS)\nform", text("form")),
        new_markdown_cell("In class, go on to section 3."),
        new_markdown_cell("In class, go on to exercise 10.5."),
        new_markdown_cell("In class: sections 1 (3 minutes) and 2 (9)."),
        new_markdown_cell("**Your exercises.** What you have tried is listed below."),
        new_markdown_cell("[Open in Colab](https://example.org)"),
        new_markdown_cell("### Sources\n\n- A book."),
    ):
        assert slides([*before, new_markdown_cell("## A\n\nx"), left_out])[-1].blocks[-1].source == "x"


def test_an_aside_in_brackets_is_for_the_speaker():
    (slide,) = slides([new_markdown_cell("## A\n\nx\n\n(An aside.)")])
    assert [note.source for note in slide.notes] == ["(An aside.)"] and len(slide.blocks) == 1


def test_what_is_folded_comes_on_a_slide_of_its_own():
    folded = "<details>\n<summary>What to make of it (click)</summary>\n\n1. So.\n\n</details>\n\nNext."
    assert deck("Before.", folded) == [
        [("prose", "Before.")],
        [("heading", "What to make of it"), ("prose", "1. So.")],
        [("prose", "Next.")],
    ]


def test_an_exercise_shows_its_task_and_its_stub_and_never_its_check():
    stub = 'def f(x):\n    ...\n\ncheck("2.1", f)'
    task = "**2.1 Write `f`** (4 minutes). Do.\n\n```python\nbroken\n```"
    assert deck(task, code(stub, shown("Not yet"), text("Not yet")), "After.") == [
        [("task", task.split("\n\n")[0]), ("task", "```python\nbroken\n```"), ("code", stub)],
        [("prose", "After.")],
    ]


HOME = [
    ("## 2. More (for home)\n\nx", code("1", text("1")), "### Deeper\n\ny"),
    ("### More (for home)\n\nx", code("1", text("1"))),
    ("### For home: more\n\nx", "**Guess first:** y?", code("1", text("1"))),
    ("**2.4 Write** (5 minutes, at home). x", code("picture()", shown(PICTURE)), code('y = None\n\ncheck("2.4", y)')),
    ("**For home: 2.5 Write** (5 minutes). x", code('y = None\n\ncheck("2.5", y)')),
    ("**For home.** x\n\n**Guess first:** y?", code("1", text("1")), "What came out."),
    ("For home: does it matter?", code("1", text("1")), "It does."),
    ("**For home**, to the end of this section. x", code("1", text("1")), "y", "| a |\n|---|", code("2", text("2"))),
    ("1. **For home.** x\n2. (For home.) y",),
]


@pytest.mark.parametrize("cells", HOME)
def test_what_is_marked_for_home_is_left_out_and_kept_when_asked_for(cells):
    stay = "## 3. On\n\nThis stays."
    assert deck("Kept.", *cells, stay) == [[("prose", "Kept.")], [("prose", "This stays.")]]
    everything = str(deck("Kept.", *cells, stay, everything=True))
    assert all(part in everything for part in re.findall(r"\b[xy]\b", str(cells[0])))
    assert len(kinds("Kept.", *cells, stay, everything=True)) > 2 or len(cells) == 1


@pytest.mark.parametrize(
    "next_cell",
    [
        "**Guess first:** z?",
        "**2.1 Predict** (2 minutes). z",
        "| z |\n|---|",
        "- z",
        "### Z\n\nz",
        "**To find out:** z",
    ],
)
def test_after_an_aside_for_home_the_lesson_goes_on_where_something_new_begins(next_cell):
    assert "z" in str(deck("**For home.** x", code("1", text("1")), f"What came out.\n\n{next_cell}"))
    assert "came out" not in str(deck("**For home.** x", code("1", text("1")), f"What came out.\n\n{next_cell}"))


def test_a_part_of_a_paragraph_or_the_next_cell_may_be_for_home():
    assert deck("Kept. **For home, guess first:** x?", code("1", text("1"))) == [[("prose", "Kept.")]]
    here = "The next cell, **for home**, takes it apart."
    assert deck(here, code("1", text("1")), "On.") == [[("prose", here), ("prose", "On.")]]


def test_sections_that_the_introduction_gives_to_home_are_left_out():
    introduction = "# T\n\nAt home, 65: the exercises (25), sections 2 to 3 and the rest."
    cells = [
        new_markdown_cell(each)
        for each in (introduction, "## 1. A\n\na", "## 2. B\n\nb", "## 3. C\n\nc", "## 4. D\n\nd")
    ]
    assert [slide.title for slide in slides(cells)] == ["T", "1. A", "4. D"]
    assert len(slides(cells, everything=True)) == 5


def test_the_lessons_leave_out_what_they_mark():
    titles = {path.name[:2]: {s.title for s in slides(nbformat.read(path, 4).cells)} for path in LESSONS}
    assert not any("home" in title for lesson in titles.values() for title in lesson)
    assert "5. Train it" in titles["04"] and "6. Which way to put order in?" not in titles["04"]


# pages


def page(*cells, views=None):
    notebook = new_notebook(cells=[new_markdown_cell("# Lesson *one*"), new_markdown_cell("## 1. A"), *cells])
    return deck_of(notebook, views or {}, Path("01_a.ipynb"), {"02_b.ipynb": "02_b.slides.html"})


def test_a_page_has_columns_of_slides_and_asks_for_nothing_but_reveal():
    made = page(new_markdown_cell("See [on](02_b.ipynb): $x^2$."), code("print(1)", text("1 < 2")))
    assert "<title>Lesson one | Attention, measured</title>" in made and made.count('<section class="column">') == 2
    assert "<h1>Lesson <em>one</em></h1>" in made
    assert made.count("<h2>1. A</h2>") == 1 and '<p class="running">1. A</p>' in made
    assert '<a href="02_b.slides.html">on</a>' in made and "<math " in made and "1 &lt; 2" in made
    assert set(re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^"]*)"', made)) == {
        "data:,", "reveal.js/dist/reveal.css", "reveal.js/dist/reveal.js", "reveal.js/dist/plugin/notes.js",
    }  # fmt: skip
    assert "http" not in re.search('Content-Security-Policy" content="([^"]*)"', made)[1]


def test_the_browser_may_load_what_is_in_the_page_and_beside_it_and_nothing_else():
    directives = re.search('Content-Security-Policy" content="([^"]*)"', page())[1].split("; ")
    assert "default-src 'none'" in directives
    sources = {source for directive in directives for source in directive.split()[1:]}
    assert sources == {"'none'", "data:", "'unsafe-inline'", "'self'", "file:"}


def test_a_title_with_signs_of_html_stands_as_it_is_written():
    notebook = new_notebook(cells=[new_markdown_cell("# 1 < *2* & 3")])
    made = deck_of(notebook, {}, Path("01_a.ipynb"), {})
    assert "<title>1 &lt; 2 &amp; 3 | " in made and "<h1>1 &lt; <em>2</em> &amp; 3</h1>" in made


def test_a_widget_is_in_the_page_and_its_script_only_then():
    mark = "<div>widget 0 of this lesson</div>"
    made = page(code("explorer", shown(mark)), views={mark: '<div class="frames">moves</div>'})
    assert '<div class="block moving">' in made and '<div class="frames">moves</div>' in made and mark not in made
    assert "frames-data" in made and "frames-data" not in page(new_markdown_cell("x"))


def test_the_numbers_folded_below_a_picture_stay_in_the_notebook():
    made = page(code("draw()", shown(f"{PICTURE}<details><summary>The numbers</summary>1 2 3</details>")))
    assert "Two bars" in made and "The numbers" not in made


def test_a_formula_that_does_not_convert_names_its_lesson():
    with pytest.raises(LessonError, match=r"01_a.ipynb: the formula .*nosuch"):
        page(new_markdown_cell(r"$\nosuch{x}$"))


# reveal.js


def unpacked(folder, version=VERSION):
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name}\n", encoding="utf-8")
    (folder / "package.json").write_text(json.dumps({"name": PACKAGE, "version": version}), encoding="utf-8")
    return folder


def fake_npm(folder, monkeypatch, script):
    """An ``npm`` that comes first on the PATH."""
    npm = folder / "bin" / "npm"
    npm.parent.mkdir(parents=True)
    npm.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.environ['PATH']}")


def packed(folder):
    """A package as npm packs it; returns the file."""
    file = folder / "reveal.js.tgz"
    with tarfile.open(file, "w:gz") as archive:
        for name in [*FILES, "README.md"]:
            content = f"{name}\n".encode()
            about = tarfile.TarInfo(f"package/{name}")
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return file


def integrity(file):
    return "sha512-" + base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()


def test_an_unpacked_package_is_taken_and_one_of_another_version_refused(tmp_path):
    assert set(reveal_files(tmp_path / "out", unpacked(tmp_path / "given"))) == {
        tmp_path / "out" / PACKAGE / name for name in FILES
    }
    other = unpacked(tmp_path / "other")
    (other / "package.json").write_text("[]", encoding="utf-8")
    for wrong in (unpacked(tmp_path / "older", "5.0.0"), other, tmp_path / "nowhere"):
        with pytest.raises(LessonError, match=f"does not hold the package reveal.js {re.escape(VERSION)}, unpacked"):
            reveal_files(tmp_path / "out", wrong)


@pytest.mark.skipif(os.name == "nt", reason="the npm of this test is a shell script")
def test_a_copy_beside_the_slides_is_taken_and_npm_not_asked(tmp_path, monkeypatch):
    fake_npm(tmp_path, monkeypatch, "exit 1")
    unpacked(tmp_path / "out" / PACKAGE)
    assert reveal_files(tmp_path / "out")
    unpacked(tmp_path / "out" / PACKAGE, "5.0.0")  # an older copy is fetched anew
    with pytest.raises(LessonError, match="npm could not fetch"):
        reveal_files(tmp_path / "out")


def test_a_copy_says_its_version_only_when_all_else_is_there(tmp_path):
    *_, last = reveal_files(tmp_path / "out", unpacked(tmp_path / "given"))  # written in this order
    assert last.name == "package.json"


@pytest.mark.skipif(os.name == "nt", reason="the npm of this test is a shell script")
def test_what_npm_fetches_is_compared_with_the_hash(tmp_path, monkeypatch):
    file = packed(tmp_path)
    fake_npm(tmp_path, monkeypatch, f'[ "$1 $2" = "pack {PACKAGE}@{VERSION}" ] && cp "{file}" .')
    with pytest.raises(LessonError, match="another hash, so it is not used: sha512-"):
        reveal_files(tmp_path / "out")
    monkeypatch.setattr(reveal_package, "INTEGRITY", integrity(file))
    assert reveal_files(tmp_path / "out")[tmp_path / "out" / PACKAGE / "LICENSE"] == "LICENSE\n"


@pytest.mark.skipif(os.name == "nt", reason="the npm of this test is a shell script")
def test_without_npm_or_network_a_sentence_says_what_to_do(tmp_path, monkeypatch):
    fake_npm(tmp_path, monkeypatch, "echo 'first line' >&2; echo 'no network' >&2; exit 1")
    with pytest.raises(LessonError, match=r"could not fetch .*\(no network\): try again .* --reveal FOLDER"):
        reveal_files(tmp_path / "out")
    monkeypatch.setattr(reveal_package.shutil, "which", lambda name: None)
    with pytest.raises(LessonError, match="install npm, which fetches it, or name a folder .* --reveal FOLDER"):
        reveal_files(tmp_path / "out")


# the command


def lesson(folder, name="01_a.ipynb", *cells):
    folder.mkdir(exist_ok=True, parents=True)
    made = [new_markdown_cell("# 01 · First"), new_markdown_cell("## 1. A\n\nWords."), *cells]
    nbformat.write(new_notebook(cells=made), folder / name)
    return folder / name


def test_slides_are_made_by_a_run_and_made_again_are_the_same(tmp_path, capsys):
    source = lesson(tmp_path / "in", "01_a.ipynb", code("print('a ran' + ' b')"))
    command = ["slides", "--out", str(tmp_path / "out"), "--reveal", str(unpacked(tmp_path / "given")), str(source)]
    assert main(command) == 0
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert files == {"01_a.slides.html", "index.html", *(f"{PACKAGE}/{name}" for name in FILES)}
    made = (tmp_path / "out" / "01_a.slides.html").read_bytes()
    assert b"a ran b" in made and str(tmp_path).encode() not in made and str(Path.home()).encode() + b"/" not in made
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert '<a href="01_a.slides.html">01 · First</a>' in index
    assert "wrote 01_a.slides.html" in capsys.readouterr().out
    (tmp_path / "out" / "00_start_here.slides.html").touch()  # of another run
    assert main(command[:3] + [str(source)]) == 0, "the copy beside the slides will do"
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert re.findall('href="([^"]*)">', index) == ["data:,", "00_start_here.slides.html", "01_a.slides.html"]
    assert (tmp_path / "out" / "01_a.slides.html").read_bytes() == made


def test_what_is_for_home_comes_when_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "run_with_views", lambda path, _: (nbformat.read(path, as_version=4), {}))
    source = lesson(tmp_path / "in", "01_a.ipynb", new_markdown_cell("## 2. More (for home)\n\nAt leisure."))
    command = ["slides", "--out", str(tmp_path / "out"), "--reveal", str(unpacked(tmp_path / "given")), str(source)]
    for more, there in (([], False), (["--all"], True)):
        assert main([*command, *more]) == 0
        assert ("At leisure." in (tmp_path / "out" / "01_a.slides.html").read_text(encoding="utf-8")) == there


def test_a_lesson_that_fails_leaves_nothing_behind(tmp_path, capsys):
    bad = lesson(tmp_path / "in", "01_a.ipynb", code("1 / 0"))
    out = tmp_path / "out"
    assert main(["slides", "--out", str(out), "--reveal", str(unpacked(tmp_path / "given")), str(bad)]) == 1
    assert "01_a.ipynb: a cell failed" in capsys.readouterr().err and not out.exists()


def test_what_cannot_be_is_refused_in_a_sentence_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(rendering, "run", lambda *_, **__: pytest.fail("ran"))
    good, twin = lesson(tmp_path / "in"), lesson(tmp_path / "twin")
    given = unpacked(tmp_path / "given")
    (tmp_path / "notes.txt").write_text("no notebook", encoding="utf-8")
    (tmp_path / "garden").mkdir()
    (tmp_path / "garden" / "index.html").write_text("<title>My garden</title>", encoding="utf-8")
    for asked, out, said in (
        ([tmp_path / "77_lost.ipynb"], "out", "there is no lesson 77_lost.ipynb"),
        ([tmp_path / "notes.txt"], "out", "notes.txt is no notebook"),
        ([good, twin], "out", "more than one file would be called 01_a.slides.html"),
        ([good], "notes.txt", "is no folder"),
        ([good], "in", "holds the lessons"),
        ([good], NOTEBOOKS / "slides", "holds the lessons"),
        ([good], "garden", "is not an index of these slides"),
    ):
        with pytest.raises(LessonError, match=re.escape(said)):
            write_slides(asked, tmp_path / out, unpacked=given)
    with pytest.raises(LessonError, match="does not hold the package"):
        write_slides([good], tmp_path / "out", unpacked=tmp_path / "in")
    assert not (tmp_path / "out").exists()
