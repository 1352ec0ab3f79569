"""Scores and weights of one query, computed in float64 in an order that JavaScript repeats.

A dot product is added up feature by feature, from the first to the last; then come, in this order, the division by
the square root of d_k, the bias, the temperature, the mask, and the softmax with the row's largest score taken off.
"""

from __future__ import annotations

import math

import numpy as np

from course_utils.widgets.attention_explorer.checks import NO_MASK
from course_utils.widgets.attention_explorer.problem import Problem
from course_utils.widgets.attention_explorer.state import State


def score_row(problem: Problem, head: int, query: int, scaled: bool) -> np.ndarray:
    """The scores ``(T_k,)`` of one query, before temperature and mask; all counted from 0.

    Query times key, over the square root of d_k if ``scaled``, plus the bias; of ready weights the logarithms.
    """
    if problem.weights is not None:
        with np.errstate(divide="ignore"):  # ln 0 = -inf: no temperature brings that key back
            return np.log(problem.weights[head, query].astype(np.float64))
    scores = np.zeros(len(problem.key_tokens))
    for one, all_keys in zip(problem.query[head, query].astype(np.float64), problem.key[head].T.astype(np.float64)):
        scores += one * all_keys
    if scaled:
        scores /= math.sqrt(problem.query.shape[2])
    return scores if problem.score_bias is None else scores + problem.score_bias[head, query]


def weights_of(problem: Problem, state: State) -> np.ndarray:
    """The weights ``(T_k,)`` of the chosen query: softmax(scores / temperature) over the keys that the mask allows.

    Zeros where it allows none, or all of those have the ready weight 0.
    """
    scores = score_row(problem, state.head, state.query, state.scaled) / state.temperature
    if state.mask != NO_MASK:
        scores = np.where(problem.masks[state.mask][state.query], scores, -math.inf)
    largest = scores.max()
    if largest == -math.inf:
        return np.zeros_like(scores)
    exps = np.exp(scores - largest)
    return exps / exps.sum()
