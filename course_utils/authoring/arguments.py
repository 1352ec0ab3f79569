"""What the commands are given: lessons that can be read, and a folder that may be written into."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat

from course_utils.authoring.lessons import NOTEBOOKS, LessonError


def lesson(name: Path) -> Path:
    """The notebook meant: a file as it is, or by ``02`` or ``02_dot_product_attention`` one of the course's lessons."""
    if name.exists():
        return name
    meant = [path for path in sorted(NOTEBOOKS.glob("*.ipynb")) if str(name) in (path.stem, path.stem[:2])]
    return meant[0] if meant else name


def require_lessons(notebooks: Sequence[Path]) -> None:
    """Raise LessonError, before minutes of running, for a lesson that is not there or is no notebook, or for none."""
    if not notebooks:  # the course was installed without them
        raise LessonError(f"there are no lessons in {NOTEBOOKS}; run this in the course's folder, or name notebooks.")
    missing = [path.name for path in notebooks if not path.is_file()]
    if missing:
        raise LessonError(f"there is no lesson {', '.join(missing)}. Give a number, such as 02, or a notebook's file.")
    for path in notebooks:
        try:
            nbformat.read(path, as_version=4)
        except Exception as error:  # nbformat has many
            raise LessonError(f"{path.name} is no notebook ({type(error).__name__}).") from None


def require_folder(folder: Path, names: Sequence[str]) -> None:
    """Raise LessonError, before minutes of running, when nothing can be written there or two files have one name."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LessonError(f"more than one file would be called {', '.join(twice)}; rename a notebook.")
    whole = folder.resolve()
    there = next(place for place in (whole, *whole.parents) if place.exists())
    if not there.is_dir():
        raise LessonError(f"{folder if there == whole else there} is no folder.")
    if not os.access(there, os.W_OK):
        raise LessonError(f"{there} must not be written into; name another folder.")


def require_elsewhere(folder: Path, notebooks: Sequence[Path]) -> None:
    """Raise LessonError when the folder lies among the course's lessons, or is that of one of the notebooks."""
    whole = folder.resolve()
    inside = any(place.exists() and place.samefile(NOTEBOOKS) for place in (whole, *whole.parents))
    if inside or (whole.exists() and any(whole.samefile(path.parent) for path in notebooks)):
        raise LessonError(f"{folder} holds the lessons that the copies are made from; name another folder.")


def require_own_index(index: Path, title: str, kind: str) -> None:
    """Raise LessonError when another site's index would be replaced; ours bears the ``title``, a ``kind`` of pages."""
    if index.exists() and f"<title>{title}</title>" not in index.read_text(encoding="utf-8", errors="replace"):
        raise LessonError(f"{index} is not an index of these {kind}; name another folder.")


def require_copies(
    notebooks: Sequence[Path], folder: Path, is_copy: Callable[[nbformat.NotebookNode], bool]
) -> list[Path]:
    """The lessons to copy, each once, by their whole paths.

    Raises LessonError as the two above; when the copies would stand among the lessons or in their place, since the
    unsolved notebooks are the only source; and when one would replace anything but an older copy of its kind, which
    ``is_copy`` tells: it may be somebody's work.
    """
    asked = list(dict.fromkeys(path.resolve() for path in notebooks))
    require_lessons(asked)
    require_folder(folder, [path.name for path in asked])
    require_elsewhere(folder, asked)
    kept = [path.name for path in asked if (folder / path.name).exists() and not _read_as(folder / path.name, is_copy)]
    if kept:
        raise LessonError(
            f"{folder} has {', '.join(kept)} already, which may hold somebody's work; move it, or name another folder."
        )
    return asked


def _read_as(file: Path, is_copy: Callable[[nbformat.NotebookNode], bool]) -> bool:
    """Whether a file is a notebook of that kind."""
    try:
        return is_copy(nbformat.read(file, as_version=4))
    except Exception:  # nbformat has many
        return False
