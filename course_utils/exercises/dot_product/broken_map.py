"""Exercise 2.2: a broken map, and the line of code that made it."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Misconception

BROKEN_MAP = Exercise(
    id="2.2",
    answer="what_is_wrong",
    title="Read the broken map: which line of code made it, a, b, c or d?",
    objective="find a fault from the map it leaves",
    kind="read",
    minutes=4,
    difficulty=2,
    right=lambda: "b",
    misconceptions=(
        Misconception(
            "no scaling",
            lambda: "a",
            "Without scaling the rows would still sum to 1, only be more extreme. Add up a row of the map.",
        ),
        Misconception(
            "divided by the largest",
            lambda: "c",
            "Then the largest weight in every row would be 1.00. Add up a row of the map, then a column.",
        ),
        Misconception(
            "query and key swapped",
            lambda: "d",
            "Then the map would have three rows and four columns. Add up a row of the map, then a column.",
            seen="https://github.com/karpathy/llm.c/pull/531",
        ),
    ),
    hints=(
        "A healthy map has one sum that never changes. Which one, and does it hold here?",
        "Add up a row, then a column. The sum that is 1 tells along which axis the shares were given out: which of "
        "the four changes decides that?",
    ),
    praise="The columns sum to 1, the rows do not: the softmax ran over the queries.",
)
