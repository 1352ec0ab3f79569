"""How long a widget takes from a key press to the changed picture, in a real JupyterLab and Chromium.

Not collected by pytest, since a time depends on what else the machine does:

    python tests/browser/benchmark_widgets.py [--presses 40] [--json FILE]

Measured in the page, from the ``keydown`` event until all of the picture in the page has changed. For comparison the
same for plain ``interact`` that draws a figure of matplotlib anew.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat
from lesson_page import LessonPage
from loopback_lab import CHROMIUM, QUIET, serve

TOKENS, HEADS, D_K = 64, 12, 32
CELLS = {
    "AttentionExplorer, 64 tokens x 12 heads": f"""
import torch
from course_utils.widgets import AttentionExplorer
torch.manual_seed(0)
query, key, value = torch.randn(3, {HEADS}, {TOKENS}, {D_K})
AttentionExplorer([f"token{{i}}" for i in range({TOKENS})], query, key, value)""",
    "Explorer of lesson 02, what the scale does": """
from course_utils.widgets.dot_product import scale_explorer
scale_explorer()""",
    "Explorer of lesson 10, one head of 72": """
import torch
from course_utils.widgets.pretrained_maps import head_explorer
pieces = "[CLS] the bank of the river was mud ##dy . [SEP]".split()
weights = torch.softmax(torch.randn(6, 12, len(pieces), len(pieces)), -1)
head_explorer(["the bank of the river was muddy."], lambda sentence: (pieces, weights))""",
    "plain interact with matplotlib": """
%matplotlib inline
import ipywidgets, matplotlib.pyplot as plt, numpy as np
x = np.linspace(0, 10, 200)
@ipywidgets.interact(frequency=(1, 60))
def draw(frequency=1):
    plt.plot(x, np.sin(frequency * x))
    plt.show()""",
}
# Watches the output of the cell with this number. The picture has changed when the SVG, the words or the image have;
# the slider's own number does not count.
WATCH = """at => {
    const output = jupyterapp.shell.currentWidget.content.widgets[at].outputArea.node;
    const picture = () => [...output.querySelectorAll("svg[role=img], .attention-explorer .ae-words, img")]
        .map(element => element.src ?? element.outerHTML).join();
    const watch = window.watch = { times: [], last: picture() };
    const pressed = () => { watch.pressed = performance.now(); };
    output.addEventListener("keydown", pressed, { capture: true, signal: (watch.stop = new AbortController()).signal });
    watch.observer = new MutationObserver(() => {
        const now = picture();
        if (!now || now === watch.last) return;
        watch.last = now;
        watch.changed = performance.now();
        watch.times.push(watch.changed - watch.pressed);
    });
    watch.observer.observe(output, { subtree: true, childList: true, attributes: true, characterData: true });
}"""
UNWATCH = "() => { watch.observer.disconnect(); watch.stop.abort(); }"
OPEN = """async at => {
    const notebook = jupyterapp.shell.currentWidget.content;
    const drawn = () => notebook.widgets[at].outputArea.node
        .querySelector("svg[role=img], .attention-explorer canvas, img");
    notebook.activeCellIndex = at;
    const before = drawn(), began = performance.now();
    jupyterapp.commands.execute("notebook:run-cell");
    while (!drawn() || drawn() === before) await new Promise(requestAnimationFrame);
    return performance.now() - began;
}"""


def main():
    """Measure every cell, print a table, and write what was measured as JSON where that is asked for."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--presses", type=int, default=40, help="single presses of each widget")
    options.add_argument("--json", type=Path, help="write the figures there, too")
    asked = options.parse_args()
    if CHROMIUM is None:
        sys.exit("no chromium on the PATH; on Debian: apt-get install chromium")
    measured = measure(asked.presses)
    print(f"{'':44}{'median':>8}{'slowest':>9}{'last of 20':>12}{'opens in':>10}{'in the page':>14}")
    for name, row in measured.items():
        print(
            f"{name:44}{row['median_ms']:5.0f} ms{row['slowest_ms']:6.0f} ms{row['last_of_20_ms']:9.0f} ms"
            f"{row['opens_ms']:7.0f} ms{row['bytes'] / 1000:11.0f} KB"
        )
    if asked.json:
        asked.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


def measure(presses):
    """The figures of every widget in ``CELLS``, by its name."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "notebooks").mkdir()
        nbformat.write(_notebook(), Path(home) / "notebooks" / "benchmark.ipynb")
        with serve(Path(home)) as lab, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
            page = browser.new_page(viewport={"width": 1280, "height": 1400})
            lesson = LessonPage(page, lab, "benchmark.ipynb")
            lesson.open()
            if not lesson.run_all():
                raise RuntimeError("a cell of the benchmark raised an error")
            rows = {name: _row(lesson, at, presses) for at, name in enumerate(CELLS, start=1)}
            browser.close()
    return rows


def _notebook():
    cells = [nbformat.v4.new_markdown_cell("# Benchmark"), *map(nbformat.v4.new_code_cell, CELLS.values())]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return notebook


def _row(lesson, at, presses):
    """One widget: single presses, 20 rapid ones, and running its cell once more."""
    page = lesson.page
    output = page.locator(".jp-Cell").nth(at)
    handle = output.locator(".ae-query-list, [role=slider], .ui-slider-handle").first
    handle.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(1500)  # until it is at rest
    on, back = ("ArrowDown", "ArrowUp") if output.locator(".ae-query-list").count() else ("ArrowRight", "ArrowLeft")
    page.evaluate(WATCH, at)
    for number in range(presses):
        page.keyboard.press(back if number % 2 else on)
        page.wait_for_function("number => watch.times.length > number", arg=number, polling=20)
    single = page.evaluate("watch.times.slice()")
    for key in [on, back] * 8 + [on] * 4:  # the last place is a new one, so that the last change is its
        page.keyboard.press(key)
    page.wait_for_timeout(3000)
    last = page.evaluate("watch.changed - watch.pressed")
    page.evaluate(UNWATCH)
    widget = next((widget for widget in lesson.widgets() if widget.place["at"] == at), None)
    return {
        "median_ms": statistics.median(single),
        "slowest_ms": max(single),
        "last_of_20_ms": last,
        "opens_ms": page.evaluate(OPEN, at),
        "bytes": lesson.ask(f"bytes_in_a_page({widget.model_id!r})") if widget else 0,
    }


if __name__ == "__main__":
    main()
