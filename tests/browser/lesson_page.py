"""What every test of a lesson in JupyterLab does: open it, run it, find a cell, wait until its widget is at rest."""

import pytest

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
