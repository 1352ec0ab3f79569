"""Exercises of the opening lesson, one in each module: the little arithmetic that everything else rests on."""

from __future__ import annotations

from course_utils.exercises.first_steps.mixture import MIXTURE
from course_utils.exercises.first_steps.reading_a_map import READ_A_MAP
from course_utils.exercises.first_steps.shares import SHARES

EXERCISES = (SHARES, MIXTURE, READ_A_MAP)
