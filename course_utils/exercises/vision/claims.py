"""Exercise 7.6: which sentences the lesson's own results support."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

from course_utils.exercises.exercise import Exercise, Misconception


class _Claim(NamedTuple):
    """A sentence about the lesson, whether its results support it, and what somebody believes who says otherwise."""

    name: str
    supported: bool
    belief: str
    why: str
    seen: str = ""  # where somebody believed it


CLAIMS = (
    _Claim(
        "nearness sees textures",
        False,
        "a high score taken for seeing",
        "0.809 on the own texture is a high score, and this rival never looks at the picture: the patch next door is "
        "mostly of the same texture. With near keys closed 0.305 is left (section 3).",
    ),
    _Claim(
        "attention finds the digit",
        True,
        "where to look must be taught",
        "0.860 of the weight lies in the digit's box, and boxes were used to score the weights, never to train them. "
        "Whoever is to name the digit is helped by looking at it; on 32 pixels that was enough (section 5).",
    ),
    _Claim(
        "only attention knows where",
        False,
        "no weights taken for no knowledge",
        "the mean weighs all cells alike, and yet 0.660 of what its cells contribute to the answer lies in the "
        "digit's box, 0.062 of the cells. Attention's map needs no such calculation and lies there more, but "
        "it is not the only one (section 6).",
    ),
    _Claim(
        "a bag without positions",
        True,
        "patches know their places",
        "no token carries its place unless a position is added, and sums over keys have no order. The logits stay as "
        "they were when the patches are shuffled, whatever the training. 0.631 is how many answers are *right* without "
        "positions, not how many stay (section 7).",
        seen="https://datascience.stackexchange.com/questions/122865/what-does-it-mean-order-of-input-sequence-does-not-matter-for-transformer-self-a",
    ),
    _Claim(
        "the rollout lies on the ink",
        False,
        "a map must lie on the object",
        "0.352 of the rollout lies on ink, and ink covers 0.319: hardly more than everywhere alike would put there. "
        "Strokes that are missing tell digits apart, too (section 8).",
        seen="https://github.com/fawazsammani/nlxgpt/issues/2",
    ),
    _Claim(
        "they look where people look",
        False,
        "a likeness taken for a measurement",
        "nobody's gaze was measured in this lesson. A map that lies on the object may look like what people do, and "
        "shows nothing about them (section 9).",
        seen="https://courses.eduardonacimiento.com/course/AI-course2/en/module7",
    ),
)


def _supported(wrong: tuple[_Claim, ...] = ()) -> dict[str, bool]:
    """The right answer, but for these."""
    return {claim.name: claim.supported is (claim not in wrong) for claim in CLAIMS}


def _misjudged(wrong: tuple[_Claim, ...]) -> Misconception:
    """Each set of wrongly judged claims is a mistake of its own; two at most are explained at once."""
    if len(wrong) == len(CLAIMS):
        return Misconception(
            "True for what is not supported",
            lambda: _supported(wrong),
            "All six are the other way round. True means that our results support the sentence; did you mark those "
            "that they do not? If that is not it, find for each the number that could have refuted it.",
        )
    told = " ".join(f"'{claim.name}': {claim.why}" for claim in wrong[:2])
    left = ", ".join(f"'{claim.name}'" for claim in wrong[2:])
    return Misconception(
        "; ".join(claim.belief for claim in wrong),
        lambda: _supported(wrong),
        f"Right: {len(CLAIMS) - len(wrong)} of {len(CLAIMS)}. {told}{f' Look again at {left}.' if left else ''}",
        seen=wrong[0].seen if len(wrong) == 1 else "",
    )


JUDGE_CLAIMS = Exercise(
    id="7.6",
    answer="answers_7_6",
    title="Which of the six sentences do the lesson's own results support? True or False for each name.",
    objective="keep apart what a map shows and what one would like it to show",
    kind="read",
    minutes=5,
    difficulty=2,
    right=_supported,
    misconceptions=tuple(
        _misjudged(wrong) for count in range(1, len(CLAIMS) + 1) for wrong in combinations(CLAIMS, count)
    ),
    hints=(
        "For each sentence find the number or the argument that could have refuted it. Is there one at all?",
        "Three questions help. What would a rival get that sees nothing? What would weights get that look everywhere "
        "alike? And was it measured?",
        "Two of the six are supported: one by the weights of section 5, the other by an argument that needs no "
        "training.",
    ),
    praise="A map says where the weight lies. What it is worth, a rival without eyes has to say.",
)
