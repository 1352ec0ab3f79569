"""Exercise 10.2: nearest neighbours by cosine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.pretrained.unit_length import unit


def _clusters(seed: int, N: int, d: int, senses: int) -> tuple[np.ndarray, np.ndarray]:
    """States of unequal lengths, around a centre for each sense; the seed is one with which all mistakes differ."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(senses, size=N)
    states = 0.8 * generator.normal(size=(senses, d))[labels] + generator.normal(size=(N, d)) + 0.5
    return states * generator.uniform(0.3, 3.0, size=(N, 1)) * np.linspace(0.5, 2.0, d), labels


_OPPOSED = np.array([[1.0, 0.0], [-0.4, 0.9], [-0.6, -0.9]])  # all cosines are below 0
_NEIGHBOURS = (_clusters(2139, 211, 4, 3), (_OPPOSED, np.array([0, 0, 1])))


def _nearest(
    states: np.ndarray,
    labels: np.ndarray,
    *,
    scores: Callable = lambda states: unit(states) @ unit(states).T,
    own: float = -np.inf,
    pick: Callable = lambda table: table.argmax(1),
) -> np.ndarray:
    """Whether each one's neighbour has its label; ``own`` is written in place of its score with itself."""
    table = scores(states)
    if own is not None:
        np.fill_diagonal(table, own)
    return labels[pick(table)] == labels


def _share(**change) -> Callable[..., float]:
    return lambda states, labels: _nearest(states, labels, **change).mean()


def _dot(states: np.ndarray) -> np.ndarray:
    return states @ states.T


def _distances(states: np.ndarray) -> np.ndarray:
    return np.linalg.norm(states[:, None] - states, axis=-1)


def _places_shifted(states: np.ndarray, labels: np.ndarray) -> float:
    """The place among the others is taken for the place among all."""
    table = unit(states) @ unit(states).T
    return np.mean([labels[np.delete(row, i).argmax()] == labels[i] for i, row in enumerate(table)])


def _nearest_centre(states: np.ndarray, labels: np.ndarray, vectors: Callable = unit) -> float:
    names = np.unique(labels)
    centres = np.array([vectors(states)[labels == name].mean(0) for name in names])
    return np.mean(names[(unit(states) @ unit(centres).T).argmax(1)] == labels)


def _majority_of_three(states: np.ndarray, labels: np.ndarray) -> float:
    table = unit(states) @ unit(states).T
    np.fill_diagonal(table, -np.inf)
    return np.mean([np.bincount(labels[np.argsort(row)[-3:]]).argmax() == own for row, own in zip(table, labels)])


def _all_pairs(states: np.ndarray, labels: np.ndarray) -> float:
    same = labels[:, None] == labels
    return same[~np.eye(len(labels), dtype=bool)].mean()


def _right_accuracy(states: np.ndarray, labels: np.ndarray) -> float:
    units = F.normalize(torch.from_numpy(states), dim=1)
    nearest = (units @ units.T).fill_diagonal_(-torch.inf).argmax(1).numpy()
    return float((labels[nearest] == labels).mean())


def _cosines_of(states: np.ndarray) -> np.ndarray:
    return unit(states) @ unit(states).T


def _no_self(states: np.ndarray) -> np.ndarray:
    table = _cosines_of(states)
    np.fill_diagonal(table, -np.inf)
    return table


def _nearest_places(states: np.ndarray) -> np.ndarray:
    return _no_self(states).argmax(1)


def _hits_later(states: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Whether the nearest of the rows behind has the same label, for all rows but the last."""
    table = _cosines_of(states)
    return np.array([labels[i + 1 + table[i, i + 1 :].argmax()] == labels[i] for i in range(len(labels) - 1)])


def _hits_earlier(states: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return _hits_later(states[::-1], labels[::-1])


def _nearer_group(itself: bool) -> Callable[..., float]:
    """How often the mean cosine with the same label is the larger one; the state is in its group if ``itself``."""

    def mistaken(states: np.ndarray, labels: np.ndarray) -> float:
        table, same = _cosines_of(states), labels[:, None] == labels
        like = same if itself else same & ~np.eye(len(labels), dtype=bool)
        own, other = ((table * group).sum(1) / np.maximum(group.sum(1), 1) for group in (like, ~same))
        return (own > other).mean()

    return mistaken


_LARGEST, _SMALLEST = partial(np.argmax, axis=1), partial(np.argmin, axis=1)
_COSINE = "A cosine is the dot product of two states of length 1: divide each row by its np.linalg.norm."
# name, scores, what is written in place of itself, which entry of a row is taken, what is said
_OTHER_NEIGHBOURS = (
    (
        "correlation instead of cosine",
        lambda states: _cosines_of(states - states.mean(1, keepdims=True)),
        -np.inf,
        _LARGEST,
        f"{{got}}: you took each row's mean off first; that is a correlation. {_COSINE}",
    ),
    (
        "mean of all states taken off",
        lambda states: _cosines_of(states - states.mean(0)),
        -np.inf,
        _LARGEST,
        f"{{got}}: you took the mean of all states off first. {_COSINE}",
    ),
    (
        "divided by the sum",
        lambda states: _dot(states / states.sum(1, keepdims=True)),
        -np.inf,
        _LARGEST,
        f"{{got}}: your rows *sum* to 1. {_COSINE}",
    ),
    (
        "sign of the cosine lost",
        lambda states: np.abs(_cosines_of(states)),
        -np.inf,
        _LARGEST,
        "{got}: without its sign, an opposite state counts as near. The largest cosine is the nearest, minus and all.",
    ),
    (
        "sum of differences",
        lambda states: np.abs(states[:, None] - states).sum(-1),
        np.inf,
        _SMALLEST,
        f"{{got}}: your neighbours are nearest by the sum of differences. {_COSINE}",
    ),
    (
        "smallest dot product",
        _dot,
        np.inf,
        _SMALLEST,
        f"{{got}}: you took the *smallest* dot product, of states as they are. {_COSINE} And the largest is the "
        f"nearest.",
    ),
    (
        "second nearest",
        lambda states: _cosines_of(states),
        -np.inf,
        lambda table: np.argsort(table)[:, -2],
        "{got}: that is the *second* nearest. You left the state out already, so the nearest other one is the largest.",
    ),
    (
        "only earlier rows",
        lambda states: np.where(np.tri(len(states), k=-1) > 0, _cosines_of(states), -np.inf),
        -np.inf,
        _LARGEST,
        "{got}: you looked among the rows *before* each alone. All other rows count.",
    ),
    (
        "only later rows",
        lambda states: np.where(np.tri(len(states), k=-1).T > 0, _cosines_of(states), -np.inf),
        -np.inf,
        _LARGEST,
        "{got}: you looked among the rows *after* each alone. All other rows count.",
    ),
    (
        "the next row in the table",
        lambda states: np.roll(np.eye(len(states)), 1, axis=1),
        None,
        _LARGEST,
        "{got}: you compared each label with that of the row before it, or after it, in the table; the states have no "
        "say. Asked for is the nearest by cosine.",
    ),
)

NEIGHBOURS = Exercise(
    id="10.2",
    answer="neighbour_accuracy",
    title="Write neighbour_accuracy(states, labels): how often has the nearest OTHER state (cosine) the same label?",
    objective="measure whether like states lie together",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=_NEIGHBOURS,
    right=_right_accuracy,
    misconceptions=(
        Misconception(
            "its own neighbour",
            _share(own=None),
            "{got}: each state is nearest to itself, so it always has the right label. Put -inf on the diagonal of the "
            "cosines before you look for the largest.",
            seen="https://github.com/mlpack/benchmarks/pull/123",
        ),
        Misconception(
            "plain dot product",
            _share(scores=_dot),
            "{got}: your neighbours are those of the largest dot product, so long states are everybody's neighbour. "
            "Bring each state to length 1 first: then a dot product is a cosine.",
            seen="https://github.com/mem0ai/mem0/issues/5959",
        ),
        Misconception(
            "plain dot product, itself among them",
            _share(scores=_dot, own=None),
            "{got}, with two mistakes: these are dot products, not cosines (both states need length 1), and a state "
            "may be its own neighbour.",
        ),
        Misconception(
            "Euclidean distance",
            _share(scores=_distances, own=np.inf, pick=lambda table: table.argmin(1)),
            "{got}: your neighbours are nearest by distance. A cosine looks at the direction alone: bring each "
            "state to length 1 first.",
        ),
        Misconception(
            "the farthest instead of the nearest",
            _share(own=np.inf, pick=lambda table: table.argmin(1)),
            "{got}: you took the *smallest* cosine, so the state that is least alike. A distance is smallest for the "
            "nearest, a cosine is largest.",
            seen="https://github.com/microsoft/promptbase/pull/38",
        ),
        Misconception(
            "the farthest distance",
            _share(scores=_distances, own=-np.inf),
            "{got}: you took the *largest* distance. What is largest for the nearest is the *cosine*: bring each "
            "state to length 1, and take the largest of the dot products.",
        ),
        Misconception(
            "second from the wrong end",
            _share(own=None, pick=lambda table: np.argsort(table)[:, 1]),
            "{got}: np.argsort begins with the smallest cosine, so its second entry is nearly the *farthest*. The "
            "nearest other one is the last but one, [-2].",
        ),
        Misconception(
            "features normalised instead of states",
            _share(scores=lambda states: _dot(states / np.linalg.norm(states, axis=0))),
            "{got}: you divided each *feature* by its length over all states. Each state, a row, is to have length 1: "
            "axis=1, keepdims=True.",
        ),
        Misconception(
            "misses counted",
            lambda states, labels: 1 - _nearest(states, labels).mean(),
            "{got} is the share of misses. Asked for is the share of hits.",
        ),
        Misconception(
            "number of hits",
            lambda states, labels: _nearest(states, labels).sum(),
            "{got} hits: right. Asked for is their share: divide by N.",
        ),
        Misconception(
            "per cent",
            lambda states, labels: 100 * _nearest(states, labels).mean(),
            "{got} per cent is right; asked for is the share, from 0 to 1.",
        ),
        Misconception(
            "hits instead of their share",
            _nearest,
            "These are the hits, one for each sentence, and they are right. Give back their mean.",
        ),
        Misconception(
            "places shifted by the one left out",
            _places_shifted,
            "{got}: you left out the state itself, and then looked up the neighbour's label among *all* labels: from "
            "there on every place is one too low. Leave the label out as well, or put -inf in place of the state.",
        ),
        *(
            Misconception(
                "centres instead of neighbours",
                centre,
                "{got}: you compared with the mean of each label, in which the state itself has a part. Asked for is "
                "the nearest other state.",
            )
            for centre in (_nearest_centre, partial(_nearest_centre, vectors=lambda states: states))
        ),
        Misconception(
            "three neighbours",
            _majority_of_three,
            "{got}: you let three neighbours vote. Asked for is the nearest one.",
        ),
        Misconception(
            "all pairs",
            _all_pairs,
            "{got} is how many of *all* pairs have the same label: the states have no say. Compare each one's label "
            "with that of its nearest neighbour.",
        ),
        Misconception(
            "0 in place of itself",
            _share(own=0.0),
            "Right as long as some cosine is above 0. Here all of them are below, so the 0 you wrote on the diagonal "
            "is the largest, and each is its own neighbour again. -np.inf is below everything.",
            seen="https://github.com/NicolasHug/Surprise/issues/356",
        ),
        *(
            Misconception(name, _share(scores=scores, own=own, pick=pick), explain)
            for name, scores, own, pick, explain in _OTHER_NEIGHBOURS
        ),
        *(
            Misconception(
                f"only {which} rows, over N - 1",
                lambda states, labels, hits=hits: hits(states, labels).mean(),
                "{got}: you looked among the rows *" + where + "* each alone. The nearest of *all* other rows is asked "
                "for, for each of the N rows.",
            )
            for which, where, hits in (("later", "after", _hits_later), ("earlier", "before", _hits_earlier))
        ),
        *(
            Misconception(
                "only later or only earlier rows",
                nothing_left,
                "You look only among later rows, and the last one has none; or only among earlier ones, and the first "
                "has none. The nearest of *all* other rows is asked for.",
            )
            for nothing_left in (
                lambda states, labels: np.zeros(0).argmax(),
                lambda states, labels: np.zeros(0).max(),
                lambda states, labels: max([]),
            )
        ),
        Misconception(
            "the row before in the table",
            lambda states, labels: (labels[1:] == labels[:-1]).mean(),
            "{got}: you compared each label with that of the row before, or after; the states have no say. The "
            "neighbour is the row with the largest cosine.",
        ),
        *(
            Misconception(
                "larger mean cosine with the same label",
                _nearer_group(itself),
                "{got}: you compared the mean cosines with both groups. Asked for is the label of the one nearest row.",
            )
            for itself in (True, False)
        ),
        Misconception(
            "place compared with the label",
            lambda states, labels: np.mean(_nearest_places(states) == labels),
            "{got}: you compared the neighbour's *place* with the label. Look its label up first: labels[nearest].",
        ),
        Misconception(
            "label of the neighbour's neighbour",
            lambda states, labels: np.mean(labels[_nearest_places(states)[_nearest_places(states)]] == labels),
            "{got}: you looked up the neighbour's neighbour. labels[nearest] once is enough.",
        ),
        Misconception(
            "neighbours of each other only",
            lambda states, labels: np.mean(
                (_nearest_places(states)[_nearest_places(states)] == np.arange(len(states)))
                & (labels[_nearest_places(states)] == labels)
            ),
            "{got}: you counted pairs that are each other's nearest. The other need not look back.",
        ),
        Misconception(
            "whole division",
            lambda states, labels: _nearest(states, labels).sum() // len(labels),
            "{got}: // divides whole, and int cuts off. The share of hits is hits / N, with a single /.",
        ),
        *(
            Misconception(
                "divided by another number than N",
                lambda states, labels, divisor=divisor: _nearest(states, labels).sum() / divisor(labels),
                "{got}: the right number of hits, but not divided by N, the number of rows.",
            )
            for divisor in (
                lambda labels: len(labels) - 1,
                lambda labels: len(labels) + 1,
                lambda labels: len(labels) ** 2,
                lambda labels: len(np.unique(labels)),
                lambda labels: 120,
                lambda labels: 20,
                lambda labels: len(labels) / 2,
            )
        ),
        Misconception(
            "mean of the labels' shares",
            lambda states, labels: np.mean(
                [_nearest(states, labels)[labels == label].mean() for label in np.unique(labels)]
            ),
            "{got} is the mean of the shares of each label. Asked for is the share of all rows, whatever their label.",
        ),
        Misconception(
            "hits of the first label",
            lambda states, labels: _nearest(states, labels)[labels == labels.min()].mean(),
            "{got} is the share of one label's rows. All rows count.",
        ),
        Misconception(
            "a row left out",
            lambda states, labels: _nearest(states, labels)[1:].mean(),
            "{got}: a row is missing, the first or the last. The loop goes over all N rows, counted from 0.",
        ),
        Misconception(
            "the largest label's share",
            lambda states, labels: np.bincount(labels).max() / len(labels),
            "{got} is the share of the commonest label: the states have no say. Compare each label with that of the "
            "nearest state.",
        ),
        Misconception(
            "mean cosine of the nearest",
            lambda states, labels: np.sort(_cosines_of(states), axis=1)[:, -2].mean(),
            "{got} is how *near* the nearest are. Asked for is how often they have the same label.",
        ),
        Misconception(
            "mean cosine of like labels",
            lambda states, labels: _cosines_of(states)[labels[:, None] == labels].mean(),
            "{got} is a mean cosine. Asked for is how often the nearest other state has the same label.",
        ),
        Misconception(
            "the places of the nearest",
            lambda states, labels: _nearest_places(states),
            "Those are the places of the nearest, and right. Compare their labels, labels[nearest] == labels, and take "
            "the mean.",
        ),
        Misconception(
            "the labels of the nearest",
            lambda states, labels: labels[_nearest_places(states)],
            "Those are the labels of the nearest, and right. Compare them with labels, and take the mean.",
        ),
        *(
            Misconception(
                "one nearest for the whole table",
                nearest_of_all,
                "argmax without an axis gives one place in the whole table. Each row has its own nearest: "
                "argmax(axis=1).",
            )
            for nearest_of_all in (
                lambda states, labels: (labels[_no_self(states).argmax()] == labels).mean(),
                lambda states, labels: (labels[_cosines_of(states).argmax()] == labels).mean(),
            )
        ),
        *(
            Misconception(
                "fill_diagonal's result kept",
                stopped,
                "np.fill_diagonal changes the table and gives back None: call it on a line of its own.",
            )
            for stopped in (
                lambda states, labels: np.fill_diagonal(_cosines_of(states), -np.inf).argmax(axis=1),
                lambda states, labels: np.argmax(np.fill_diagonal(_cosines_of(states), -np.inf), axis=1),
            )
        ),
        *(
            Misconception(
                "several neighbours",
                lambda states, labels, count=count, of=of: np.mean(
                    of(labels[np.argsort(_no_self(states))[:, -count:]] == labels[:, None])
                ),
                "{got}: you looked at several neighbours of each. Asked for is the nearest one alone.",
            )
            for count in (2, 3, 5)
            for of in (lambda same: same.any(1), lambda same: same, lambda same: same.all(1))
        ),
        Misconception(
            "hits of the farthest missed",
            lambda states, labels: 1 - _nearest(states, labels, own=np.inf, pick=lambda table: table.argmin(1)).mean(),
            "{got}: you counted how often the *farthest* has another label. Asked for is the nearest, the same label.",
        ),
    ),
    hints=(
        "Bring each state to length 1; then units @ units.T has all cosines, with 1 on the diagonal. Why is the "
        "diagonal a trap?",
        "np.fill_diagonal(cosines, -np.inf); cosines.argmax(axis=1) is the place of each one's nearest.",
        "labels[nearest] == labels, and the mean of it.",
    ),
    praise="Nobody is trained here: the share says how well direction alone tells the senses apart.",
)
