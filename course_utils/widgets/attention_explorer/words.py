"""What an attention explorer shows, in words. ``words.js`` says the same on the page, letter by letter."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np

from course_utils.widgets.attention_explorer.checks import NO_MASK
from course_utils.widgets.attention_explorer.problem import Problem
from course_utils.widgets.attention_explorer.state import State
from course_utils.widgets.attention_explorer.weights import weights_of

MOST_NAMED = 4  # keys that the sentence tells
LEAST_NAMED = 50_000_000  # billionths: a key after the first is told from here on
BILLION = 1_000_000_000


def in_words(problem: Problem, state: State) -> str:
    """One or more sentences: to which keys the chosen query attends, and what differs from the plain case.

    Weights are rounded to whole billionths before they are ranked (of equals the earlier key first) and printed with
    two decimals, halves up, so that the last bits of a processor's exponential do not change a word.
    """
    weights = weights_of(problem, state)
    parts = [_attends(problem, state.query, weights)]
    if problem.marked is not None and problem.marked_as[state.query] and weights.any():
        parts += _share(problem, state.query, weights)
    if len(problem.heads) > 1:
        name = problem.heads[state.head]
        parts.append(f"Head {name} of {len(problem.heads)}." if problem.heads_numbered else f"Head {name}.")
    temperature = three_digits(state.temperature)
    if temperature != "1":
        parts.append(f"Temperature {temperature}.")
    if problem.weights is None and not state.scaled:
        parts.append("Scores not scaled.")
    if state.mask != NO_MASK:
        parts.append(f"Mask: {state.mask}.")
    return " ".join(parts)


def _attends(problem: Problem, query: int, weights: np.ndarray) -> str:
    label = problem.query_labels[query]
    if problem.stage != "tokens":  # a place begins with a capital, as a sentence does; a token stays as it is
        label = label[0].upper() + label[1:]
    if not weights.any():
        return f"{label} may attend nowhere: all its weights are 0."
    whole = billionths(weights)
    ranked = np.argsort(-whole, kind="stable")[:MOST_NAMED]
    named = [key for key in ranked if key == ranked[0] or whole[key] >= LEAST_NAMED]
    told = ", ".join(f"{two_decimals(whole[key])} to {problem.key_labels[key]}" for key in named)
    return f"{label} attends {told}."


def _share(problem: Problem, query: int, weights: np.ndarray) -> list[str]:
    """How much weight lies on the marked keys, beside how many of all keys but the query itself they are."""
    marked = problem.marked[query]
    others = np.ones(len(marked), dtype=bool)
    if problem.self_attention:
        others[query] = False
    if not others.any():
        return []
    total = 0.0
    for weight in weights[marked]:  # in the order of JavaScript's loop
        total += weight
    share = two_decimals(int(billionths(np.array([total]))[0]))
    area = two_decimals(int(billionths(np.array([(marked & others).sum() / others.sum()]))[0]))
    return [f"{share} of its weight lies on {problem.marked_as[query]} ({area} of the other keys)."]


def billionths(weights: np.ndarray) -> np.ndarray:
    """Whole numbers of 1e-9, halves up."""
    return np.floor(weights * BILLION + 0.5).astype(np.int64)


def two_decimals(whole: int) -> str:
    """Billionths as a number with two decimals, halves up."""
    hundredths = (int(whole) + 5_000_000) // 10_000_000
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def three_digits(number: float) -> str:
    """A positive number with three significant digits, halves up, without zeros at the end."""
    rounded = Context(prec=3, rounding=ROUND_HALF_UP).plus(Decimal(number))
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
