"""Exercises of the lesson on attention in vision, one in each module."""

from __future__ import annotations

from course_utils.exercises.vision.attend_picture import ATTEND_PICTURE
from course_utils.exercises.vision.claims import JUDGE_CLAIMS
from course_utils.exercises.vision.mass_in_box import MASS_IN_BOX
from course_utils.exercises.vision.patches import CUT_PATCHES
from course_utils.exercises.vision.rollout import ROLLOUT
from course_utils.exercises.vision.tokens import EMBED_IMAGE

EXERCISES = (CUT_PATCHES, ATTEND_PICTURE, MASS_IN_BOX, EMBED_IMAGE, ROLLOUT, JUDGE_CLAIMS)
