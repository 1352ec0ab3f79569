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


@pytest.mark.parametrize(
    ("name", "cell", "changes"),
    [
        ("02_dot_product_attention.ipynb", "explorer = scale_explorer()", r"(\d+) features"),
        ("01_rnn_context_loss.ipynb", "explorer = gradient_explorer(", r"radius ([\d.]+)"),
        ("03_cross_attention.ipynb", "explorer = decoding_explorer(", r"Word (\d+)"),
        ("00_start_here.ipynb", "explorer = sharing_explorer()", r"score of (-?[\d.]+)"),
    ],
)
def test_run_all_then_move_a_slider_by_keyboard(page, lab, name, cell, changes):
    open_and_run(page, lab, name)
    widget = scroll_to_cell_with(page, cell).locator(".widget-vbox").first
    widget.wait_for(timeout=120_000)
    picture, words = widget.locator("svg").first, widget.get_by_role("status")
    handle = widget.get_by_role("slider").first
    before, said = picture.inner_html(), words.inner_text()

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


def test_text_typed_by_a_learner_is_answered_and_escaped(page, lab):
    open_and_run(page, lab, "03_cross_attention.ipynb")
    widget = scroll_to_cell_with(page, "explorer = decoding_explorer(").locator(".widget-vbox").first
    box, words = widget.get_by_role("textbox").first, widget.locator("[role=status], [role=alert]")

    box.fill("siebenundneunzik")
    box.press("Enter")
    expect(words).to_contain_text("neunzig")
    box.fill("<i id=typed>vier</i>")
    box.press("Enter")
    expect(words).to_contain_text("<i")
    assert page.locator("#typed").count() == 0
    box.fill("vierundachtzig")
    box.press("Enter")
    expect(words).to_contain_text("eighty")
    assert page.faults == []
