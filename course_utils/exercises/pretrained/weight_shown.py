"""Exercise 10.5: what a weight shows."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception

WEIGHT = Exercise(
    id="10.5",
    answer="what_it_shows",
    title="Read: 0.9 from 'bank' to 'river' in one map of this model. What does that show? One letter.",
    objective="say what a weight in a map shows, and what it does not",
    kind="read",
    minutes=2,
    difficulty=2,
    right=lambda: "D",
    misconceptions=(
        Misconception(
            "a weight is an effect",
            lambda: "A",
            "Perhaps, but the map does not show it. What leaving out a word does has to be tried out: delete it, as in "
            "10.4. The value at 'river' may be short, or other heads and the residual may carry the same.",
            seen="https://github.com/jessevig/bertviz/issues/84",
        ),
        Misconception(
            "a weight is a reason",
            lambda: "B",
            "One head of 72 has looked there. Whether the model goes by it is another question: make its weights "
            "uniform and see what changes. Often it is little.",
            seen="https://courses.eduardonacimiento.com/course/AI-course2/en/module7",
        ),
        Misconception(
            "a weight is understanding",
            lambda: "C",
            "A weight comes from the match of two vectors. Some heads look at the next token, some at [SEP], whatever "
            "the sentence says. A map in which the pair looks sensible is easily found among 72.",
        ),
        *(
            Misconception(
                "several letters",
                lambda letters=letters: letters,
                "Several letters came. One of the four statements says what a weight is by definition, and no more; "
                "the others have to be tried out. Which one?",
            )
            for count in (2, 3, 4)
            for chosen in permutations("ABCD", count)
            # as an array of one text: compared as its text, and not offered among the letters
            for letters in (list(chosen), np.array("".join(chosen)))
        ),
        *(
            Misconception(
                "a number instead of a letter",
                lambda number=number: number,
                '{got} came. The four statements have letters: hand in the letter of one, "a" to "d".',
            )
            for number in (*range(5), 0.9, True, False)
        ),
        *(
            Misconception(
                "none of the four",
                lambda word=word: np.array(word),
                "One of the four is certain: what a weight does in its own head, by definition. Which one says no more "
                "than that?",
            )
            for word in ("none", "nothing", "neither", "none of them", "all", "all of them", "no", "yes", "unclear")
        ),
    ),
    hints=(
        "What is multiplied by a weight, and what is added up? Nothing else is certain.",
        "After a few layers, what is in the state at 'river': the word alone?",
    ),
    praise="A share of one mixture, of a value that is itself made of mixtures. The rest has to be tried out.",
)
