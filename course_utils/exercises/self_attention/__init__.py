"""Exercises of the lesson on self-attention."""

from __future__ import annotations

from course_utils.exercises.self_attention.beliefs import MAPS_TO_BELIEVE
from course_utils.exercises.self_attention.context import SELF_ATTENTION
from course_utils.exercises.self_attention.maps import MASKS_OF_MAPS, maps_to_read
from course_utils.exercises.self_attention.open_weights import OPEN_WEIGHTS
from course_utils.exercises.self_attention.relative_scores import RELATIVE_SCORES
from course_utils.exercises.self_attention.two_masks import CAUSAL_AND_PADDING

__all__ = ["EXERCISES", "maps_to_read"]

EXERCISES = (
    SELF_ATTENTION,
    RELATIVE_SCORES,
    OPEN_WEIGHTS,
    CAUSAL_AND_PADDING,
    MASKS_OF_MAPS,
    MAPS_TO_BELIEVE,
)
