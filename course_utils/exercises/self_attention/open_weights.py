"""Exercise 4.3: how many weights a causal mask leaves open."""

from __future__ import annotations

import math

from course_utils.attention import causal_mask
from course_utils.exercises.answers_alike import alike
from course_utils.exercises.exercise import Exercise, Misconception

_WORDS = 10
_OPEN = _WORDS * (_WORDS + 1) // 2
_CLOSED = _WORDS * _WORDS - _OPEN

OPEN_WEIGHTS = Exercise(
    id="4.3",
    answer="open_weights",
    title="Predict how many of the 100 weights are not 0: ten words under a causal mask.",
    objective="count what a causal mask leaves open",
    kind="predict",
    minutes=3,
    difficulty=1,
    right=lambda: int(causal_mask(_WORDS).sum()),
    misconceptions=(
        Misconception(
            "closed ones counted, or the diagonal left out",
            lambda: 45,
            "45 are 0: the pairs in which the key comes later. If you meant the open ones, you left out the ten on the "
            "diagonal: each word may look at itself, or the first would have nowhere to look.",
            seen="https://github.com/intel/intel-xpu-backend-for-triton/pull/5854",
        ),
        Misconception(
            "half of them",
            lambda: 50,
            "50 would be half. The ten weights on the diagonal belong to no half: they are open as well, so take half "
            "of the other 90, and add the ten.",
        ),
        Misconception(
            "nothing is closed",
            lambda: 100,
            "100 is all of them. A closed score is minus infinity, and e to that is exactly 0. A causal mask closes "
            "every pair in which the key comes later: the first word has one open weight, not ten.",
            seen="https://github.com/AI-Hypercomputer/maxtext/issues/1972",
        ),
        Misconception(
            "one for each word",
            lambda: 10,
            "10 is what the weights sum to, 1 for each word, or what the last word has open. Count the weights that "
            "are not 0 in each row, and add up the rows.",
        ),
        Misconception(
            "only words before",
            lambda: 9,
            "9 is how many words come before the last. Every row counts, and each word may look at itself.",
        ),
        Misconception(
            "one word ahead allowed",
            lambda: 64,
            "64 lets each word see one word ahead. Under a causal mask the first word sees itself only: 1, then 2, "
            "then 3.",
        ),
        Misconception(
            "not halved",
            lambda: 110,
            "110 is 10 times 11, more than there are. The sum of 1 to 10 is half of that.",
        ),
        Misconception(
            "all but the diagonal",
            lambda: 90,
            "90 is all but the diagonal. The diagonal is open, a word may look at itself; closed is what comes later.",
        ),
        Misconception(
            "mean of a row",
            lambda: 5.5,
            "5.5 is open in a row on average. There are ten rows.",
        ),
        Misconception(
            "a share",
            lambda: 0.55,
            "0.55 is the share of open weights, and right as such. Asked for is how many of the 100.",
        ),
        Misconception(
            "counted from 0 to 10 words",
            lambda: 66,
            "66 is the sum of 1 to 11. There are ten words, so ten rows.",
        ),
        Misconception(
            "squares added up",
            lambda: 385,
            "385 is more than there are: 1 · 1 + 2 · 2 + … + 10 · 10. A row of the map has as many open weights as "
            "words it may see, 1, then 2, then 3; add these up.",
        ),
        Misconception(
            "cubes, or sums of sums",
            lambda: 220,
            "220 is more than the 100 there are: sums of 1, 1 + 2, 1 + 2 + 3 and so on. Each row counts once, with as "
            "many open weights as words it may see.",
        ),
        Misconception(
            "added up to 100",
            lambda: 5050,
            "5,050 is the sum of 1 to 100. There are ten rows, and the last has ten open weights: the sum of 1 to 10.",
        ),
        Misconception(
            "multiplied instead of added",
            lambda: math.factorial(_WORDS),
            "{got} is 1 · 2 · 3 · … · 10. The rows lie under one another: add up what is open in each.",
        ),
        Misconception(
            "every set of words counted",
            lambda: 2**_WORDS,
            "{got} is 2 multiplied by itself ten times, far more than the 100 there are. Go row by row: to how many "
            "words may the first attend, the second, the last?",
        ),
        Misconception(
            "the word itself and the one before",
            lambda: 2 * _WORDS - 1,
            "19 lets each word see itself and the one right before it. A causal mask opens *all* earlier words: the "
            "last one sees ten. (19 is also what one row and one column hold together.)",
        ),
        Misconception(
            "two for each word",
            lambda: 2 * _WORDS,
            "20 would be two for each word. The first has one, itself, and the last has ten.",
        ),
        Misconception(
            "diagonal counted twice",
            lambda: _OPEN + _WORDS,
            "65 counts the diagonal twice: the rows 1, 2, …, 10 hold it already.",
        ),
        Misconception(
            "diagonal taken away twice",
            lambda: _OPEN - 2 * _WORDS,
            "35 is what is left when the diagonal is taken away twice. It is open, so it is not taken away at all.",
        ),
        Misconception(
            "two words less",
            lambda: (_WORDS - 2) * (_WORDS - 1) // 2,
            "36 is the sum of 1 to 8. There are ten rows, and each has one more open than words before it.",
        ),
        Misconception(
            "square of one word less",
            lambda: (_WORDS - 1) ** 2,
            "81 is 9 · 9. A causal mask leaves a triangle open, not a square: 1, then 2, then 3.",
        ),
        Misconception(
            "all but the last row",
            lambda: _WORDS * _WORDS - 1,
            "99 closes a single pair. The first word alone has nine closed: all that come later.",
        ),
        Misconception(
            "half of eleven by eleven",
            lambda: 60.5,
            "60.5 is half of 11 · 11. Half of 10 · 11 it is: the first row and the last have 11 open together, and "
            "there are five such pairs.",
        ),
        Misconception(
            "one quarter",
            lambda: 25,
            "25 is a quarter. The triangle on and below the diagonal is more than half: halves of the map, and the "
            "diagonal with it.",
        ),
        Misconception(
            "three quarters",
            lambda: 75,
            "75 is three quarters. Row by row: the first has one open, the second two, the last ten.",
        ),
        Misconception(
            "one row of the middle",
            lambda: _WORDS // 2,
            "5 is open in one row in the middle. Add up all ten rows.",
        ),
        Misconception(
            "the first row only",
            lambda: 1,
            "1 is open for the first word. The second has two; add up all ten rows.",
        ),
        Misconception(
            "everything closed",
            lambda: 0,
            "Each word may look at itself, so at least the ten on the diagonal are open; and every word but the first "
            "sees earlier ones as well.",
        ),
        Misconception(
            "share of the closed ones",
            lambda: 0.45,
            "0.45 is the share of *closed* weights. Asked for is how many of the 100 are open.",
        ),
        Misconception(
            "mean of the closed ones",
            lambda: 4.5,
            "4.5 is closed in a row on average. Asked for is how many are open, in all ten rows.",
        ),
        Misconception(
            "a half", lambda: 0.5, "A count of the 100 is asked for. And is it exactly half? Mind the diagonal."
        ),
        Misconception(
            "a slip in the sum",
            lambda: _OPEN - 1,
            "54 is one less than it should be. Was the first row forgotten? The first word may look at itself. Add "
            "1 + 2 + … + 10.",
        ),
        *alike(
            "a slip in the sum",
            (*range(51, _OPEN - 1), *range(_OPEN + 1, 61)),
            "{got} is near, but not right. Was a row forgotten or counted twice? Add 1 + 2 + … + 10 in pairs: the "
            "first and the last, the second and the last but one.",
        ),
        *alike(
            "a slip among the closed ones",
            (*range(40, _CLOSED), *range(_CLOSED + 1, 50)),
            "{got} is fewer than half. What a causal mask closes is a little fewer than half; what it leaves open, "
            "with the diagonal, a little more. Add up the rows: 1 + 2 + … + 10.",
        ),
    ),
    hints=(
        "Row by row: to how many words may the first word attend? The second? The last?",
        "1 + 2 + 3 + … + 10. Pair the first with the last, 1 + 10, the second with the last but one, and so on.",
    ),
    praise="1 + 2 + … + 10 = 55, so 45 are closed. With longer sentences it comes close to half.",
)
