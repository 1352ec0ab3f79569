"""Exercises of the lesson on cost, one in each module."""

from __future__ import annotations

from course_utils.exercises.cost.cache_memory import CACHE
from course_utils.exercises.cost.linear_attention import LINEAR
from course_utils.exercises.cost.map_memory import WEIGHTS
from course_utils.exercises.cost.online_softmax import ONLINE
from course_utils.exercises.cost.positions import POSITIONS
from course_utils.exercises.cost.sliding_window import WINDOW

EXERCISES = (WEIGHTS, ONLINE, WINDOW, LINEAR, CACHE, POSITIONS)
