"""Make the README's pictures, by hand: ``python tests/browser/readme_pictures.py``.

One is a figure of lesson 03 as it is stored; the others are what a learner sees in JupyterLab.
"""

import base64
import io
import re
import shutil
import tempfile
from pathlib import Path

import nbformat
from lesson_page import LessonPage
from loopback_lab import CHROMIUM, QUIET, ROOT, serve
from PIL import Image
from playwright.sync_api import sync_playwright

NOTEBOOKS = ROOT / "notebooks"
PICTURES = NOTEBOOKS / "pictures"
CROSSING = ("03_cross_attention.ipynb", "Map of weights, 11 English words by 11 German pieces")
LESSON = "02_dot_product_attention.ipynb"
EXERCISE = "2.3"
MISTAKEN = """def my_softmax(scores):
    exps = np.exp(scores)
    return exps / exps.sum(axis=0)

check("2.3", my_softmax)"""
PALETTE = 200  # colours; enough for text and a map of weights


def stored_figure(name, alt):
    """The PNG file of a stored lesson's figure whose alt text begins so."""
    cells = nbformat.read(NOTEBOOKS / name, as_version=4).cells
    pages = [out.get("data", {}).get("text/html", "") for cell in cells for out in cell.get("outputs", [])]
    pictures = re.findall(r'<img alt="([^"]*)"[^>]*base64,([A-Za-z0-9+/=]+)', "".join(pages))
    [found] = [picture for words, picture in pictures if words.startswith(alt)]
    return base64.b64decode(found)


def keep(name, shot):
    """Store a screenshot with few colours, which is a small file."""
    image = Image.open(io.BytesIO(shot)).convert("RGB").quantize(PALETTE, dither=Image.Dither.NONE)
    image.save(PICTURES / name, optimize=True)


def screenshots():
    """The attention explorer, and a check that names a mistake."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as driver:
        folder = Path(home) / "notebooks"
        shutil.copytree(NOTEBOOKS, folder)
        lesson = nbformat.read(folder / LESSON, as_version=4)
        [answer] = [cell for cell in lesson.cells if f'check("{EXERCISE}"' in cell.source]
        answer.source = MISTAKEN
        nbformat.write(lesson, folder / LESSON)
        with serve(Path(home)) as lab:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
            page = browser.new_page(viewport={"width": 1100, "height": 1400}, device_scale_factor=1.5)
            opened = LessonPage(page, lab, LESSON)
            opened.open()
            assert opened.run_all()
            [explorer] = [w for w in opened.widgets() if w.node.locator(".attention-explorer").count()]
            explorer.at_rest()
            keep("explorer.png", explorer.node.locator(".attention-explorer").screenshot())
            at = next(out["at"] for out in opened.outputs() if f"Exercise {EXERCISE}" in str(out.get("data", "")))
            opened.page.evaluate(
                "at => { const notebook = jupyterapp.shell.currentWidget.content; notebook.activeCellIndex = at;"
                " return notebook.scrollToItem(at, 'center'); }",
                at,
            )
            page.wait_for_timeout(500)
            keep("diagnosis.png", page.locator(".jp-Cell.jp-mod-active").screenshot())


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "crossing.png").write_bytes(stored_figure(*CROSSING))
    screenshots()
