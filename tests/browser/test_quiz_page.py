"""The quiz as a page: opened from a file with the network cut off, answered by keyboard, shown as on paper."""

import re

import pytest

from course_utils.authoring.quiz_page import write_quiz
from course_utils.exercises.quiz import LETTERS, QUESTIONS

expect = pytest.importorskip("playwright.sync_api").expect
SELECTED = "line => line.value.slice(line.selectionStart, line.selectionEnd)"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The page's address as a file."""
    file = tmp_path_factory.mktemp("quiz") / "quiz.html"
    write_quiz(file)
    return file.as_uri()


@pytest.fixture
def page(chromium, address):
    """The quiz without a network; ``page.asked`` collects every address, ``page.faults`` every error."""
    context = chromium.new_context(offline=True, viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.asked, page.faults = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda note: page.faults.append(note.text) if note.type in ("error", "warning") else None)
    page.goto(address)
    yield page
    assert page.faults == [] and page.asked == [address]
    context.close()


def answer_all(page, letters):
    """Answer each question by keyboard alone, from the top of the page."""
    page.locator("main").focus()
    for letter in letters:
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        for _ in range(LETTERS.index(letter)):
            page.keyboard.press("ArrowDown")


def test_every_question_is_a_named_group_that_the_keyboard_answers(page):
    letters = ("abcd" * 5)[: len(QUESTIONS)]
    answer_all(page, letters)
    line = page.get_by_role("textbox", name="Line to copy")
    signs = " ".join(re.findall(".{1,4}", letters))
    expect(line).to_have_value(f'my_answers = "{signs}"')
    expect(page.locator(".quiz-status")).to_have_text("18 of 18 answered.")
    for number, (question, letter) in enumerate(zip(QUESTIONS, letters), 1):
        group = page.get_by_role("group", name=f"{number}. {question.text}", exact=True)
        option = f"{letter}: {question.options[LETTERS.index(letter)]}"
        expect(group.get_by_role("radio", name=option, exact=True)).to_be_checked()
    page.keyboard.press("Tab")
    expect(line).to_be_focused()
    assert line.evaluate(SELECTED) == line.input_value()
    page.get_by_role("heading").first.click()
    line.click()
    assert line.evaluate(SELECTED) == line.input_value()


def test_an_answer_is_taken_back_by_keyboard(page):
    answer_all(page, "d")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Line to copy")).to_have_value('my_answers = "---- ---- ---- ---- --"')
    expect(page.locator(".quiz-status")).to_have_text("0 of 18 answered.")


def test_what_is_right_is_told_when_asked_for_and_of_answered_questions_only(page):
    first, second = QUESTIONS[:2]
    wrong = next(iter(first.mistaken))
    answer_all(page, wrong + second.right)
    told = page.locator(".told:visible")
    expect(told).to_have_count(0)
    button = page.get_by_role("button", name="Show what is right")
    button.focus()
    page.keyboard.press("Enter")
    expect(told).to_have_count(2)
    expect(told.first).to_contain_text(f"{first.mistaken[wrong].idea}. {first.mistaken[wrong].instead}")
    expect(told.nth(1)).to_contain_text(f"✔ right. {second.because}")
    expect(page.locator("#right")).to_have_text("1 right of 2 answered; why stands below each.")
    page.locator("fieldset").nth(0).get_by_role("radio").nth(LETTERS.index(first.right)).press("Space")
    expect(page.locator("#right")).to_have_text("2 right of 2 answered; why stands below each.")


def test_on_paper_there_are_boxes_a_name_and_the_key_on_pages_of_its_own(page):
    key = page.get_by_role("heading", name="Key, for the teacher")
    expect(key).to_be_hidden()
    page.emulate_media(media="print")
    for there in (key, page.get_by_text("Name:"), page.get_by_role("heading", name="What the class has gained")):
        expect(there).to_be_visible()
    for gone in (page.get_by_label("Line to copy"), page.get_by_role("button"), page.get_by_text("no answer").first):
        expect(gone).to_be_hidden()
    for section in page.locator("section.key").all():
        assert section.evaluate("section => getComputedStyle(section).breakBefore") == "page"
    boxes = page.locator("fieldset").first.locator("input:visible")
    assert boxes.count() == 4
    assert boxes.first.evaluate("box => getComputedStyle(box).borderTopStyle") == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_and_nothing_is_lost_on_a_phone(page, axe, scheme):
    page.emulate_media(color_scheme=scheme)
    answer_all(page, "abcd")
    page.get_by_role("button").press("Enter")
    page.evaluate(axe)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 1000})
        found = page.evaluate("async () => (await axe.run()).violations")
        assert [fault["help"] for fault in found if fault["impact"] in ("serious", "critical")] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
