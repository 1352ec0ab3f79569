"""Slides opened from a file with the network cut off: nothing is cut off, guesses come first, the keyboard works."""

import re

import pytest
from loopback_lab import HERE

from course_utils.authoring.lessons import NOTEBOOKS, LessonError, write_all
from course_utils.authoring.reveal_package import PACKAGE, VERSION, reveal_files
from course_utils.authoring.slides import write_slides

expect = pytest.importorskip("playwright.sync_api").expect

# Between them: formulas, tables, code, figures, drawn widgets, and an explorer to be pointed at.
LESSONS = [path for path in sorted(NOTEBOOKS.glob("*.ipynb")) if path.name[:2] in {"02", "07"}]
SIZES = [(1280, 720), (1920, 1080)]
LEAST_TEXT = 18  # pixels on a slide of 1280 by 720; what is raised or lowered in a formula may be smaller
LEAST_IN_WIDGET = 11

# What is wrong with the slide that is shown.
FAULTS = """([leastText, leastInWidget]) => {
    const section = Reveal.getCurrentSlide(), slide = section.querySelector(".slide"), found = [];
    const onScreen = (element) => {
        const box = element.getBoundingClientRect();
        return box.left > -1 && box.top > -1 && box.right < innerWidth + 1 && box.bottom < innerHeight + 1;
    };
    if (!onScreen(slide)) found.push("the slide is not on the screen");
    for (const part of [slide, slide.querySelector(".body"), ...slide.querySelectorAll(".block, pre, table")])
        if (part.scrollHeight > part.clientHeight + (part.querySelector("math") ? 9 : 1) // a root hangs out a little
            || part.scrollWidth > part.clientWidth + 1)
            found.push(`${part.className}: ${part.scrollWidth} x ${part.scrollHeight} does not fit`);
    for (const image of slide.querySelectorAll("img, svg, math, audio, table, pre")) {
        if (!image.getBoundingClientRect().width) continue;
        if (!onScreen(image)) found.push(`${image.tagName} is not on the screen`);
    }
    for (const image of slide.querySelectorAll("img"))
        if (image.alt.split(" ").length < 5 || !image.naturalWidth || !image.src.startsWith("data:"))
            found.push(`a picture with the text "${image.alt}"`);
    for (const drawing of slide.querySelectorAll("svg[role=img]"))
        if (!drawing.ariaLabel) found.push("a drawing without a text");
    const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !element.getClientRects().length) continue;
        if (element.closest("math, svg, script, style, noscript, [role=status].ae-said")) continue;
        let size = parseFloat(getComputedStyle(element).fontSize);
        for (let each = element; each; each = each.parentElement) size *= Number(getComputedStyle(each).zoom);
        if (size < (element.closest(".widget") ? leastInWidget : leastText) - 0.01)
            found.push(`${size} px: ${texts.currentNode.data.trim()}`);
    }
    return found;
}"""
# The kinds of blocks that can be seen now.
SEEN = """() => [...Reveal.getCurrentSlide().querySelectorAll(".block")].filter((block) => {
    const style = getComputedStyle(block);
    return style.visibility === "visible" && Number(style.opacity) > 0;
}).map((block) => block.classList[1])"""
PLACE = "() => { const { h, v } = Reveal.getIndices(); return [h, v]; }"


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """The folder with the slides; reveal.js is fetched once, and kept in ``node_modules``."""
    kept = HERE / "node_modules" / f"{PACKAGE}-{VERSION}"
    try:
        write_all(reveal_files(kept))
    except LessonError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("slides")
    write_slides(LESSONS, folder, unpacked=kept / PACKAGE)
    return folder


@pytest.fixture
def show(chromium, decks):
    """Opens the slides of a lesson: a page whose ``asked`` has every address and ``faults`` every error."""
    contexts = []

    def opened(lesson, size=SIZES[0], place="", fault=None):
        context = chromium.new_context(offline=True, viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        page = context.new_page()
        page.asked, page.faults = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda note: page.faults.append(note.text) if note.type in ("error", "warning") else None)
        page.goto((decks / f"{lesson}.slides.html").as_uri() + place)
        page.wait_for_selector("body.paged", state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_slide_fits_the_screen_and_no_guess_is_answered_before_its_step(decks, show, lesson, size):
    page = show(lesson.stem, size)
    wrong, walked, questions, waited = {}, 0, 0, 0
    while True:
        walked += 1
        place = page.evaluate(PLACE)
        faults = page.evaluate(FAULTS, [LEAST_TEXT, LEAST_IN_WIDGET])
        kinds = page.evaluate(SEEN)
        if "question" in kinds:
            questions += 1
            if set(kinds) - {"heading", "prose", "carried", "question"}:
                faults.append(f"a question and {kinds}")
        if faults:
            wrong[walked] = faults
        hidden = page.evaluate("Reveal.availableFragments().next")
        if "code" in kinds and hidden:
            assert "output" not in kinds
            page.keyboard.press("Space")
            assert "output" in page.evaluate(SEEN) and page.evaluate(PLACE) == place
            waited += 1
        while page.evaluate("Reveal.availableFragments().next"):
            page.keyboard.press("Space")
        if page.evaluate("Reveal.isLastSlide()"):
            break
        page.keyboard.press("Space")
        assert page.evaluate(PLACE) != place, f"slide {walked}: Space does not go on"
    assert wrong == {}, f"{len(wrong)} of {walked} slides"
    assert walked == page.evaluate("Reveal.getTotalSlides()") > 60 and questions > 5 and waited > 10
    assert page.faults == []
    beside = {
        (decks / PACKAGE / name).as_uri() for name in ("dist/reveal.css", "dist/reveal.js", "dist/plugin/notes.js")
    }
    own = (decks / f"{lesson.stem}.slides.html").as_uri()
    assert {url for url in page.asked if not url.startswith(("data:", "blob:"))} == beside | {own}


def test_nothing_of_the_prose_is_lost_between_the_rules_and_the_screen(show):
    page = show(LESSONS[0].stem)
    shown = page.evaluate(
        "[...document.querySelectorAll('.block.prose, .block.question')].map(b => b.textContent).join(' ')"
    )
    for words in (
        "Softness has a second advantage",
        "do our code from section 2 print",
        "Each query shares out exactly 1",
    ):
        assert words.replace("do our", "does our") in " ".join(shown.split())


def test_the_keyboard_goes_on_and_back_and_to_the_end(show):
    page = show(LESSONS[0].stem)
    first = page.evaluate(PLACE)
    for forward, back in (("ArrowRight", "ArrowLeft"), ("PageDown", "PageUp"), ("Space", "Shift+Space")):
        page.keyboard.press(forward)
        assert page.evaluate(PLACE) != first
        page.keyboard.press(back)
        assert page.evaluate(PLACE) == first
    page.keyboard.press("End")
    assert page.evaluate(PLACE)[0] == page.evaluate("Reveal.getHorizontalSlides().length") - 1  # the last section


def test_a_widget_keeps_its_arrow_keys_until_escape(show):
    page = show(LESSONS[0].stem)
    widget = _slide_with(page, ".frames")
    place, slider, status = page.evaluate(PLACE), widget.get_by_role("slider").first, widget.get_by_role("status")
    before = status.inner_text()
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(status).not_to_have_text(before)
    page.keyboard.press("ArrowLeft")
    expect(status).to_have_text(" ".join(before.split()))
    page.keyboard.press("Space")
    assert page.evaluate(PLACE) == place
    # Other lessons have a list; reveal.js lets a slider's keys alone by itself, but not those of a list.
    widget.evaluate("widget => widget.insertAdjacentHTML('beforeend', '<select><option>a<option>b</select>')")
    listed = widget.locator("select")
    listed.focus()
    page.keyboard.press("ArrowDown")
    expect(listed).to_have_value("b")
    assert page.evaluate(PLACE) == place
    page.keyboard.press("Escape")
    page.keyboard.press("Space")
    assert page.evaluate(PLACE) != place and not page.evaluate("Reveal.isOverview()")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_an_explorer_is_reached_by_tab_and_shows_what_is_pointed_at(show, size):
    page = show(LESSONS[1].stem, size)
    explorer = _slide_with(page, ".attention-explorer")
    place, board, words = page.evaluate(PLACE), explorer.locator(".ae-board").first, explorer.locator(".ae-words")
    for _ in range(30):
        if board.evaluate("board => board === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(board).to_be_focused()
    before = words.inner_text()
    page.keyboard.press("ArrowDown")
    expect(words).not_to_have_text(before)
    box = board.bounding_box()
    rows, columns = map(int, re.findall(r"\d+", board.get_attribute("aria-label")))
    for row, column in ((3, 5), (rows, columns)):
        board.click(position={"x": box["width"] * (column - 0.5) / columns, "y": box["height"] * (row - 0.5) / rows})
        expect(words).to_have_text(re.compile(rf"^The patch at row {row}, column {column} attends"))
    assert page.evaluate(PLACE) == place


def test_the_speaker_sees_what_the_class_does_not(show):
    page = show(LESSONS[0].stem)
    notes = "section.present > aside.notes"
    while not page.locator(notes).count():
        page.keyboard.press("ArrowRight")
    assert not page.locator(notes).is_visible()
    said = page.locator(notes).text_content()
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    expect(opened.value.locator(".speaker-controls-notes .value")).to_have_text(" ".join(said.split()))
    assert len(opened.value.frames) == 3, "this slide and the next"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_axe_finds_no_serious_fault_in_some_slides(show, axe, lesson):
    page = show(lesson.stem)
    page.evaluate(axe)
    for kind in ("question", "code", "picture", "task", "moving"):
        _slide_with(page, f".block.{kind}")
        page.evaluate("while (Reveal.availableFragments().next) Reveal.nextFragment()")
        found = page.evaluate("axe.run('section.present .slide')")["violations"]
        assert [
            (fault["help"], fault["nodes"][0]["html"]) for fault in found if fault["impact"] in ("serious", "critical")
        ] == []


def test_what_does_not_fit_any_more_would_be_seen(show):
    """The measure itself: letters that are made larger do not fit."""
    page = show(LESSONS[0].stem)
    assert page.evaluate(FAULTS, [LEAST_TEXT, LEAST_IN_WIDGET]) == []
    page.add_style_tag(content=".slide p { font-size: 120px !important }")
    assert any("does not fit" in fault for fault in page.evaluate(FAULTS, [LEAST_TEXT, LEAST_IN_WIDGET]))


def _slide_with(page, selector):
    """Goes to the first slide that has such an element; returns the element."""
    page.evaluate(
        "selector => { const { h, v } = Reveal.getIndices(Reveal.getSlides().find((s) => s.querySelector(selector)));"
        " Reveal.slide(h, v); }",
        selector,
    )
    return page.locator(f"section.present {selector}").first
