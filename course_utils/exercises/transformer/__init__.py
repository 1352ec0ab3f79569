"""Exercises of the lesson on a small transformer, one in each module."""

from __future__ import annotations

from course_utils.exercises.transformer.induction import INDUCTION
from course_utils.exercises.transformer.next_token import NEXT_TOKEN
from course_utils.exercises.transformer.pre_norm import PRE_NORM
from course_utils.exercises.transformer.sampling import SAMPLING
from course_utils.exercises.transformer.scored_pairs import CACHE

EXERCISES = (PRE_NORM, NEXT_TOKEN, SAMPLING, CACHE, INDUCTION)
