"""A real JupyterLab on loopback and a real Chromium; a screenshot is kept when a test fails."""

import json
import os
import shutil
import subprocess

import pytest
from loopback_lab import CHROMIUM, HERE, QUIET, ROOT, keep_screenshot, serve

pytest.register_assert_rewrite("lesson_checks", "lesson_page")

NO_CHROMIUM = "no chromium on the PATH; on Debian: apt-get install chromium"


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """The address of a JupyterLab that serves a copy of the notebooks."""
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", home / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    with serve(home) as address:
        yield address


@pytest.fixture(scope="module")
def chromium():
    """One browser for all tests of a file."""
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A fresh page; ``page.faults`` collects errors of the page and its console."""
    page = chromium.new_page(viewport={"width": 1280, "height": 1400})
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda note: page.faults.append(note.text) if note.type == "error" else None)
    yield page
    page.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """axe-core as text, of the version in package-lock.json; installed once, and kept in ``node_modules``."""
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    kept = HERE / "node_modules" / f"axe-core-{lock['packages']['node_modules/axe-core']['version']}.js"
    if not kept.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("no npm on the PATH, which brings axe-core; on Debian: apt-get install npm")
        fresh = tmp_path_factory.mktemp("npm")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, fresh)
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=fresh, check=True)
        kept.parent.mkdir(exist_ok=True)
        part = kept.with_name(f"{kept.name}.{os.getpid()}")  # another worker may be installing, too
        shutil.copy(fresh / "node_modules" / "axe-core" / "axe.min.js", part)
        os.replace(part, kept)
    return kept.read_text(encoding="utf-8")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep what the page looked like when a test failed, also where the page serves many tests."""
    report = yield
    given = item.funcargs
    page = getattr(given.get("lesson"), "page", None) or given.get("page") or given.get("offline")
    if report.failed and page is not None:
        try:
            keep_screenshot(page, item.name)
        except Exception as error:  # a browser that is gone must not hide why the test failed
            report.sections.append(("screenshot", f"none could be taken: {error}"))
    return report
