"""Exercises that diagnose: ``check`` an answer, ask for a ``hint``, open the ``solution``, see the ``progress``."""

from course_utils.exercises.catalogue import catalogue, check, hint, load_progress, progress, save_progress, solution
from course_utils.exercises.result import CheckResult

__all__ = ["CheckResult", "catalogue", "check", "hint", "load_progress", "progress", "save_progress", "solution"]
