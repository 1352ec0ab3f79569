"""Exercise 3.1: the target shifted by one, for teacher forcing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np

from course_utils.datasets.number_words import ENGLISH
from course_utils.exercises.exercise import Exercise, Misconception

START, END, PAD = ENGLISH.START, ENGLISH.END, ENGLISH.PAD
_OTHER_START, _OTHER_END = 50, 60  # of another vocabulary
_SENTENCES = (
    (np.array(ENGLISH.encode(["ninety", "seven", "thousand"])), START, END),
    (np.array(ENGLISH.encode(["two", "hundred", "and", "ninety", "seven"])), _OTHER_START, _OTHER_END),
    (np.array(ENGLISH.encode(["nine"])), START, END),
)

_PARTS: dict[str, Callable] = {
    "the words": lambda english, start, end: english,
    "start and the words": lambda english, start, end: [start, *english],
    "the words and end": lambda english, start, end: [*english, end],
    "start, the words and end": lambda english, start, end: [start, *english, end],
    "the words without the last": lambda english, start, end: english[:-1],
    "the words without the first": lambda english, start, end: english[1:],
    "start and the words without the last": lambda english, start, end: [start, *english[:-1]],
    "the words without the first, and end": lambda english, start, end: [*english[1:], end],
    "start in place of the first word": lambda english, start, end: [start, *english[1:]],
    "end in place of the last word": lambda english, start, end: [*english[:-1], end],
    "the words moved on by one, the last in front": lambda english, start, end: np.roll(english, 1),
    "the words moved back by one, the first at the end": lambda english, start, end: np.roll(english, -1),
    "end and the words": lambda english, start, end: [end, *english],
    "the words and start": lambda english, start, end: [*english, start],
    "the words and padding": lambda english, start, end: [*english, PAD],
    "padding and the words": lambda english, start, end: [PAD, *english],
    "the words without the first, and end twice": lambda english, start, end: [*english[1:], end, end],
    "start twice and the words without the last": lambda english, start, end: [start, start, *english[:-1]],
    "start and the words backwards": lambda english, start, end: [start, *english[::-1]],
    "the words backwards and end": lambda english, start, end: [*english[::-1], end],
    "end and the words backwards": lambda english, start, end: [end, *english[::-1]],
    "the words and the last once more": lambda english, start, end: [*english, english[-1]],
    "the first word twice and the others": lambda english, start, end: [english[0], *english],
    "start, the words without the first, and end": lambda english, start, end: [start, *english[1:], end],
    "start, the words without the last, and end": lambda english, start, end: [start, *english[:-1], end],
}
_GIVEN, _WANTED = "start and the words", "the words and end"
_TOLD_ABOVE = {
    *((same, same) for same in ("the words", "start, the words and end", _GIVEN, _WANTED)),
    (_GIVEN, _WANTED),
    (_WANTED, _GIVEN),
    ("the words", "the words without the first, and end"),
    ("start and the words without the last", "the words"),
    ("the words without the last", "the words without the first"),
    ("end and the words", "the words and start"),
    (_GIVEN, "the words and start"),
    (_GIVEN, "the words and padding"),
}


def _pairs_of_rows() -> list[tuple[str, str]]:
    """What may be given and wanted: equally long, and with one of the two right where both are as long as asked for."""
    length = {name: len(row(np.arange(3), 0, 0)) for name, row in _PARTS.items()}
    return [
        (given, wanted)
        for given, wanted in product(_PARTS, repeat=2)
        if length[given] == length[wanted]
        and (length[given] != 4 or given in {_GIVEN, wanted} or wanted == _WANTED or given.startswith("end "))
        and (given, wanted) not in _TOLD_ABOVE
    ]


_ONE_BY_ONE = "english is an array, not a list: [start, *english] or np.append(english, end) makes a longer one."
_TWO_ROWS = "Both rows go into one list: np.array([[start, *english], [*english, end]])."
_OWN_NUMBERS = (
    "Right for the first example. In the next start is 50 and end is 60, and yours are others: use the arguments start "
    "and end, not numbers of your own."
)
_ROWS_EXCHANGED = (
    *(
        Misconception(
            f"{given} given, {wanted} wanted",
            lambda english, start, end, given=given, wanted=wanted: np.array(
                [_PARTS[given](english, start, end), _PARTS[wanted](english, start, end)]
            ),
            f"Your first row is {given}; your second row is {wanted}. At each step the word before is given and the "
            "next one wanted: the first row is start and the words, the second the words and end.",
        )
        for given, wanted in _pairs_of_rows()
    ),
    *(
        Misconception(
            "start and end written as numbers",
            lambda english, start, end, own=own: np.array(
                [[own[0] if own[0] else start, *english], [*english, own[1] if own[1] else end]]
            ),
            _OWN_NUMBERS,
        )
        for own in ((START, END), (START, None), (None, END))
    ),
    Misconception(
        "start at every step",
        lambda english, start, end: np.array([[start] * (len(english) + 1), [*english, end]]),
        "What is wanted is right, but start is given at every step. Give start first, then the words: at each step the "
        "right word before, whatever the decoder wrote.",
    ),
    Misconception(
        "zeros instead of start and end",
        lambda english, start, end: np.array([[0, *english], [*english, 0]]),
        "Shifted rightly, but zeros stand where start and end belong: start before what is given, end after what is "
        "wanted.",
    ),
    Misconception(
        "one row for both",
        lambda english, start, end: np.array([start, *english, end]),
        "{got} is one row. Two are asked for: what is given begins with start and lacks end, what is wanted lacks "
        "start.",
    ),
    Misconception(
        "a row for each step",
        lambda english, start, end: np.array([[start, *english], [*english, end]]).T,
        "{got}: right, but a row for each step. Row 0 is all that is given, row 1 all that is wanted; .T turns it.",
    ),
    *(
        Misconception("an array taken for a list", mistaken, _ONE_BY_ONE)
        for mistaken in (
            lambda english, start, end: english.append(end),
            lambda english, start, end: english.insert(0, start),
            lambda english, start, end: english.extend([end]),
            lambda english, start, end: np.concatenate([start, english]),
            lambda english, start, end: np.concatenate([[start], english, end]),
        )
    ),
    Misconception(
        "brackets around both rows missing",
        lambda english, start, end: np.array([start, *english], [*english, end]),
        _TWO_ROWS,
    ),
)

SHIFTED = Exercise(
    id="3.1",
    answer="given_and_wanted",
    title="Mend given_and_wanted(english, start, end): at each step the word before is given, the next one wanted.",
    objective="shift the target by one for teacher forcing",
    kind="mend",
    minutes=6,
    difficulty=2,
    cases=_SENTENCES,
    right=lambda english, start, end: np.array([[start, *english], [*english, end]]),
    misconceptions=(
        Misconception(
            "not shifted",
            lambda english, start, end: np.array([english, english]),
            "That is the code as it came: at each step the decoder is given the very word that it should predict. It "
            "learns to copy, its loss is nearly 0, and alone it can write nothing. Put start before what is given and "
            "end after what is wanted.",
            seen="https://github.com/Project-MONAI/GenerativeModels/issues/314",
        ),
        Misconception(
            "start and end around both",
            lambda english, start, end: np.array([[start, *english, end]] * 2),
            "Both rows are the same, so each step is still given its own answer. Only the first row begins with start, "
            "only the second ends with end: that is the shift by one.",
            seen="https://github.com/pytorch/tutorials/issues/719",
        ),
        Misconception(
            "start before both",
            lambda english, start, end: np.array([[start, *english]] * 2),
            "Both rows are the same, so each step is given its own answer. What is wanted begins with the first "
            "word itself and stops with end.",
        ),
        Misconception(
            "end after both",
            lambda english, start, end: np.array([[*english, end]] * 2),
            "Both rows are the same, so each step is given its own answer. What is given begins with start: it is all "
            "that the decoder has before the first word.",
        ),
        Misconception(
            "shifted the wrong way",
            lambda english, start, end: np.array([[*english, end], [start, *english]]),
            "Your two rows are swapped: each step is given a word and asked for the one before it. The first row is "
            "what is given, the second what is wanted.",
        ),
        Misconception(
            "no start",
            lambda english, start, end: np.array([english, [*english[1:], end]]),
            "The first word is never asked for: your decoder is given it. Before the first word there is only start.",
            seen="https://github.com/ssbuild/t5_finetuning/issues/2",
        ),
        Misconception(
            "no end",
            lambda english, start, end: np.array([[start, *english[:-1]], english]),
            "Nothing ever asks for end, so this decoder does not learn to stop. What is wanted has one entry more.",
            seen="https://github.com/zhang0jhon/AttentionOCR/issues/92",
        ),
        Misconception(
            "neither start nor end",
            lambda english, start, end: np.array([english[:-1], english[1:]]),
            "Shifted by one, good; but the first word is never asked for, and nothing teaches the decoder to stop. "
            "start and end are made for these two.",
        ),
        Misconception(
            "start and end exchanged",
            lambda english, start, end: np.array([[end, *english], [*english, start]]),
            "start and end have changed places. What is given begins with start, what is wanted stops with end.",
        ),
        Misconception(
            "start instead of end",
            lambda english, start, end: np.array([[start, *english], [*english, start]]),
            "After the last word you ask for start. end is what tells the decoder to stop.",
        ),
        Misconception(
            "padding instead of end",
            lambda english, start, end: np.array([[start, *english], [*english, PAD]]),
            "After the last word you ask for padding, 0, which does not count in the loss. end has a number of its "
            "own, so that stopping can be learned.",
            seen="https://github.com/mlabonne/llm-course/issues/33",
        ),
        Misconception(
            "start and end added, not put beside",
            lambda english, start, end: np.array([start + english, english + end]),
            "With an array + adds numbers: every word has become another one. Put the entries into a list: "
            "[start, *english].",
        ),
        Misconception(
            "rows of unequal length",
            lambda english, start, end: np.array([[start, *english], english]),
            "Your rows differ in length, or a number stands beside an array: [start, *english] puts the words one by "
            "one. start comes before what is given, end after what is wanted.",
        ),
        *_ROWS_EXCHANGED,
    ),
    hints=(
        "Write both rows for 'ninety seven' with a pencil. What is given before 'ninety', and wanted after 'seven'?",
        "given: start ninety seven. wanted: ninety seven end.",
        "[start, *english] puts start before the words; the other row is built alike.",
    ),
    praise="At each step the word before is given and the next one wanted, so that nothing can be copied.",
)
