"""Exercise 4.6: which maps may be believed."""

from __future__ import annotations

from itertools import product

from course_utils.exercises.answers_alike import alike
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.misreading import misreadings, not_a_tuple

_BELIEVED = ("no", "open", "yes")
_SEEN = (
    {
        "yes": "A reads as well as C, and hangs on the cue as well; but without the word its *map* points to, 96 "
        "answers of 100 stay.",
        "open": "A's map was tested: the word it points to was replaced, and 96 answers of 100 stay.",
    },
    {
        "yes": "B's answer hangs on the cue, but whether its map points there nobody tested: in B's column the second "
        "line says 'not measured'.",
        "no": "For B the word its map points to was never replaced. What was not measured is neither yes nor no.",
    },
    {
        "no": "C's map stood the test: without the word it points to 92 answers of 100 change, without another one 1.",
        "open": "C's map was tested: without the word it points to 92 answers of 100 change, without another one 1.",
    },
)
_NAMED = (
    Misconception(
        "a replaced cue taken for a test of the map",
        lambda: ("yes", "yes", "yes"),
        "You read the line of the cue. Whoever reads well changes the answer when the cue is replaced, and the map "
        "has no say in that: a model without any map would do the same. Look at what the *map* points to.",
    ),
    Misconception(
        "the cue stands in for what was not measured",
        lambda: ("no", "yes", "yes"),
        "A and C are right. B's answer hangs on the cue, but does B's map point at it? That nobody measured: "
        "the cue is what the rule says, the most attended word is what the map says.",
    ),
    Misconception(
        "not measured taken for no",
        lambda: ("no", "no", "yes"),
        "A and C are right. For B the test that could refute its map was not made. What was not measured is "
        "neither yes nor no.",
    ),
    Misconception(
        "change taken for a fault",
        lambda: ("yes", "open", "no"),
        "B is right. The others are the wrong way round: where the answer hangs on a word, it must change when the "
        "word goes. C's does, A's stays as it was.",
    ),
    Misconception(
        "no map may be believed",
        lambda: ("no", "open", "no"),
        "A and B are right. But C's map stood the test: without the word it points to the answer changes nearly "
        "always, and without another word it stays.",
    ),
    Misconception(
        "no map may be believed, nor B's",
        lambda: ("no", "no", "no"),
        "A is right. Maps may mislead, and so they are tested one by one. Which of the three stood the test? And "
        "for which was it never made?",
    ),
    Misconception(
        "numbers taken to say nothing",
        lambda: ("open", "open", "open"),
        "B is right. For A and C the words their maps point to were replaced and the answers counted: that is the "
        "test of section 5.",
    ),
    Misconception(
        "a failed test taken for none",
        lambda: ("open", "open", "yes"),
        "B and C are right. A's map was tested: in 96 of 100 sentences the answer stays when the word it points to "
        "is gone. So it does not hang on that word.",
    ),
    Misconception(
        "accuracy taken for a reason",
        lambda: ("yes", "open", "yes"),
        "B and C are right. A reads as well as C, and its answer hangs on the cue as well. But its map points "
        "elsewhere: without the word it points to, 96 answers of 100 stay.",
        seen="https://github.com/slideflow/slideflow/issues/233",
    ),
    Misconception(
        "A and B exchanged",
        lambda: ("open", "no", "yes"),
        "C is right. One of the other two was tested and failed, one was not tested. Which line of the table is "
        "about the map?",
    ),
)
_MISREAD = misreadings(_BELIEVED, _BELIEVED, _SEEN, "Only the second line of the table is about the map.", _NAMED)

MAPS_TO_BELIEVE = Exercise(
    id="4.6",
    answer="maps_to_believe",
    title='Read the table: does the map show what the answer hangs on? "yes", "no" or "open" for A, B and C.',
    objective="tell from replaced words whether a map may be believed",
    kind="read",
    minutes=5,
    difficulty=3,
    right=lambda: _BELIEVED,
    misconceptions=(
        *_NAMED,
        *_MISREAD,
        *alike(
            "one word for three maps",
            _BELIEVED,
            "One word came, and there are three readers. Hand in a tuple of three, for A, B and C in this order.",
        ),
        *alike(
            "one reader named",
            "ABC",
            'You named one reader. Hand in a tuple of three words, "yes", "no" or "open", for A, B and C.',
        ),
        *alike(
            "another word for it",
            (
                *(("no", other, "yes") for other in ("not measured", "unknown", "unclear", "maybe", "?", None)),
                *((False, other, True) for other in ("open", None)),
                ("n", "o", "y"),
            ),
            "Your reading is right; only the check wants its three words: yes, no and open.",
        ),
        *alike(
            "True and False",
            product((True, False), repeat=3),
            'True and False are two answers, and there are three. Write "yes", "no" or "open"; what was not '
            "measured is neither True nor False.",
        ),
        *not_a_tuple(
            _BELIEVED,
            "Your reading is right; only the form is another. Hand in a tuple: three words in quotes, between "
            "round brackets, for A, B and C.",
        ),
    ),
    hints=(
        "Three lines, but only one of them is about the map. Which?",
        "If a map shows what the answer hangs on, the answer must change when the word it points to is replaced.",
        "A: tested, and the answer stays. B: nobody tested. C: tested, and the answer changes; other words do nothing.",
    ),
    praise="Being right, and needing the cue, say nothing about the map. Replace what the map points to, and count.",
)
