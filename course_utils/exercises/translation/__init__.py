"""Exercises of the lesson on cross-attention, one in each module."""

from __future__ import annotations

from course_utils.exercises.translation.alignment import ALIGNED
from course_utils.exercises.translation.cross_weights import CROSS
from course_utils.exercises.translation.reading_a_map import MISREAD
from course_utils.exercises.translation.shape_of_weights import SHAPE
from course_utils.exercises.translation.teacher_forcing import SHIFTED

EXERCISES = (SHIFTED, SHAPE, CROSS, ALIGNED, MISREAD)
