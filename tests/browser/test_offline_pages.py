"""Lessons as pages, opened from a file with the network cut off: all of it is there, and the widgets move."""

import base64
import json
import re
import zlib
from pathlib import Path

import pytest

from course_utils.authoring.lessons import NOTEBOOKS
from course_utils.authoring.pages import export

expect = pytest.importorskip("playwright.sync_api").expect

# Between them they have every kind of explorer, control, picture and sound; the others would add minutes only.
LESSONS = [path for path in sorted(NOTEBOOKS.glob("*.ipynb")) if path.name[:2] in {"02", "03", "05", "07", "08", "10"}]

# Where the words of a widget always name the value of a control, by the widget's name and the control's.
TOLD = {
    ("What the scale does", "features d_k"): r"^(\d+) features",
    ("A soft look-up on a curve", "query x"): r"x = (\S+),",
    ("A soft look-up on a curve", "temperature"): r"temperature (\S+):",
    ("Where each word looks", "English word"): r"^Word (\d+)",
    ("What a reader listens to", "clip"): r"^Clip (\d+)",
    ("What a reader listens to", "pooling"): r"With (\w+) pooling",
    ("One head of a real model", "layer"): r"^Layer (\d+)",
    ("One head of a real model", "head"): r"head (\d+)",
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The folder with all pages. Lesson 10 is run without its model, from recorded answers, as most readers do."""
    folder = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATTENTION_COURSE_MINILM", "none")
        export(LESSONS, folder)
    return folder


@pytest.fixture
def offline(chromium):
    """A page whose network is cut; ``page.asked`` collects every address, ``page.faults`` every error."""
    context = chromium.new_context(offline=True, viewport={"width": 1280, "height": 1400})
    page = context.new_page()
    page.asked, page.faults = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda note: page.faults.append(note.text) if note.type in ("error", "warning") else None)
    yield page
    context.close()


@pytest.mark.parametrize(("widget", "control"), TOLD)
def test_what_is_told_belongs_to_a_widget_that_is_exported(widget, control):
    stored = "".join(path.read_text(encoding="utf-8") for path in LESSONS)
    controls = re.search(rf"\[{widget}\. Run this cell to move it\. Controls: (.*?)\. It shows", stored)
    assert controls and control in controls[1].split(", ")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_whole_without_a_network_and_its_widgets_move(pages, offline, lesson):
    address = (pages / f"{lesson.stem}.html").as_uri()
    offline.goto(address)
    text = Path(pages / f"{lesson.stem}.html").read_text(encoding="utf-8")
    _everything_is_shown(offline, lesson)
    frames, explorers = offline.locator(".frames"), offline.locator(".attention-explorer")
    assert frames.count() + explorers.count() == lesson.read_text(encoding="utf-8").count("Run this cell to move it.")
    for widget, frame in zip(frames.all(), _frames(text), strict=True):
        _frames_follow_the_keyboard(widget, frame)
    for explorer in explorers.all():
        _the_explorer_follows_the_keyboard(explorer)
    quizzes = offline.locator(".quiz-form")
    assert quizzes.count() == lesson.read_text(encoding="utf-8").count("Run this cell to answer ")
    for quiz in quizzes.all():
        _the_quiz_follows_the_keyboard(quiz)
    offline.set_viewport_size({"width": 390, "height": 800})
    assert offline.evaluate("document.documentElement.scrollWidth") <= 390, "a phone would have to scroll sideways"
    assert offline.faults == []
    assert [url[:60] for url in offline.asked if not url.startswith(("data:", "blob:"))] == [address[:60]]


@pytest.mark.parametrize(("lesson", "theme"), [("05_multi_head", "light"), ("07_vision", "dark")])
def test_axe_finds_no_serious_fault_in_a_whole_page(pages, chromium, axe, lesson, theme):
    page = chromium.new_page(color_scheme=theme)
    page.goto((pages / f"{lesson}.html").as_uri())
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    page.close()
    assert [fault["help"] for fault in found if fault["impact"] in ("serious", "critical")] == []


def test_the_index_leads_to_every_lesson_and_its_links_to_pages(pages, offline):
    offline.goto((pages / "index.html").as_uri())
    links = [link.get_attribute("href") for link in offline.get_by_role("listitem").get_by_role("link").all()]
    assert links == [f"{path.stem}.html" for path in LESSONS]
    for link in links:
        offline.goto((pages / link).as_uri())
        for target in offline.evaluate("[...document.links].map(link => link.getAttribute('href'))"):
            file = target.partition("#")[0]
            assert re.match("https?:", target) or not file or (pages / file).is_file(), (link, target)
        offline.get_by_role("link", name="All lessons").click()
        assert offline.url == (pages / "index.html").as_uri()
    assert offline.faults == []


def _everything_is_shown(page, lesson):
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    prose = re.sub(r"```.*?```|`[^`]*`", "", prose, flags=re.S)
    page.evaluate("document.querySelectorAll('details').forEach(folded => { folded.open = true; })")
    formulas = page.evaluate(
        "[...document.querySelectorAll('math')].map(math => { const box = math.getBoundingClientRect();"
        " return box.width * box.height; })"
    )
    assert len(formulas) == prose.replace("$$", "$").count("$") // 2
    assert all(size > 0 for size in formulas)
    pictures = page.evaluate(
        "[...document.images].map(image => [image.alt, image.complete && image.naturalWidth,"
        " image.src.startsWith('data:')])"
    )
    assert pictures
    for alt, width, inside in pictures:
        assert len(alt.split()) >= 5 and width and inside, alt
    for drawing in page.locator("svg[role=img]").all():
        assert drawing.get_attribute("aria-label")
    sounds = page.locator("audio")
    page.wait_for_function("[...document.querySelectorAll('audio')].every(sound => sound.duration > 0)")
    assert all(sound.get_attribute("aria-label") for sound in sounds.all())
    assert page.locator("h1").count() == 1 and page.title() and page.evaluate("document.documentElement.lang") == "en"


def _frames(text):
    """Of every widget that was drawn beforehand: pictures and words in their order."""
    for data in re.findall(r'class="frames-data">([^<]*)<', text):
        found = json.loads(zlib.decompress(base64.b64decode(data)))
        yield ["".join(found["pieces"][piece] for piece in picture) for picture in found["pictures"]], found["words"]


# Of each control that moves: its name, where it stands, how many places it has, and what is said to be chosen.
CONTROLS = """widget => [...widget.querySelectorAll("[data-moves]")].map(control => {
    const name = control.closest("label").querySelector("span")?.textContent ?? control.closest("label").textContent;
    if (control.type === "checkbox") return [name.trim(), Number(control.checked), 2, String(control.checked)];
    if (control.type === "range")
        return [name, Number(control.value), Number(control.max) + 1, control.getAttribute("aria-valuetext")];
    return [name, control.selectedIndex, control.options.length, control.value];
})"""
SAME_PICTURE = """(widget, picture) => {
    const other = document.createElement("div");
    other.innerHTML = picture;
    return other.innerHTML === widget.querySelector(".frames-picture").innerHTML;
}"""


def _frames_follow_the_keyboard(widget, frames):
    pictures, words = frames
    name = widget.get_attribute("aria-label")
    widget.locator(".frames-not-started").wait_for(state="detached")
    fixed = widget.locator("input:disabled, select:disabled").count()
    assert bool(fixed) == ("run the notebook to move" in widget.inner_text())
    moving = widget.locator("[data-moves]").all()
    assert moving, f"{name}: nothing moves"
    seen = {widget.get_by_role("status").inner_text()}
    for number, control in enumerate(moving):
        control.focus()
        label, start, places, _ = widget.evaluate(CONTROLS)[number]
        before = widget.get_by_role("status").inner_text(), widget.locator(".frames-picture").inner_html()
        forward = start < places / 2
        for _ in range(places - 1):
            if control.get_attribute("type") == "checkbox":
                widget.page.keyboard.press("Space")
            else:
                widget.page.keyboard.press("ArrowDown" if forward == _is_list(control) else "ArrowUp")
            standing = widget.evaluate(CONTROLS)
            frame = 0
            for _, place, count, _ in standing:
                frame = frame * count + place
            said = widget.get_by_role("status").inner_text()
            assert said == " ".join(words[frame].split())
            assert widget.evaluate(SAME_PICTURE, pictures[frame]), f"{name}: {label}"
            if (name, label) in TOLD:
                told = re.search(TOLD[name, label], said)
                assert told and _number(told[1]) == _number(standing[number][3]), (name, label, said)
            seen.add(said)
            if said != before[0] and widget.locator(".frames-picture").inner_html() != before[1]:
                break
    assert len(seen) > 1, f"{name}: no control changed anything"


def _the_quiz_follows_the_keyboard(quiz):
    """The second option of the first question, the third of the second."""
    status, line = quiz.get_by_role("status"), quiz.get_by_role("textbox")
    quiz.get_by_role("radio").first.focus()
    for key in ("ArrowDown", "Tab", "ArrowDown", "ArrowDown"):
        quiz.page.keyboard.press(key)
    expect(status).to_contain_text("2 of ")
    expect(line).to_have_value(re.compile('= "bc-- '))


def _is_list(control):
    """In a list the arrow down goes on, on a slider the arrow up."""
    return control.evaluate("control => control.tagName === 'SELECT'")


def _number(text):
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return text


# What the explorer shows: its words, and all that is drawn, canvases too.
SHOWN = """explorer => [
    explorer.querySelector("[role=status]").textContent,
    explorer.outerHTML + [...explorer.querySelectorAll("canvas")].map(canvas => canvas.toDataURL()).join(),
]"""


def _the_explorer_follows_the_keyboard(explorer):
    """It draws with the screen's frames, so what is expected is waited for."""
    state = json.loads(explorer.locator("xpath=..").locator("script").text_content())
    labels = state["query_labels"]
    if state["stage"] != "tokens":  # a place begins with a capital, as a sentence does
        labels = [label[0].upper() + label[1:] for label in labels]
    there, back = ("ArrowRight", "ArrowLeft") if state["stage"] == "time" else ("ArrowDown", "ArrowUp")
    words, stage = explorer.get_by_role("status"), explorer.locator("[role=listbox], .ae-board").first
    expect(words).to_have_text(re.compile(rf"^({'|'.join(map(re.escape, labels))}) (attends|may)"))
    first, drawn = explorer.evaluate(SHOWN)
    place = max(
        (at for at, label in enumerate(labels) if first.startswith(f"{label} ")), key=lambda at: len(labels[at])
    )
    stage.focus()
    explorer.page.keyboard.press(there)
    expect(words).not_to_have_text(first)
    said, redrawn = explorer.evaluate(SHOWN)
    assert any(said.startswith(f"{label} ") for label in labels[place + 1 :]), (first, said)
    assert redrawn != drawn
    explorer.page.keyboard.press(back)
    expect(words).to_have_text(first)
