"""Exercises that diagnose: ``check`` an answer, ask for a ``hint``, open the ``solution``."""

from course_utils.exercises.catalogue import catalogue, check, hint, solution
from course_utils.exercises.result import CheckResult

__all__ = ["CheckResult", "catalogue", "check", "hint", "solution"]
