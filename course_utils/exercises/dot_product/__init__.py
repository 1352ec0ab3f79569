"""Exercises of the lesson on dot-product attention, one in each module."""

from __future__ import annotations

from course_utils.exercises.dot_product.attention_weights import WEIGHTS
from course_utils.exercises.dot_product.broken_map import BROKEN_MAP
from course_utils.exercises.dot_product.doubled_query import DOUBLED
from course_utils.exercises.dot_product.hit_rate import HIT_RATE
from course_utils.exercises.dot_product.masked_weights import MASKED
from course_utils.exercises.dot_product.stable_softmax import SOFTMAX

EXERCISES = (DOUBLED, BROKEN_MAP, SOFTMAX, WEIGHTS, MASKED, HIT_RATE)
