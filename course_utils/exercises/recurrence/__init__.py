"""Exercises of the lesson on recurrent networks, one in each module."""

from __future__ import annotations

from course_utils.exercises.recurrence.best_of_grid import BEST_OF_GRID
from course_utils.exercises.recurrence.factor_per_step import FACTOR
from course_utils.exercises.recurrence.fading import FADING
from course_utils.exercises.recurrence.states import STATES

EXERCISES = (STATES, FADING, FACTOR, BEST_OF_GRID)
