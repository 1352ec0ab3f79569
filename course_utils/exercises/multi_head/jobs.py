"""Exercise 5.4: what the heads of three maps are for."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.answers_alike import alike
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.misreading import misreadings, not_a_tuple
from course_utils.exercises.reference import softmax

_TOKENS = ("a red", "b gold", "c blue", "a green", "d red", "b blue", "c gold", "d green")  # in a circle
_PLACES = np.arange(len(_TOKENS))
_TWIN = np.array([3, 5, 6, 0, 7, 1, 2, 4])
_LOOKS_AT = {"A": (_PLACES + 1) % 8, "B": _TWIN, "C": (_PLACES - 1) % 8}  # A at the right neighbour
_UNCLEAR = {"A": (2, 6), "B": (1, 5), "C": (3, 6)}  # rows of noise alone


def maps_to_read() -> tuple[list[str], np.ndarray]:
    """Eight tokens in a circle, and the weights ``(3, 8, 8)`` of the heads A, B and C on them.

    The weights are made, not trained: a peak on one key in six rows of each head, and noise everywhere. A call gives
    the same numbers every time.
    """
    scores = np.random.default_rng(62).normal(size=(3, 8, 8))
    for head, looks_at, unclear in zip(scores, _LOOKS_AT.values(), _UNCLEAR.values()):
        clear = np.setdiff1d(_PLACES, unclear)
        head[clear, looks_at[clear]] += 3.0
    return list(_TOKENS), softmax(scores)


_JOBS = ("neither", "twin", "left neighbour")
_SEEN = (
    {
        "left neighbour": "The row of 'd red' in map A has its largest weight on 'b blue'. On which side of 'd red' "
        "does that stand?",
        "twin": "The row of 'd red' in map A has its largest weight on 'b blue', another letter.",
    },
    {
        "left neighbour": "The row of 'a red' in map B has its largest weight on 'a green', which stands far away.",
        "neither": "The row of 'a red' in map B has its largest weight on 'a green', the other a. Is it so in most "
        "rows?",
    },
    {
        "twin": "The row of 'd red' in map C has its largest weight on 'a green', another letter.",
        "neither": "Count rows of map C: two are unclear, let the other six vote. The left neighbour of the first "
        "token is the last.",
    },
)
_NAMED = (
    Misconception(
        "rows and columns swapped",
        lambda: ("left neighbour", "twin", "neither"),
        "Columns read as rows, or right taken for left? A row is the token that looks. Take the row of 'd red' in map "
        "A: its largest weight is on 'b blue'. Does that stand to the left of 'd red', or to the right? Then the same "
        "row in map C. (Map B does not show the mistake: twins look at each other, so its rows and columns are nearly "
        "alike.)",
        seen="https://github.com/facebookresearch/detr/issues/162",
    ),
    Misconception(
        "right taken for left as well",
        lambda: ("left neighbour", "twin", "left neighbour"),
        "A and C both have a slanting line, but on different sides of the diagonal. Take the row of 'd red' in "
        "both: on which token is its largest weight, and on which side of 'd red' does that stand?",
    ),
    Misconception(
        "a scattered map has no job",
        lambda: ("neither", "neither", "left neighbour"),
        "A and C are right. B has no line along the diagonal, but its peaks are not scattered by chance: twins "
        "stand anywhere. Take the row of 'a red': which letter does the key of its largest weight have?",
    ),
    Misconception(
        "only a map without faults has a job",
        lambda: ("neither", "neither", "neither"),
        "No head is clean here, nor is a trained one. Count rows: in how many of the eight does the largest weight "
        "lie on the left neighbour, in how many on the twin? By chance it would be one.",
    ),
    Misconception(
        "left neighbour overlooked",
        lambda: ("neither", "twin", "neither"),
        "A and B are right. In map C two rows are unclear; count the other six. The tokens stand in a circle: the "
        "left neighbour of the first is the last.",
    ),
    Misconception(
        "twin and right neighbour exchanged",
        lambda: ("twin", "neither", "left neighbour"),
        "C is right. Take the row of 'a red' in maps A and B: on which of the two is its largest weight on "
        "the other a?",
    ),
    Misconception(
        "twin and left neighbour exchanged",
        lambda: ("neither", "left neighbour", "twin"),
        "A is right. Take the row of 'a red' in maps B and C: on which of the two is its largest weight on the "
        "other a? (Its left neighbour, in the circle, is the last token.)",
    ),
    *(
        Misconception(
            f"each job one map {where}",
            lambda words=words: words,
            "None of the three fits. Go row by row: take 'a red', and note for each map the key of its largest weight.",
        )
        for where, words in (
            ("on", ("left neighbour", "neither", "twin")),
            ("back", ("twin", "left neighbour", "neither")),
        )
    ),
    Misconception(
        "right neighbour named",
        lambda: ("right neighbour", "twin", "left neighbour"),
        "Well read: A does look to the right. But 'right neighbour' is not among the three answers; write 'neither'.",
    ),
    Misconception(
        "another spelling",
        lambda: ("neither", "twin", "left neighbor"),
        "Your reading is right; only the check is particular about spelling: 'left neighbour'.",
    ),
    Misconception(
        "half the name",
        lambda: ("neither", "twin", "left"),
        "Your reading is right; only the check wants the whole name: 'left neighbour'.",
    ),
)
_MISREAD = misreadings(
    _JOBS,
    _JOBS,
    _SEEN,
    "Go row by row, note the key of the largest weight, and count: one to the left, the same letter, or neither?",
    _NAMED,
)

JOBS = Exercise(
    id="5.4",
    answer="heads_of_jobs",
    title="Read the maps of heads A, B and C: 'left neighbour', 'twin' or 'neither'? Answer with a tuple of three.",
    objective="tell from its map what a head is for",
    kind="read",
    minutes=6,
    difficulty=2,
    right=lambda: _JOBS,
    misconceptions=(
        *_NAMED,
        *_MISREAD,
        *alike(
            "right neighbour named",
            (
                ("right neighbor", "twin", "left neighbor"),
                ("right", "twin", "left"),
                ("right", "twin", "left neighbour"),
            ),
            "Well read: A does look to the right. But that is not among the three answers; write 'neither'. And "
            "the third is called 'left neighbour', in full.",
        ),
        *alike(
            "left and right exchanged",
            (
                ("left neighbour", "twin", "right neighbour"),
                ("left neighbor", "twin", "right neighbor"),
                ("left", "twin", "right"),
            ),
            "B is right. A and C have slanting lines on different sides of the diagonal, but you took left for "
            "right: take the row of 'd red', the token that looks. On which side of it stands the key of its "
            "largest weight? (And 'right neighbour' is not among the answers; write 'neither'.)",
        ),
        *alike(
            "another word for it",
            (
                *((none, "twin", "left neighbour") for none in ("none", None, "nothing", "no", "unclear", "other")),
                *(("neither", "twin", left) for left in ("neighbour", "left-neighbour", "left_neighbour")),
                *(("neither", "twins", left) for left in ("left neighbour", "left neighbours")),
            ),
            "Your reading is right; only the check wants its three words: 'left neighbour', 'twin' and 'neither'.",
        ),
        *alike(
            "one word for three maps",
            _JOBS,
            "One word came, and there are three maps. Hand in a tuple of three, for A, B and C in this order.",
        ),
        *not_a_tuple(
            _JOBS,
            "Your reading is right; only the form is another. Hand in a tuple: three words in quotes, between "
            "round brackets, for A, B and C.",
        ),
    ),
    hints=(
        "A row is the token that looks. For each row find the largest weight; does its key stand one to the left, or "
        "carry the same letter?",
        "Two rows of each map are unclear; let the other six vote. And mind the side: 'c blue' is to the left of "
        "'a green'.",
        "The row of 'd red' is enough: in map A it looks at 'b blue', in B at 'd green', in C at 'a green'.",
    ),
    praise="A looks to the right, B at the twin, C to the left. Read row by row, and count before you name a head.",
)
