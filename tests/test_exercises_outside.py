"""What the checks say to answers that they were not made for: right ones pass, wrong ones are named.

The rates are printed at the end of the test run, those of the answers that no message is mended with apart.
"""

import importlib
import time
from collections import Counter

import pytest
from outside_answers import ANSWERS

from course_utils.exercises import check
from course_utils.exercises.catalogue import EXERCISES

for number in sorted({exercise.lesson for exercise in EXERCISES.values()}):
    importlib.import_module(f"outside_answers.lesson_{number}")
for half in ("first", "second"):
    importlib.import_module(f"outside_answers.held_out_{half}")

RIGHT = [answer for answer in ANSWERS if answer.right]
WRONG = [answer for answer in ANSWERS if not answer.right]
BARE = {"", "wrong", "wrong."}


def ids(answers):
    """Deterministic, whatever order the tests run in."""
    seen = Counter()
    return [f"{a.exercise} {a.thought} {seen.update([a.exercise]) or seen[a.exercise]}" for a in answers]


def checked(answer, record_property):
    """The verdict; the time it took and whether it raised go into the summary of the run."""
    started = time.perf_counter()
    try:
        result = check(answer.exercise, answer.handed_in)
    except BaseException:
        record_property("outside", (answer.right, answer.held_out, False, True, 0.0))
        raise
    seconds = time.perf_counter() - started
    fits = result.status == "passed" if answer.right else result.misconception == answer.named is not None
    record_property("outside", (answer.right, answer.held_out, fits, False, seconds))
    return result


@pytest.mark.parametrize("answer", RIGHT, ids=ids(RIGHT))
def test_a_right_answer_passes(answer, record_property, capfd):
    result = checked(answer, record_property)
    assert result.status == "passed", result
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("answer", WRONG, ids=ids(WRONG))
def test_a_wrong_answer_is_told_something_to_act_on(answer, record_property, capfd):
    result = checked(answer, record_property)
    assert result.status == "failed", result
    assert answer.named in (None, result.misconception), f"{answer.thought}: {result}"
    assert len(result.message.split()) >= 4 and result.message.lower() not in BARE
    assert "{" not in result.message or "{" in str(answer.handed_in)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("held_out", [False, True], ids=["others", "held out"])
def test_nine_in_ten_wrong_answers_are_named(held_out):
    """``named`` is compared with what the check says, above; here is counted how often somebody found it to fit."""
    half = [answer for answer in WRONG if answer.held_out is held_out]
    assert sum(answer.named is not None for answer in half) / len(half) >= 0.9


@pytest.mark.parametrize("exercise", EXERCISES)
def test_there_are_answers_enough(exercise):
    assert sum(answer.exercise == exercise for answer in RIGHT) >= 5
    assert sum(answer.exercise == exercise for answer in WRONG) >= 8
