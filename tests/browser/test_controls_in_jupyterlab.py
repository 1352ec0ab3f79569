"""What is not a slider, in JupyterLab: text that a learner types, and boxes switched by keyboard."""

import pytest
from lesson_page import open_and_run, scroll_to_cell_with, settled

expect = pytest.importorskip("playwright.sync_api").expect


@pytest.mark.parametrize(
    ("name", "cell", "misspelt", "meant", "marked_up", "known", "answer"),
    [
        (
            "03_cross_attention.ipynb",
            "explorer = decoding_explorer(",
            "siebenundneunzik",
            "neunzig",
            "<i id=typed>vier</i>",
            "vierundachtzig",
            "eighty",
        ),
        (
            "04_self_attention.ipynb",
            "explorer = sentence_explorer(",
            "the bnak of the river",
            "near it: bank",
            "<i id=typed>bank</i>",
            "the bank of the loan was muddy",
            "Sense: money",
        ),
    ],
)
def test_text_typed_by_a_learner_is_answered_and_escaped(
    page, lab, name, cell, misspelt, meant, marked_up, known, answer
):
    open_and_run(page, lab, name)
    widget = scroll_to_cell_with(page, cell).locator(".widget-vbox").first
    box, words = widget.get_by_role("textbox").first, widget.locator("[role=status], [role=alert]")

    box.fill(misspelt)
    box.press("Enter")
    expect(words).to_contain_text(meant)
    box.fill(marked_up)
    box.press("Enter")
    expect(words).to_contain_text("<i")
    assert page.locator("#typed").count() == 0
    box.fill(known)
    box.press("Enter")
    expect(words).to_contain_text(answer)
    assert page.faults == []


def test_heads_of_multi_head_are_switched_by_keyboard(page, lab):
    open_and_run(page, lab, "05_multi_head.ipynb")
    widget = scroll_to_cell_with(page, "explorer = heads_explorer(").locator(".widget-vbox").first
    widget.wait_for(timeout=120_000)
    words, switch = widget.get_by_role("status"), widget.get_by_role("checkbox").first
    assert "Heads on: 1, 2, 3, 4." in settled(words)
    before = widget.locator("svg").first.inner_html()

    switch.focus()
    expect(switch).to_be_focused()
    page.keyboard.press("Space")
    expect(words).to_contain_text("Heads on: 2, 3, 4.")
    assert widget.locator("svg").first.inner_html() != before
    assert page.evaluate("document.activeElement.closest('.widget-vbox') !== null"), "the focus left the widget"
    page.keyboard.press("Space")
    expect(words).to_contain_text("Heads on: 1, 2, 3, 4.")
    assert widget.locator("svg").first.inner_html() == before
    assert page.faults == []
