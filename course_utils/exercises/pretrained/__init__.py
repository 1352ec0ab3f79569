"""Exercises of the lesson on a real, pretrained model, one in each module."""

from __future__ import annotations

from course_utils.exercises.pretrained.head_choice import CHOICE
from course_utils.exercises.pretrained.neighbours import NEIGHBOURS
from course_utils.exercises.pretrained.sentence_vector import VECTOR
from course_utils.exercises.pretrained.weight_shown import WEIGHT
from course_utils.exercises.pretrained.word_effects import EFFECTS

EXERCISES = (VECTOR, NEIGHBOURS, CHOICE, EFFECTS, WEIGHT)
