"""Makes kernel-driven widgets usable without a mouse: their keys stay theirs, and their sliders have names.

JupyterLab has a shortcut for most keys, and ipywidgets leaves the handles of its sliders without a name.
"""

from __future__ import annotations

import functools
from pathlib import Path

COURSE_WIDGET = "course-widget"  # the class of a box whose keys are kept and whose sliders are named


@functools.cache
def make_accessible() -> object | None:
    """Send the page what looks after boxes of the class ``COURSE_WIDGET``, once a kernel; nothing without anywidget."""
    try:
        import anywidget

        class Accessibility(anywidget.AnyWidget):
            _esm = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")

        return Accessibility()
    except Exception:  # missing or broken: the widgets still move, and a learner can click
        return None
