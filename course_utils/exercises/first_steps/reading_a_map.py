"""Exercise 0.3: where a word looks most, read off a map of weights."""

from __future__ import annotations

from itertools import permutations

from course_utils.exercises.answers_alike import alike
from course_utils.exercises.exercise import Exercise, Misconception

_WORDS = ("the", "cat", "sat", "and", "it")
_WEIGHTS_OF_IT = (0.05, 0.6, 0.1, 0.05, 0.2)


def _written(numbers: tuple[float, ...]) -> list[object]:
    """Numbers, also as text and as per cent: an answer that should be a word is compared as it was typed."""
    texts = [text for number in numbers for text in (f"{number:g}", f"{number:.2f}", f"{100 * number:.0f} %")]
    return [*numbers, *texts, *(text.replace(" ", "") for text in texts if " " in text)]


def _listed(words: tuple[str, ...]) -> list[object]:
    return [list(words), *(between.join(words) for between in (", ", " and ", " ", ","))]


_SEVERAL = [*permutations(_WORDS, 2), ("cat", "it", "sat"), ("sat", "cat", "it"), ("cat", "sat", "it"), _WORDS]

READ_A_MAP = Exercise(
    id="0.3",
    answer="looks_most_at",
    title="Read the map: at which word does 'it' look most?",
    objective="read an attention map along its rows",
    kind="read",
    minutes=2,
    difficulty=1,
    right=lambda: "cat",
    misconceptions=(
        Misconception(
            "column read for row",
            lambda: "sat",
            "'sat' is the word that looks most at 'it': you went down the column of 'it'. "
            "What a word looks at stands in its row.",
            seen="https://github.com/tensorflow/text/pull/936",
        ),
        *alike(
            "the diagonal",
            ("it", "itself", "at itself", "self"),
            "That is the diagonal, where a word looks at itself. In the row of 'it' another number is larger.",
        ),
        Misconception(
            "the brightest of all",
            lambda: "the",
            "In the row of 'it', 'the' has only 0.05. The brightest field of the map stands in another row, and only "
            "that of 'it' counts: find its largest number.",
        ),
        Misconception(
            "a neighbour",
            lambda: "and",
            "'and' stands just before 'it', and 'it' hardly looks at it: 0.05 is the smallest number in its row. Not "
            "the neighbour counts but the largest number.",
        ),
        *alike(
            "a word of the earlier example",
            ("river", "muddy", "the river"),
            "{got} is not in this map but in an earlier example. Go along the row of 'it' to its largest number, and "
            "give the word above that column.",
        ),
        *alike(
            "the weight instead of the word",
            [*_written((0.6,)), 60, "60"],
            "That is a weight, and the largest in the row of 'it'. Asked for is the word above its column.",
        ),
        *alike(
            "another weight instead of the word",
            _written((0.4, 0.7, 0.2, 0.1, 0.05, 0.25, 0.45, 0.3, 0.15, 1.6, 1.2, 0.95, 0.8)),
            "That is a number of the map. Find the largest in the *row* of 'it', and give the word above its column.",
        ),
        *alike(
            "the place instead of the word",
            (*range(6), *map(str, range(6)), [4, 1], [1, 4], [5, 2], [2, 5]),
            "That is a place, a row or a column or both, as numbers. Asked for is the word above the column.",
        ),
        *alike(
            "word and weight together",
            (
                ["cat", 0.6],
                [0.6, "cat"],
                "cat 0.6",
                "cat 0.60",
                "cat, 0.6",
                "cat: 0.6",
                "cat: 0.60",
                "cat=0.6",
            ),
            "The right word, with its weight beside it. Hand in the word alone.",
        ),
        *alike(
            "the place in words",
            (
                place
                for ordinal in ("first", "second", "third", "fourth", "fifth", "last")
                for place in (
                    ordinal,
                    f"the {ordinal}",
                    f"{ordinal} word",
                    f"the {ordinal} word",
                    f"the {ordinal} column",
                )
            ),
            "That is a place. Asked for is the word itself, as it stands above the column.",
        ),
        *alike(
            "the whole row",
            (list(_WEIGHTS_OF_IT), ", ".join(map(str, _WEIGHTS_OF_IT))),
            "That is the row of 'it', all of it. Which of its numbers is the largest, and which word stands above "
            "that column?",
        ),
        *alike(
            "the whole column",
            ([0.05, 0.05, 0.4, 0.1, 0.2], "0.05, 0.05, 0.4, 0.1, 0.2"),
            "That is the column of 'it': how much each word looks *at it*. What it looks at stands in its row; one "
            "word is asked for.",
        ),
        *alike(
            "several words",
            (words for several in _SEVERAL for words in _listed(several)),
            "Several words came. 'it' looks a little at each of them; one has the *largest* number in its row.",
        ),
        *alike(
            "row or column instead of the word",
            (
                "row",
                "column",
                "row it",
                "the row of it",
                "column it",
                "row 4",
                "row 5",
                "column 1",
                "column 2",
            ),
            "You name a line. Go along the row of 'it' to its largest number: which word stands above it?",
        ),
        *alike(
            "no answer in it",
            ("none", "nothing", "no word", "all", "every word", "everything", "?"),
            "In the second map 'it' has a row of five numbers, and one of them is clearly the largest. Which word "
            "stands above that column?",
        ),
    ),
    hints=(
        "Rows look, columns are looked at. Is the line that you read a row? A row sums to 1.",
        "Find 'it' at the left edge, go along that row, and stop at its largest number. Which column is that?",
    ),
    praise="'it' looks at 'cat' with 0.60. Rows look, columns are looked at.",
)
