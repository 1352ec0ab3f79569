"""Exercises of the lesson on multi-head attention."""

from __future__ import annotations

from course_utils.exercises.multi_head.context import MULTI_HEAD
from course_utils.exercises.multi_head.jobs import JOBS, maps_to_read
from course_utils.exercises.multi_head.parameters import PARAMETERS
from course_utils.exercises.multi_head.pytorch_mask import THEIRS
from course_utils.exercises.multi_head.splitting import SPLIT

__all__ = ["EXERCISES", "maps_to_read"]

EXERCISES = (SPLIT, MULTI_HEAD, PARAMETERS, JOBS, THEIRS)
