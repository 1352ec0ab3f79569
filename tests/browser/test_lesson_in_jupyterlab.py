"""Open lessons in JupyterLab as a learner does: run all, move a slider by keyboard, see the picture change."""

import re

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

SECONDS = 150  # for one Run All on a busy machine


def open_and_run(page, lab, name):
    """Open a lesson, run all of it, and come back when the last cell is done."""
    page.goto(f"{lab}/lab/tree/notebooks/{name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-MarkdownCell", timeout=SECONDS * 1000)
    page.set_default_timeout(SECONDS * 1000)
    page.evaluate("async () => { await jupyterapp.shell.currentWidget.sessionContext.ready }")
    assert page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')") is not False


def scroll_to_cell_with(page, text):
    """JupyterLab draws only the cells in view; walk down until the wanted one is drawn."""
    area = page.locator(".jp-WindowedPanel-outer").first
    area.evaluate("panel => panel.scrollTo(0, 0)")
    for _ in range(80):
        found = page.locator(".jp-Notebook .jp-Cell", has_text=text).first
        if found.count():
            found.scroll_into_view_if_needed()
            return found
        area.evaluate("panel => panel.scrollBy(0, 500)")
        page.wait_for_timeout(150)
    pytest.fail(f"no cell with {text!r}")


def settled(words):
    """What the widget says once the cells that move it from code have done so: the same for a second."""
    said, same = words.inner_text(), 0
    for _ in range(300):
        words.page.wait_for_timeout(100)
        now = words.inner_text()
        said, same = now, same + 1 if now == said else 0
        if same == 10:
            return said
    return pytest.fail(f"the widget never came to rest: {said!r}")


@pytest.mark.parametrize(
    ("name", "cell", "changes"),
    [
        ("02_dot_product_attention.ipynb", "explorer = scale_explorer()", r"(\d+) features"),
        ("01_rnn_context_loss.ipynb", "explorer = gradient_explorer(", r"radius ([\d.]+)"),
        ("03_cross_attention.ipynb", "explorer = decoding_explorer(", r"Word (\d+)"),
        ("04_self_attention.ipynb", "explorer = sentence_explorer(", r"\(word (\d+)\) looks"),
        ("06_small_transformer.ipynb", "explorer = writing_explorer(", r"New token (\d+)"),
        ("00_start_here.ipynb", "explorer = sharing_explorer()", r"score of (-?[\d.]+)"),
    ],
)
def test_run_all_then_move_a_slider_by_keyboard(page, lab, name, cell, changes):
    open_and_run(page, lab, name)
    widget = scroll_to_cell_with(page, cell).locator(".widget-vbox").first
    widget.wait_for(timeout=120_000)
    picture, words = widget.locator("svg").first, widget.get_by_role("status")
    handle = widget.get_by_role("slider").first
    said = settled(words)
    before = picture.inner_html()

    handle.focus()
    expect(handle).to_be_focused()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    for _ in range(100):
        if widget.get_by_role("status").inner_text() != said:
            break
        page.wait_for_timeout(100)

    assert widget.locator("svg").first.inner_html() != before
    was, now = (float(re.search(changes, text).group(1)) for text in (said, widget.get_by_role("status").inner_text()))
    assert now > was
    assert page.evaluate("document.activeElement.closest('.widget-vbox') !== null"), "the focus left the widget"
    assert page.faults == []


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
