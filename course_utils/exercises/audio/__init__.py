"""The exercises of lesson 08, on sound: a module for each."""

from course_utils.exercises.audio.decibels import RATIO_AFTER
from course_utils.exercises.audio.frames import FRAMES
from course_utils.exercises.audio.log_mel import LOG_MEL
from course_utils.exercises.audio.mixing import MIXTURE
from course_utils.exercises.audio.pooling import POOL
from course_utils.exercises.audio.voices import SPLIT_BY_VOICE

EXERCISES = (MIXTURE, FRAMES, LOG_MEL, POOL, SPLIT_BY_VOICE, RATIO_AFTER)
