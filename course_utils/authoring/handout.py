"""Lessons as learners get them before class: nothing has been run yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nbformat

from course_utils.authoring.arguments import require_copies
from course_utils.authoring.lessons import as_text, tidy, write_all


def handout(notebooks: Sequence[Path], folder: Path) -> list[Path]:
    """Copy the lessons into the folder without outputs, counts and widgets' states; runs nothing.

    The same lessons give the same bytes. Returns the copies' files, in the order of the lessons.

    Raises LessonError as ``require_copies`` does; only copies that nobody has run are replaced.
    """
    asked = require_copies(notebooks, folder, is_unrun)
    copies = {folder / path.name: as_text(unrun(nbformat.read(path, as_version=4))) for path in asked}
    write_all(copies)
    return list(copies)


def is_unrun(notebook: nbformat.NotebookNode) -> bool:
    """Whether no cell has been run, as in a copy that nobody has worked in."""
    return not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


def unrun(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook, changed: cells, their text and their tags stay; what a run left goes."""
    tidy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook
