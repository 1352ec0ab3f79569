"""Exercise 4.5: the masks of four maps."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import torch

from course_utils.attention import causal_mask, padding_mask, scaled_dot_product_attention
from course_utils.exercises.answers_alike import alike
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.misreading import misreadings, not_a_tuple

PADDED_TO = 5  # positions, of which three are words


def maps_to_read() -> tuple[np.ndarray, ...]:
    """Four maps, A to D, of one sentence of 3 words padded to 5: four times the same scores, each under another mask.

    Each has shape ``(T_q, T_k)`` = ``(5, 5)``, and no weight that a mask leaves open is smaller than 0.1.
    """
    query, key = torch.from_numpy(0.6 * np.random.default_rng(5).normal(size=(2, PADDED_TO, 4)))
    causal = causal_mask(PADDED_TO)
    real = padding_mask(torch.tensor([3]), PADDED_TO)[0]
    masks = real, causal & real, None, causal
    return tuple(scaled_dot_product_attention(query, key, key, mask)[1].numpy() for mask in masks)


_MASKS = ("padding", "both", "none", "causal")
_NO_ZEROS = "C has no 0 at all: every query uses every key."
_LAST_ROW_OF_D = "The last row of D uses all five keys, also the two of the padding."
_SEEN = (
    {
        "none": "A has zeros: two whole columns.",
        "causal": "The first row of A attends to later words; under a causal mask it could not.",
        "both": "The first row of A attends to later words; under a causal mask it could not.",
    },
    {
        "none": "B has the most zeros of the four.",
        "causal": "The last row of B leaves out two keys, though none of them comes later.",
        "padding": "The first row of B attends to itself only, though three keys are words.",
    },
    {"causal": _NO_ZEROS, "padding": _NO_ZEROS, "both": _NO_ZEROS},
    {
        "none": "D has zeros: the upper right triangle.",
        "padding": _LAST_ROW_OF_D,
        "both": _LAST_ROW_OF_D,
    },
)
_ASKED = ("C", "D", "A", "B")  # the maps of none, causal, padding and both
_NAMED = (
    Misconception(
        "order of the question",
        lambda: ("none", "causal", "padding", "both"),
        "That is the order in which the question names them. Begin with the map that has no 0 at all: which is it?",
    ),
    Misconception(
        "causal and padding exchanged",
        lambda: ("causal", "both", "none", "padding"),
        "C and B are right. In A two whole *columns* are 0: two keys that nobody may look at, whoever asks. In D "
        "a *triangle* is 0: what is closed depends on who asks. Which of the two is padding?",
    ),
    Misconception(
        "both and causal exchanged",
        lambda: ("padding", "causal", "none", "both"),
        "A and C are right. B and D are both triangles; look at their last rows. In D the last query uses all five "
        "keys, also the two of the padding; in B only three are left.",
    ),
    Misconception(
        "both and padding exchanged",
        lambda: ("both", "padding", "none", "causal"),
        "C and D are right. In A and B the last two columns are 0. Look at the first row: in A the first word "
        "attends to later words, in B to itself only.",
    ),
    Misconception(
        "none and padding exchanged",
        lambda: ("none", "both", "padding", "causal"),
        "B and D are right. A has two columns of 0: nobody may look at the fourth and the fifth key. The words "
        "are three. And C has no 0 at all.",
    ),
    Misconception(
        "none and causal exchanged",
        lambda: ("padding", "both", "causal", "none"),
        "A and B are right. In C every word attends to later ones, in D none does: the upper right triangle is 0.",
    ),
    Misconception(
        "only the map without a mask found",
        lambda: ("both", "causal", "none", "padding"),
        "C is right. For the others ask two questions. Are the last two columns 0? Then padding is masked: A and "
        "B. Is the upper right triangle 0? Then the future is: B and D.",
    ),
    Misconception(
        "colours read the other way round",
        lambda: ("padding", "none", "both", "causal"),
        "C has no 0 at all, and you call it masked most; B has the most zeros. Is it the colours? Dark is a "
        "weight of 0: closed.",
    ),
    Misconception(
        "padding sought in the rows",
        lambda: ("causal", "padding", "none", "both"),
        "C is right. Padding does not empty rows: its own queries still share out 1 (every row of every map sums "
        "to 1). It empties *columns*, whoever asks. Look for maps whose last two columns are 0; there are two.",
        seen="https://github.com/bentrevett/pytorch-seq2seq/issues/119",
    ),
    Misconception(
        "from A to D the zeros grow",
        lambda: ("none", "padding", "causal", "both"),
        "From none to both the zeros grow, but the maps are not in that order. Count them: 10 in A, 13 in B, none "
        "in C, 10 in D.",
    ),
)
_MISREAD = misreadings(
    _MASKS,
    _MASKS,
    _SEEN,
    "Ask each map two questions. Are its last two columns 0? Is its upper right triangle 0?",
    _NAMED,
)

MASKS_OF_MAPS = Exercise(
    id="4.5",
    answer="masks_of_maps",
    title='Read the four maps A to D: "none", "causal", "padding" or "both"? Hand in a tuple of four.',
    objective="recognise a mask from the map it leaves",
    kind="read",
    minutes=4,
    difficulty=2,
    right=lambda: _MASKS,
    misconceptions=(
        *_NAMED,
        *_MISREAD,
        *alike(
            "one word for four maps",
            _MASKS,
            "One word came, and there are four maps. Hand in a tuple of four, for A, B, C and D in this order.",
        ),
        *alike(
            "another word for it",
            (
                *(("padding", both, "none", "causal") for both in ("causal and padding", "padding and causal")),
                *(("padding", both, "none", "causal") for both in ("causal+padding", "padding+causal")),
                *(("padding", both, "none", "causal") for both in ("causal + padding", "padding + causal")),
                *(("padding", "both", none, "causal") for none in (None, "no", "no mask", "nothing", "unmasked")),
                ("padded", "both", "none", "causal"),
                ("pad", "both", "none", "causal"),
                ("padding", "both", "none", "causal mask"),
                ("padding mask", "both", "none", "causal mask"),
                ("padding mask", "both", "no mask", "causal mask"),
            ),
            "Your reading is right; only the check wants its four words: none, causal, padding and both.",
        ),
        *alike(
            "the maps named, not their masks",
            (named for order in permutations("ABCD") for named in (order, "".join(order)) if order != _ASKED),
            "Those are the names of the maps. Asked for is the mask of each map, that of A first: none, causal, "
            "padding or both.",
        ),
        *alike(
            "the maps named, not their masks",
            (_ASKED, "".join(_ASKED)),
            "Your reading is right: C has none, D causal, A padding, B both. But those are the names of the maps. "
            "Asked for is the mask of each map, that of A first.",
        ),
        *not_a_tuple(
            _MASKS,
            "Your reading is right; only the form is another. Hand in a tuple: four words in quotes, between round "
            "brackets, for A to D.",
        ),
    ),
    hints=(
        "A mask leaves zeros. Which map has none?",
        "Padding closes a key for everybody: a whole column. A causal mask closes what comes later: a triangle.",
        "Two maps have two empty columns. In one of them the first row has three numbers, in the other one.",
    ),
    praise="Columns tell of padding, triangles of the future; and every row, whatever is closed, still sums to 1.",
)
