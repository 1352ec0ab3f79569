"""Open lessons in JupyterLab as a learner does: run all, move a slider by keyboard, see the picture change."""

import re

import pytest
from lesson_page import open_and_run, scroll_to_cell_with, settled

expect = pytest.importorskip("playwright.sync_api").expect


@pytest.mark.parametrize(
    ("name", "cell", "changes"),
    [
        ("02_dot_product_attention.ipynb", "explorer = scale_explorer()", r"(\d+) features"),
        ("01_rnn_context_loss.ipynb", "explorer = gradient_explorer(", r"radius ([\d.]+)"),
        ("03_cross_attention.ipynb", "explorer = decoding_explorer(", r"Word (\d+)"),
        ("04_self_attention.ipynb", "explorer = sentence_explorer(", r"\(word (\d+)\) looks"),
        ("06_small_transformer.ipynb", "explorer = writing_explorer(", r"New token (\d+)"),
        ("07_vision.ipynb", "explorer = patches_explorer(", r"row (\d+)"),
        ("08_audio.ipynb", "explorer = sound_explorer(", r"Clip (\d+)"),
        ("09_complexity.ipynb", "explorer = cost_explorer()", r"takes ([\d.]+) trillion"),
        ("10_pretrained.ipynb", "explorer = head_explorer(", r"Layer (\d+)"),
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
