"""Two mistakes at once in the answer to exercise 4.1, at least one of them common."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from course_utils.exercises.mistaken_weights import causal, scores_themselves, softmax_over_all, without_keepdims
from course_utils.exercises.reference import softmax
from course_utils.exercises.self_attention.steps import with_steps
from course_utils.exercises.slips import Slip, both

# What is done instead of a step, and how one says it beside a second mistake.
_SLIPS = (
    Slip("divide_by", "no scaling", lambda d_k, d_model, T: 1.0, "the scores are not divided by √d_k"),
    Slip(
        "divide_by",
        "scaling by d_k instead of √d_k",
        lambda d_k, d_model, T: d_k,
        "the scores are divided by d_k, not by its root",
    ),
    Slip(
        "share",
        "softmax over the queries",
        lambda scores: softmax(scores, 0),
        "your columns sum to 1, not your rows",
    ),
    Slip(
        "share",
        "sum without keepdims",
        without_keepdims,
        "the sums of the rows lie along the columns (keepdims=True keeps the axis)",
    ),
    Slip(
        "share",
        "softmax over the whole array",
        softmax_over_all,
        "all your weights together sum to 1, not each row",
    ),
    Slip(
        "share",
        "no softmax",
        scores_themselves,
        "the scores themselves are taken for weights, without a softmax",
    ),
    Slip("share", "not normalised", np.exp, "exp(scores) is not divided by the sum of its row"),
    Slip("share", "causal mask", causal, "later words are closed, though no mask is asked for"),
    Slip(
        "mix",
        "the words as values",
        lambda weights, x, query, key, value: weights @ x,
        "x is mixed instead of value = x @ W_v",
    ),
    Slip(
        "mix",
        "keys as values",
        lambda weights, x, query, key, value: weights @ key,
        "the keys are mixed instead of the values",
    ),
    Slip(
        "mix",
        "weights transposed",
        lambda weights, x, query, key, value: weights.T @ value,
        "the weights are transposed",
    ),
    Slip(
        "mix",
        "weights instead of the context",
        lambda weights, x, query, key, value: weights,
        "you give back the weights, and weights @ value is left",
    ),
    Slip(
        "project",
        "no projections",
        lambda x, W_q, W_k, W_v: (x, x, x),
        "the words are taken as they are, without W_q, W_k and W_v",
    ),
    Slip(
        "project",
        "keys made with W_q",
        lambda x, W_q, W_k, W_v: (x @ W_q, x @ W_q, x @ W_v),
        "the keys are made with W_q instead of W_k",
    ),
    Slip(
        "compare",
        "query and key exchanged",
        lambda query, key: key @ query.T,
        "each row of your scores belongs to a key",
    ),
)
_COMMONEST = {"no scaling", "scaling by d_k instead of √d_k", "softmax over the queries", "sum without keepdims"}
_SAME_AS_ANOTHER = (  # two mistakes that give what a single one gives, or another two
    {"softmax over the queries", "query and key exchanged"},
    {"softmax over the queries", "weights transposed"},
    {"sum without keepdims", "no projections"},  # where scores are symmetric, the softmax over the queries
    {"sum without keepdims", "keys made with W_q"},
)
TWO_MISTAKES = tuple(
    both(one, other, with_steps)
    for one, other in combinations(_SLIPS, 2)
    if one.step != other.step and _COMMONEST & {one.name, other.name} and {one.name, other.name} not in _SAME_AS_ANOTHER
)
