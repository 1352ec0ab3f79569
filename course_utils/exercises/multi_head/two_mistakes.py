"""Two mistakes at once in the answer to exercise 5.2."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from course_utils.exercises.mistaken_weights import scores_themselves, softmax_over_all
from course_utils.exercises.multi_head.cutting import (
    merge_in_turn,
    merge_straight,
    split_in_turn,
    split_straight,
    whole,
)
from course_utils.exercises.multi_head.steps import with_steps
from course_utils.exercises.reference import softmax
from course_utils.exercises.slips import Slip, both

# What is done instead of a step, and how one says it beside a second mistake: first what one head alone shows, ...
_IN_ONE_HEAD = (
    Slip("divide_by", "no scaling", lambda d_k, d_model, T_k: 1.0, "the scores are not divided by √d_k"),
    Slip(
        "divide_by",
        "scaling by d instead of √d",
        lambda d_k, d_model, T_k: d_k,
        "they are divided by d_k, not by √d_k",
    ),
    Slip("share", "softmax over the queries", lambda scores: softmax(scores, 1), "the softmax runs over the queries"),
    Slip("share", "softmax over the whole array", softmax_over_all, "all the weights of a head together sum to 1"),
    Slip("share", "no softmax", scores_themselves, "the scores themselves are taken for weights"),
    Slip("share", "not normalised", np.exp, "np.exp of the scores is not divided by its sum"),
)
# ... then what only shows with several.
_SCALED_BY_ALL = Slip(
    "divide_by",
    "scaled by all features",
    lambda d_k, d_model, T_k: np.sqrt(d_model),
    "the scores are divided by √d_model instead of √d_k",
)
_STRAIGHT = Slip(
    "split",
    "reshaped straight into heads",
    split_straight,
    "query, key and value are reshaped straight into heads, which mixes positions up: cut to (T, num_heads, d_k), then "
    "swap the first two axes",
)
_IN_TURN = Slip(
    "split",
    "features dealt out in turn",
    split_in_turn,
    "the features are dealt out in turn, where each head should have d_k neighbours: reshape to (T, num_heads, d_k)",
)
_WHOLE = Slip(
    "split",
    "all features for each head",
    whole,
    "every head has all the features, where each should have a slice of its own",
)
_MERGES = (
    Slip(
        "merge",
        "merged without swapping back",
        merge_straight,
        "the heads are reshaped to (T_q, d_model) without swapping the first two axes back",
    ),
    Slip(
        "merge",
        "heads shuffled into each other on merging",
        merge_in_turn,
        "the result takes one feature of each head in turn; put the heads side by side, whole",
    ),
    Slip("merge", "heads averaged", lambda heads: heads.mean(0), "the heads are averaged; put them side by side"),
    Slip("merge", "heads added up", lambda heads: heads.sum(0), "the heads are added up; put them side by side"),
    Slip(
        "merge",
        "heads under one another",
        np.concatenate,
        "the heads lie under one another; put them side by side, axis=1",
    ),
    Slip(
        "merge",
        "first head only",
        lambda heads: heads[0],
        "only the first head comes back; put all side by side",
    ),
)
_TOLD_BY_ANOTHER_NAME = {
    ("reshaped straight into heads", "merged without swapping back"),
    ("features dealt out in turn", "heads shuffled into each other on merging"),
    ("all features for each head", "heads averaged"),
    ("all features for each head", "first head only"),
}

TWO_MISTAKES = (
    *(both(one, other, with_steps) for one, other in combinations(_IN_ONE_HEAD, 2) if one.step != other.step),
    *(
        both(one, other, with_steps, opening="Right with one head. With two, not yet. ")
        for one, other in (
            *product((_STRAIGHT, _IN_TURN, _WHOLE), _MERGES),
            *product((_SCALED_BY_ALL,), (_STRAIGHT, _IN_TURN, *_MERGES)),
        )
        if (one.name, other.name) not in _TOLD_BY_ANOTHER_NAME
    ),
)
