"""Exercise 3.5: what a weight on a position does and does not mean."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Misconception

MISREAD = Exercise(
    id="3.5",
    answer="what_the_map_shows",
    title="Read the map: which conclusion does it allow, a, b, c or d?",
    objective="say what a weight on a position does and does not mean",
    kind="read",
    minutes=4,
    difficulty=3,
    right=lambda: "c",
    misconceptions=(
        Misconception(
            "map taken for the meaning",
            lambda: "a",
            "The value at *und* is a state, and that state has read *sieben* before. A weight on a position is not a "
            "weight on the morpheme that stands there (section 6).",
            seen="https://github.com/jessevig/bertviz/issues/84",
        ),
        Misconception(
            "off the source means wrong",
            lambda: "b",
            "In section 6 models with such maps translated as well as the others. A map does not tell whether the "
            "answer is right.",
            seen="https://github.com/AI4Bharat/indicTrans/issues/16",
        ),
        Misconception(
            "map taken for decoration",
            lambda: "d",
            "Exchanging the state at *und* changed the word that was written (section 6). The weight is real; what is "
            "unsure is what the value stands for.",
        ),
    ),
    hints=(
        "What is handed over where this model looks: the morpheme alone, or what the encoder knew at that place?",
        "In section 6 we put another number's state in the place of *und*. What did the model write then?",
    ),
    praise="A weight says where most of a value came from; what it knows, and whether it was needed, it does not.",
)
