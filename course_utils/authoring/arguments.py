"""What the commands are given: lessons that can be read, and a folder that may be written into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat

from course_utils.authoring.lessons import NOTEBOOKS, LessonError


def require_lessons(notebooks: Sequence[Path]) -> None:
    """Raise LessonError, before minutes of running, for a lesson that is not there or is no notebook."""
    missing = [path.name for path in notebooks if not path.is_file()]
    if missing:
        raise LessonError(f"there is no lesson {', '.join(missing)}.")
    for path in notebooks:
        try:
            nbformat.read(path, as_version=4)
        except Exception as error:  # nbformat has many
            raise LessonError(f"{path.name} is no notebook ({type(error).__name__}).") from None


def require_folder(folder: Path, names: Sequence[str]) -> None:
    """Raise LessonError when the folder is a file, or two of the files to be written there have one name."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LessonError(f"more than one file would be called {', '.join(twice)}; rename a notebook.")
    if folder.exists() and not folder.is_dir():
        raise LessonError(f"{folder} is no folder.")


def require_elsewhere(folder: Path, notebooks: Sequence[Path]) -> None:
    """Raise LessonError when the folder lies among the course's lessons, or is that of one of the notebooks."""
    whole = folder.resolve()
    inside = any(place.exists() and place.samefile(NOTEBOOKS) for place in (whole, *whole.parents))
    if inside or (whole.exists() and any(whole.samefile(path.parent) for path in notebooks)):
        raise LessonError(f"{folder} holds the lessons that the copies are made from; name another folder.")


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
