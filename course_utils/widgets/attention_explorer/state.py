"""Where an attention explorer stands, and the one way to another place: every move is checked."""

from __future__ import annotations

import dataclasses
import numbers
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from course_utils.widgets.attention_explorer.checks import NO_MASK
from course_utils.widgets.attention_explorer.problem import Problem

COUNTED = {"query": 1, "key": 2, "head": 0}  # what is counted, and where in Problem.shape its number stands
SLACK = 1.005  # the ends of the page's slider may be rounded to three digits


@dataclass(frozen=True)
class State:
    """What a hand can move. The three indices count from 0."""

    query: int = 0
    key: int = 0
    head: int = 0
    temperature: float = 1.0
    scaled: bool = True
    mask: str = NO_MASK


MOVES = tuple(field.name for field in dataclasses.fields(State))


def moved(problem: Problem, state: State, values: Mapping[str, object], first: int = 0) -> State:
    """The state with some of its values changed; indices count from ``first``.

    Raises ValueError, naming the value, what came and what there is.
    """
    return dataclasses.replace(state, **{name: _checked(problem, name, values[name], first) for name in values})


def _checked(problem: Problem, name: str, value: object, first: int) -> object:
    if name in COUNTED:
        count = problem.shape[COUNTED[name]]
        if _is(value, numbers.Integral) and first <= value < count + first:
            return int(value) - first
        expected = f"a whole number from {first} to {count - 1 + first}"
    elif name == "temperature":
        lowest, highest = problem.start_temperature / 10, problem.start_temperature * 10
        if _is(value, numbers.Real) and lowest / SLACK <= value <= highest * SLACK:
            return float(value)
        expected = f"a number from {lowest:g} to {highest:g}"
    elif name == "scaled":
        if isinstance(value, bool | np.bool_) and (value or problem.weights is None):
            return bool(value)
        expected = "True or False" if problem.weights is None else "True: ready weights have no scores to scale"
    elif name == "mask":
        if isinstance(value, str) and value in problem.mask_names:
            return str(value)
        expected = f"one of {problem.mask_names}"
    else:
        raise ValueError(f"{problem.name}: there is no control {name!r}; there are {list(MOVES)}.")
    raise ValueError(f"{problem.name}: {name} cannot be {reprlib.repr(value)}; expected {expected}.")


def _is(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool | np.bool_)


def saved(problem: Problem, state: State) -> dict[str, object]:
    """Problem and state as a page gets them: plain values, and bytes (float32 little-endian, masks as packed bits)."""
    arrays = {
        "query_data": problem.query,
        "key_data": problem.key,
        "value_data": problem.value,
        "bias_data": problem.score_bias,
        "weights_data": problem.weights,
    }
    return {
        "stage": problem.stage,
        "name": problem.name,
        "query_tokens": list(problem.query_tokens),
        "key_tokens": list(problem.key_tokens),
        "query_labels": list(problem.query_labels),
        "key_labels": list(problem.key_labels),
        "heads": list(problem.heads),
        "heads_numbered": problem.heads_numbered,
        "shape": list(problem.shape),
        **{name: b"" if array is None else array.astype("<f4").tobytes() for name, array in arrays.items()},
        "mask_names": problem.mask_names,
        "mask_data": np.packbits(np.array(list(problem.masks.values()), dtype=bool)).tobytes(),
        "marked_data": b"" if problem.marked is None else np.packbits(problem.marked).tobytes(),
        "marked_as": list(problem.marked_as),
        "self_attention": problem.self_attention,
        "start_temperature": problem.start_temperature,
        "stage_data": dict(problem.stage_data),
        **dataclasses.asdict(state),
    }
