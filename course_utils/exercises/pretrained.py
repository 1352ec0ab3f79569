"""Exercises of the lesson on a real, pretrained model."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import permutations

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(26)


def _unit(x: np.ndarray) -> np.ndarray:
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


# --- 10.1: the vector of a sentence -----------------------------------------------------------------------------------


def _padded(mask: list[bool], d: int) -> tuple[np.ndarray, np.ndarray]:
    states = 1.0 + _GENERATOR.normal(size=(len(mask), d)) * np.linspace(0.5, 2.0, len(mask))[:, None]
    return states, np.array(mask)


_STATES = (_padded([True] * 5, 4), _padded([True] * 4 + [False] * 2, 5), _padded([False] * 3 + [True] * 4, 4))


def _mean(states: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return states[mask].mean(0)


def _of_real(vector: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake in what is done with the states of the real tokens."""
    return lambda states, mask: vector(states[mask])


def _of_pytorch(states: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return F.normalize(torch.from_numpy(states[mask]).mean(0), dim=0).numpy()


_POOLED = {
    "the median": (lambda real: np.median(real, axis=0), "You took the median of each feature."),
    "the minimum": (lambda real: real.min(0), "You took the smallest number of each feature."),
    "the second token": (
        lambda real: real[1],
        "You took row 1 alone. (Was mask taken for places? As whole numbers, its ones pick row 1.)",
    ),
    "the last but one": (lambda real: real[-2], "You took the state of the last token before [SEP] alone."),
    "[CLS] left out": (
        lambda real: real[1:].mean(0),
        "You left [CLS] out; this model was trained with it in the mean.",
    ),
    "[SEP] left out": (
        lambda real: real[:-1].mean(0),
        "You left [SEP] out; this model was trained with it in the mean.",
    ),
    "first and last": (lambda real: real[[0, -1]].mean(0), "You took the first and the last token alone."),
    "the spread": (lambda real: real.std(0), "You took the standard deviation of each feature."),
    "the product": (lambda real: real.prod(0), "You multiplied the states with each other."),
    "mean and maximum": (lambda real: real.mean(0) + real.max(0), "You added the maximum to the mean."),
    "the longest state": (
        lambda real: real[np.linalg.norm(real, axis=1).argmax()],
        "You took the longest of the states alone.",
    ),
    "each feature brought to length 1": (
        lambda real: (real / np.linalg.norm(real, axis=0)).mean(0),
        "You divided each *feature* by its length over the tokens. The mean comes first, and it is one vector.",
    ),
    "magnitudes": (lambda real: np.abs(real).mean(0), "You took the minus signs away before the mean."),
    "root of the mean square": (lambda real: np.sqrt((real**2).mean(0)), "You squared before the mean."),
}
_SHORTENED = {
    "the root of the sum": lambda mean: np.sqrt(np.abs(mean.sum())),
    "the mean": lambda mean: mean.mean(),
    "the spread": lambda mean: mean.std(),
    "the number of features": len,
    "its root": lambda mean: np.sqrt(len(mean)),
    "the root of the mean square": lambda mean: np.sqrt((mean**2).mean()),
    "the root of its length": lambda mean: np.sqrt(np.linalg.norm(mean)),
}

VECTOR = Exercise(
    id="10.1",
    answer="sentence_vector",
    title="Write sentence_vector(states, mask): the mean over the real tokens, brought to length 1.",
    objective="make one vector of a sentence's states",
    kind="write",
    minutes=5,
    difficulty=1,
    cases=_STATES,
    right=_of_pytorch,
    misconceptions=(
        Misconception(
            "not brought to length 1",
            _of_real(lambda real: real.mean(0)),
            "Right, but for its length. Divide by np.linalg.norm(mean), so that a dot product of two sentences is "
            "their cosine.",
            seen="https://github.com/epfml/sent2vec/issues/94",
        ),
        Misconception(
            "sum, not brought to length 1",
            _of_real(lambda real: real.sum(0)),
            "That is the sum of the states: longer sentences get longer vectors. Bring it to length 1.",
        ),
        Misconception(
            "[CLS] taken",
            _of_real(lambda real: _unit(real[0])),
            "You took the state of the first token, [CLS]. Some models are trained for that; this one was trained for "
            "the *mean* over all real tokens.",
            seen="https://github.com/microsoft/CodeBERT/issues/209",
        ),
        Misconception(
            "[CLS] taken, not brought to length 1",
            _of_real(lambda real: real[0]),
            "You took the state of the first token, [CLS]. This model was trained for the *mean* over all real tokens, "
            "brought to length 1.",
        ),
        Misconception(
            "last token taken",
            _of_real(lambda real: _unit(real[-1])),
            "You took the state of the last token. Asked for is the mean over all real tokens.",
        ),
        Misconception(
            "[CLS] and [SEP] left out",
            _of_real(lambda real: _unit(real[1:-1].mean(0))),
            "You left out the first and the last token. [CLS] and [SEP] are no words, but this model was trained with "
            "them in the mean.",
        ),
        Misconception(
            "maximum instead of the mean",
            _of_real(lambda real: _unit(real.max(0))),
            "You took the largest number of each feature. Asked for is the mean over the tokens, axis 0, "
            "and then length 1.",
        ),
        Misconception(
            "each state brought to length 1 first",
            _of_real(lambda real: _unit(_unit(real).mean(0))),
            "You brought each *state* to length 1 before the mean. Then long states count no more than short ones. "
            "Mean first, then length 1.",
        ),
        Misconception(
            "only each state brought to length 1",
            _of_real(lambda real: _unit(real).mean(0)),
            "You brought each *state* to length 1, and then took the mean, whose length is below 1. Mean first, then "
            "length 1.",
        ),
        Misconception(
            "divided by the sum",
            _of_real(lambda real: real.mean(0) / real.mean(0).sum()),
            "Your numbers *sum* to 1. Asked for is length 1: divide by the root of the sum of squares, np.linalg.norm.",
        ),
        Misconception(
            "divided by the squared length",
            _of_real(lambda real: real.mean(0) / (real.mean(0) ** 2).sum()),
            "You divided by the sum of the squares. The length is its root, np.linalg.norm.",
        ),
        Misconception(
            "divided by the largest",
            _of_real(lambda real: real.mean(0) / np.abs(real.mean(0)).max()),
            "Your largest number is 1. Asked for is length 1: divide by np.linalg.norm.",
        ),
        Misconception(
            "softmax instead of length 1",
            _of_real(lambda real: softmax(real.mean(0))),
            "You took a softmax: positive numbers that sum to 1. Asked for is length 1: divide by np.linalg.norm.",
        ),
        Misconception(
            "brought to mean 0 and spread 1",
            _of_real(lambda real: (real.mean(0) - real.mean(0).mean()) / real.mean(0).std()),
            "You standardised the numbers, as a layer norm does. Asked for is length 1: divide by np.linalg.norm.",
        ),
        Misconception(
            "mean over the features",
            _of_real(lambda real: _unit(real.mean(1))),
            "You took the mean over the features: one number a token. Over the tokens it is axis 0.",
        ),
        *(
            Misconception(
                "mask without its axis",
                product,
                "mask is (T,), states is (T, d): give the mask an axis, mask[:, None], or pick the rows out, "
                "states[mask].",
            )
            for product in (lambda states, mask: states * mask, lambda states, mask: mask * states)
        ),
        Misconception(
            "mask polarity",
            lambda states, mask: _unit(states[~mask].mean(0)),
            "You took the mean over the padding; here there is none, so that is 0/0. mask is True at the *real* "
            "tokens.",
        ),
        Misconception(
            "padding averaged in",
            lambda states, mask: _unit(states.mean(0)),
            "Right without padding. With padding you took it into the mean, so a sentence's vector would depend on the "
            "other sentences of its batch. Only the tokens where mask is True.",
            seen="https://github.com/huggingface/transformers/issues/17463",
        ),
        Misconception(
            "last token of all left out",
            lambda states, mask: _unit(states[:-1].mean(0)) if len(states) > mask.sum() else _of_pytorch(states, mask),
            "Padding is still in your mean: you left out one token, and there may be more. mask says which.",
        ),
        Misconception(
            "as many tokens from the front",
            lambda states, mask: _unit(states[: mask.sum()].mean(0)),
            "Right as long as the padding comes last. Here it stands in front: take the rows where mask is True, not "
            "the first mask.sum().",
        ),
        *(
            Misconception(
                f"{name} instead of the mean{'' if unit else ', not brought to length 1'}",
                _of_real(lambda real, pooled=pooled, unit=unit: _unit(pooled(real)) if unit else pooled(real)),
                f"{what} Asked for is the mean over all real tokens, axis 0, and then length 1.",
            )
            for name, (pooled, what) in _POOLED.items()
            for unit in (True, False)
        ),
        *(
            Misconception(
                f"{name} instead of the mean, not brought to length 1",
                _of_real(pooled),
                f"{what} Asked for is the mean over all real tokens, axis 0, and then length 1.",
            )
            for name, pooled, what in (
                ("maximum", lambda real: real.max(0), "You took the largest number of each feature."),
                ("last token", lambda real: real[-1], "You took the state of the last token."),
                ("mean without [CLS] and [SEP]", lambda real: real[1:-1].mean(0), "You left out [CLS] and [SEP]."),
                ("mean over the features", lambda real: real.mean(1), "You took the mean over the features."),
            )
        ),
        *(
            Misconception(
                f"divided by {name}",
                _of_real(lambda real, length=length: real.mean(0) / length(real.mean(0))),
                f"You divided the mean by {name}. Length 1: divide by the root of the sum of its squares, "
                f"np.linalg.norm.",
            )
            for name, length in _SHORTENED.items()
        ),
        *(
            Misconception(
                "divided by another length than the mean's",
                lambda states, mask, length=length: states[mask].mean(0) / length(states, states[mask]),
                "You divided the mean by the length of something else: of the whole table, of single states or of a "
                "mean "
                "with padding. Its own length is np.linalg.norm(mean).",
            )
            for length in (
                lambda states, real: np.linalg.norm(real),
                lambda states, real: np.linalg.norm(states),
                lambda states, real: np.linalg.norm(real, axis=1).mean(),
                lambda states, real: np.linalg.norm(real, axis=1).sum(),
                lambda states, real: np.linalg.norm(real.sum(0)),
                lambda states, real: np.linalg.norm(real[0]),
                lambda states, real: np.linalg.norm(states.mean(0)),
                lambda states, real: np.linalg.norm(real.sum(0) / len(states)),
            )
        ),
        *(
            Misconception(
                name,
                _of_real(lambda real, change=change: change(real.mean(0))),
                f"{what} Asked for is length 1: divide the mean by np.linalg.norm(mean).",
            )
            for name, change, what in (
                (
                    "from 0 to 1",
                    lambda mean: (mean - mean.min()) / np.ptp(mean),
                    "You stretched the numbers from 0 to 1.",
                ),
                ("tanh instead of length 1", np.tanh, "You took tanh of the mean."),
                ("clipped instead of length 1", lambda mean: np.clip(mean, -1, 1), "You cut the numbers off at 1."),
                (
                    "mean taken off first",
                    lambda mean: _unit(mean - mean.mean()),
                    "You took the features' mean off first.",
                ),
                ("signs lost", lambda mean: _unit(np.abs(mean)), "You took the minus signs away."),
                ("squared shares", lambda mean: _unit(mean) ** 2, "Your numbers are squares."),
                ("the length itself", np.linalg.norm, "That is the length of the mean."),
            )
        ),
        Misconception(
            "states of length 1, and no mean",
            _of_real(_unit),
            "Each state has length 1, and all are still there. Take the mean over the tokens first, then bring that "
            "one "
            "vector to length 1.",
        ),
        Misconception(
            "the real states, and no mean",
            _of_real(lambda real: real),
            "The real tokens' states are all still there. Take their mean, axis 0, then bring it to length 1.",
        ),
        Misconception(
            "everything averaged",
            _of_real(lambda real: real.mean()),
            "One number is left: you took the mean over the features as well. Over the tokens it is axis 0.",
        ),
    ),
    hints=(
        "Which rows count? states[mask] picks out those where mask is True.",
        "Mean over the tokens, axis 0; then divide by its length, np.linalg.norm.",
    ),
    praise="Padding, wherever it stands, changes nothing; and a dot product of two such vectors is their cosine.",
)

# --- 10.2: nearest neighbours -----------------------------------------------------------------------------------------


def _clusters(seed: int, N: int, d: int, senses: int) -> tuple[np.ndarray, np.ndarray]:
    """States of unequal lengths, around a centre for each sense; the seed is one with which all mistakes differ."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(senses, size=N)
    states = 0.8 * generator.normal(size=(senses, d))[labels] + generator.normal(size=(N, d)) + 0.5
    return states * generator.uniform(0.3, 3.0, size=(N, 1)) * np.linspace(0.5, 2.0, d), labels


_OPPOSED = np.array([[1.0, 0.0], [-0.4, 0.9], [-0.6, -0.9]])  # all cosines are below 0
_NEIGHBOURS = (_clusters(1553, 173, 4, 3), (_OPPOSED, np.array([0, 0, 1])))


def _nearest(
    states: np.ndarray,
    labels: np.ndarray,
    *,
    scores: Callable = lambda states: _unit(states) @ _unit(states).T,
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
    table = _unit(states) @ _unit(states).T
    return np.mean([labels[np.delete(row, i).argmax()] == labels[i] for i, row in enumerate(table)])


def _nearest_centre(states: np.ndarray, labels: np.ndarray, vectors: Callable = _unit) -> float:
    names = np.unique(labels)
    centres = np.array([vectors(states)[labels == name].mean(0) for name in names])
    return np.mean(names[(_unit(states) @ _unit(centres).T).argmax(1)] == labels)


def _majority_of_three(states: np.ndarray, labels: np.ndarray) -> float:
    table = _unit(states) @ _unit(states).T
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
    return _unit(states) @ _unit(states).T


def _no_self(states: np.ndarray) -> np.ndarray:
    table = _cosines_of(states)
    np.fill_diagonal(table, -np.inf)
    return table


def _nearest_places(states: np.ndarray) -> np.ndarray:
    return _no_self(states).argmax(1)


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
        "{got}: you compared each row with its neighbour in the table. Asked for is the nearest by cosine.",
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
            "may be its "
            "own neighbour.",
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
            "nearest "
            "state.",
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

# --- 10.3: choose on one set, score on another ------------------------------------------------------------------------


def _masses(seed: int, layers: int, heads: int, choosing: int, scoring: int) -> tuple[np.ndarray, np.ndarray]:
    """Heads that differ, and sentences that differ more; the seed is one with which all mistakes differ."""
    generator = np.random.default_rng(seed)
    of_head = generator.uniform(0.2, 0.6, size=(layers, heads, 1))
    return tuple(
        np.clip(of_head + generator.normal(scale=0.25, size=(layers, heads, sentences)), 0.0, 1.0)
        for sentences in (choosing, scoring)
    )


_MASSES = (_masses(262, 6, 9, 5, 7), _masses(8, 5, 3, 4, 6))
Chosen = tuple[int, int, float]


def _best(of_heads: np.ndarray) -> tuple[int, int]:
    layer, head = np.unravel_index(np.argmax(of_heads), of_heads.shape)
    return int(layer), int(head)


def _chosen_by(number: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[..., Chosen]:
    """A mistake in what is largest for the head that is chosen; it sees both sets."""

    def mistaken(choosing, scoring):
        layer, head = _best(number(choosing, scoring))
        return layer, head, scoring[layer, head].mean()

    return mistaken


def _told(tell: Callable[[int, int, np.ndarray, np.ndarray], object]) -> Callable[..., object]:
    """The right head, and a mistake in what is given back."""
    return lambda choosing, scoring: tell(*_best(choosing.mean(-1)), choosing, scoring)


def _divided_by_layers(choosing: np.ndarray, scoring: np.ndarray) -> Chosen:
    layer, head = divmod(int(choosing.mean(-1).argmax()), len(choosing))
    return layer, head, scoring[_best(choosing.mean(-1))].mean()


def _first_layer_then_head(choosing: np.ndarray, scoring: np.ndarray) -> Chosen:
    layer = int(choosing.mean((1, 2)).argmax())
    head = int(choosing[layer].mean(-1).argmax())
    return layer, head, scoring[layer, head].mean()


def _most_often_best(choosing: np.ndarray, scoring: np.ndarray) -> np.ndarray:
    flat = choosing.reshape(-1, choosing.shape[-1])
    return np.bincount(flat.argmax(0), minlength=len(flat)).reshape(choosing.shape[:2])


_INSTEAD_OF_THE_MEAN = {
    "the median": lambda of_head: np.median(of_head, -1),
    "its best sentence": lambda of_head: of_head.max(-1),
    "its worst sentence": lambda of_head: of_head.min(-1),
    "its first sentence": lambda of_head: of_head[..., 0],
    "the spread": lambda of_head: of_head.std(-1),
    "the mean less the spread": lambda of_head: of_head.mean(-1) - of_head.std(-1),
}


def _with_place(place: Callable[[np.ndarray], tuple[int, int]]) -> Callable[..., Chosen]:
    """A mistake in where the head is looked for; its mean in scoring is given back."""

    def mistaken(choosing, scoring):
        layer, head = map(int, place(choosing))
        return layer, head, scoring[layer, head].mean()

    return mistaken


CHOICE = Exercise(
    id="10.3",
    answer="choose_and_score",
    title="Write choose_and_score(choosing, scoring): choose the head on one set, report its mean on the other.",
    objective="choose a head on one set of sentences and score it on another",
    kind="write",
    minutes=6,
    difficulty=2,
    cases=_MASSES,
    right=_chosen_by(lambda choosing, scoring: torch.from_numpy(choosing).mean(-1).numpy()),
    parts=("layer", "head", "mean mass"),
    misconceptions=(
        Misconception(
            "scored on what it was chosen on",
            _told(lambda layer, head, choosing, scoring: (layer, head, choosing[layer, head].mean())),
            "The right head, but {got[2]} is its mean in the sentences it was *chosen* on. The best of many is partly "
            "lucky, and that luck is in this number. Its mean in scoring is {expected[2]}.",
            seen="https://github.com/titu1994/LSTM-FCN/issues/7",
        ),
        Misconception(
            "chosen on the scoring sentences",
            _chosen_by(lambda choosing, scoring: scoring.mean(-1)),
            "Layer {got[0]}, head {got[1]} is the best in *scoring*: chosen and scored on the same sentences, so its "
            "{got[2]} is partly luck. Choose in choosing alone.",
            seen="https://github.com/xuanmay2701/shapeformer/issues/2",
        ),
        Misconception(
            "the two sets exchanged",
            lambda choosing, scoring: (*_best(scoring.mean(-1)), choosing[_best(scoring.mean(-1))].mean()),
            "The two sets have changed places: you chose in scoring and scored in choosing.",
        ),
        Misconception(
            "chosen on both",
            _chosen_by(lambda choosing, scoring: np.concatenate([choosing, scoring], -1).mean(-1)),
            "Layer {got[0]}, head {got[1]} is the best of both sets together: the scoring sentences have had a say in "
            "the choice. Choose in choosing alone.",
        ),
        Misconception(
            "best sentence instead of best mean",
            _chosen_by(lambda choosing, scoring: choosing.max(-1)),
            "Layer {got[0]}, head {got[1]} has the largest single number in choosing: one lucky sentence. Choose by "
            "the mean over the sentences.",
        ),
        Misconception(
            "median instead of mean",
            _chosen_by(lambda choosing, scoring: np.median(choosing, -1)),
            "Layer {got[0]}, head {got[1]} has the largest *median* in choosing. Asked for is the largest mean.",
        ),
        Misconception(
            "most often the best",
            _chosen_by(_most_often_best),
            "Layer {got[0]}, head {got[1]} is most often the best of a sentence. Asked for is the head with the "
            "largest mean.",
        ),
        Misconception(
            "smallest mean",
            _chosen_by(lambda choosing, scoring: -choosing.mean(-1)),
            "Layer {got[0]}, head {got[1]} has the *smallest* mean in choosing. The largest is asked for: argmax.",
        ),
        Misconception(
            "first the best layer, then its head",
            _first_layer_then_head,
            "You chose the layer with the largest mean first. The best head may stand in a layer of poor ones: take "
            "the largest of all heads at once.",
        ),
        Misconception(
            "layer and head swapped",
            _told(lambda layer, head, choosing, scoring: (head, layer, scoring[layer, head].mean())),
            "The number is right; layer and head have changed places. The first axis is the layer.",
        ),
        Misconception(
            "divided by the number of layers",
            _divided_by_layers,
            "The number is right, but layer {got[0]}, head {got[1]} is not. A flat place is layer · heads + head: "
            "divide by the number of *heads*, or use np.unravel_index.",
        ),
        Misconception(
            "counted from 1",
            _told(lambda layer, head, choosing, scoring: (layer + 1, head + 1, scoring[layer, head].mean())),
            "The number is right; layer and head count from 0.",
        ),
        Misconception(
            "best sentence in scoring",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring[layer, head].max())),
            "The right head, but {got[2]} is its best sentence in scoring. Asked for is its mean.",
        ),
        Misconception(
            "sum instead of mean in scoring",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring[layer, head].sum())),
            "The right head, but {got[2]} is a sum over the sentences. Asked for is the mean.",
        ),
        Misconception(
            "mean of all heads",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring.mean())),
            "The right head, but {got[2]} is the mean over *all* heads of scoring.",
        ),
        Misconception(
            "best mean in scoring",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring.mean(-1).max())),
            "The right head, but {got[2]} is the best mean of *any* head in scoring. Asked for is that of the chosen "
            "one: {expected[2]}.",
            seen="https://github.com/SamitHuang/EV_GCN/issues/7",
        ),
        Misconception(
            "not averaged",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring[layer, head])),
            "The right head; its numbers in scoring still need their mean.",
        ),
        Misconception(
            "number first",
            _told(lambda layer, head, choosing, scoring: (scoring[layer, head].mean(), layer, head)),
            "All three are right; the order is layer, head, mean.",
        ),
        Misconception(
            "number alone",
            _told(lambda layer, head, choosing, scoring: scoring[layer, head].mean()),
            "The number is right. Give back the head as well, in front: return layer, head, mean.",
        ),
        Misconception(
            "head alone",
            _told(lambda layer, head, choosing, scoring: (layer, head)),
            "The right head. Give back its mean in scoring as well: return layer, head, mean.",
        ),
        *(
            Misconception(
                f"{name} in scoring",
                _told(
                    lambda layer, head, choosing, scoring, number=number: (layer, head, number(scoring[layer, head]))
                ),
                f"The right head, but {{got[2]}} is {name} in scoring. Asked for is its mean, {{expected[2]}}.",
            )
            for name, number in _INSTEAD_OF_THE_MEAN.items()
            if name != "its best sentence"
        ),
        *(
            Misconception(
                f"{name} in choosing",
                _chosen_by(lambda choosing, scoring, number=number: number(choosing)),
                f"Layer {{got[0]}}, head {{got[1]}}: you chose by {name} in choosing. Asked for is the largest mean.",
            )
            for name, number in _INSTEAD_OF_THE_MEAN.items()
            if name in {"its worst sentence", "its first sentence"}
        ),
        *(
            Misconception(
                f"{name} instead of the mean, twice",
                lambda choosing, scoring, number=number: (
                    *_best(number(choosing)),
                    number(scoring[_best(number(choosing))]),
                ),
                f"You went by {name}, to choose and to score. Asked for is the mean, both times.",
            )
            for name, number in _INSTEAD_OF_THE_MEAN.items()
            if name not in {"the median", "the mean less the spread"}
        ),
        *(
            Misconception(
                name,
                _told(
                    lambda layer, head, choosing, scoring, number=number: (
                        layer,
                        head,
                        number(layer, head, choosing, scoring),
                    )
                ),
                f"The right head, but {{got[2]}} is {what}. Asked for is the mean of this head in scoring, "
                f"{{expected[2]}}.",
            )
            for name, number, what in (
                ("mean of its layer", lambda i, h, c, s: s[i].mean(), "the mean of its whole layer"),
                ("mean of this head in all layers", lambda i, h, c, s: s[:, h].mean(), "the mean over the layers"),
                ("mean in both", lambda i, h, c, s: np.concatenate([c[i, h], s[i, h]]).mean(), "its mean in both sets"),
                (
                    "mean of the two means",
                    lambda i, h, c, s: (c[i, h].mean() + s[i, h].mean()) / 2,
                    "half of its two means together",
                ),
                ("gain over choosing", lambda i, h, c, s: s[i, h].mean() - c[i, h].mean(), "scoring less choosing"),
                ("loss from choosing", lambda i, h, c, s: c[i, h].mean() - s[i, h].mean(), "choosing less scoring"),
                ("gain over the mean of all", lambda i, h, c, s: s[i, h].mean() - s.mean(), "its lead over all heads"),
                ("largest of all", lambda i, h, c, s: s.max(), "the largest number of all"),
                ("largest of all", lambda i, h, c, s: c.max(), "the largest number of all"),
                ("mean of choosing, all heads", lambda i, h, c, s: c.mean(), "the mean of all heads in choosing"),
                ("sum in choosing", lambda i, h, c, s: c[i, h].sum(), "a sum, and of choosing"),
                (
                    "divided by the number in choosing",
                    lambda i, h, c, s: s[i, h].sum() / c.shape[-1],
                    "the sum in scoring divided by the number of sentences in choosing",
                ),
                ("per cent", lambda i, h, c, s: 100 * s[i, h].mean(), "in per cent"),
            )
        ),
        *(
            Misconception(
                "layer and head chosen apart",
                _with_place(place),
                "Layer {got[0]}, head {got[1]}: you chose the layer and the head each by itself. The best head is one "
                "place in the table (layers, heads): look for the largest of all.",
            )
            for place in (lambda choosing: (choosing.mean((1, 2)).argmax(), choosing.mean((0, 2)).argmax()),)
        ),
        Misconception(
            "a layer or a head left out",
            _chosen_by(lambda choosing, scoring: choosing[:-1].mean(-1)),
            "Layer {got[0]}, head {got[1]}: you never looked at the last layer. How far does the loop go?",
        ),
        Misconception(
            "a layer or a head left out",
            _chosen_by(lambda choosing, scoring: choosing[:, :-1].mean(-1)),
            "Layer {got[0]}, head {got[1]}: you never looked at the last head of a layer. How far does the loop go?",
        ),
        Misconception(
            "flat place",
            _told(
                lambda layer, head, choosing, scoring: (
                    layer * choosing.shape[1] + head,
                    scoring[layer, head].mean(),
                )
            ),
            "argmax counts all heads in one row. Layer and head of that place: np.unravel_index(place, table.shape).",
        ),
        Misconception(
            "flat place for the layer",
            _told(
                lambda layer, head, choosing, scoring: (
                    layer * choosing.shape[1] + head,
                    head,
                    scoring[layer, head].mean(),
                )
            ),
            "Head and number are right; {got[0]} is the place among *all* heads. The layer is that // the number of "
            "heads.",
        ),
        Misconception(
            "one head for each layer",
            lambda choosing, scoring: (
                np.arange(len(choosing)),
                choosing.mean(-1).argmax(1),
                scoring.mean(-1)[np.arange(len(choosing)), choosing.mean(-1).argmax(1)],
            ),
            "You chose a head in *every* layer. One is asked for: the best of all, so argmax over the whole table.",
        ),
        Misconception(
            "one layer for each head",
            lambda choosing, scoring: (
                choosing.mean(-1).argmax(0),
                np.arange(choosing.shape[1]),
                scoring.mean(-1)[choosing.mean(-1).argmax(0), np.arange(choosing.shape[1])],
            ),
            "You chose a layer for *every* head. One is asked for: the best of all, so argmax over the whole table.",
        ),
        Misconception(
            "all means of scoring",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring.mean(-1))),
            "The right head; the third is a table of all means in scoring. Give the one of this head.",
        ),
        Misconception(
            "means of its layer",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring[layer].mean(-1))),
            "The right head; the third has the means of its whole layer. Give the one of this head.",
        ),
        Misconception(
            "counted from 1, head alone",
            _told(lambda layer, head, choosing, scoring: (layer, head + 1, scoring[layer, head].mean())),
            "Layer and number are right; the head counts from 0 as well.",
        ),
        Misconception(
            "counted from 1, layer alone",
            _told(lambda layer, head, choosing, scoring: (layer + 1, head, scoring[layer, head].mean())),
            "Head and number are right; the layer counts from 0 as well.",
        ),
        *(
            Misconception(
                "a place beyond the table",
                _with_place(place),
                "That layer does not exist. Is your table (layers, heads), the mean over the *last* axis? And the "
                "flat place "
                "is divided by the number of *heads*; np.unravel_index(place, table.shape) does it.",
            )
            for place in (
                lambda choosing: divmod(int(choosing.mean(-1).argmax()), len(choosing)),
                lambda choosing: _best(choosing.mean(0)),
                lambda choosing: (int(choosing.mean(-1).argmax()), 0),
            )
        ),
    ),
    hints=(
        "choosing.mean(axis=-1) is a table (layers, heads). Where is its largest number?",
        "np.unravel_index(table.argmax(), table.shape) gives layer and head. Then look into scoring, nowhere else.",
    ),
    praise="What is reported has had no say in the choice: so the best of many heads is no longer flattered.",
)

# --- 10.4: what leaving out a word does -------------------------------------------------------------------------------

_D = 8


@lru_cache
def _vector(word: str) -> np.ndarray:
    return np.random.default_rng(zlib.crc32(word.encode())).normal(size=_D)


def encode(words: list[str]) -> np.ndarray:
    """A vector of length 1 that depends on the words and on their order. Raises TypeError for a string."""
    if isinstance(words, str):
        message = "encode takes a list of words; a single string came"
        raise TypeError(message)
    total = np.full(_D, 0.5)
    for place, word in enumerate(words):
        total += (1.0 + 0.3 * place) * _vector(str(word))
    return _unit(total)


_SENTENCES = (
    (encode, ["muddy", "river", "banks", "flood"]),
    (encode, ["the", "bank", "of", "the", "river", "was", "muddy"]),
)


def _cosines(encode: Callable, words: list[str], without: Callable[[list[str], int], list[str]]) -> np.ndarray:
    whole = encode(words)
    return np.array([whole @ encode(without(words, i)) for i in range(len(words))])


def _one_out(words: list[str], i: int) -> list[str]:
    return words[:i] + words[i + 1 :]


def _leaving(without: Callable[[list[str], int], list[str]]) -> Callable[..., np.ndarray]:
    """A mistake in what is left of the sentence."""
    return lambda encode, words: 1 - _cosines(encode, words, without)


def _of_cosines(number: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake in what is made of the right cosines."""
    return lambda encode, words: number(_cosines(encode, words, _one_out))


def _without_the_first_like_it(words: list[str], i: int) -> list[str]:
    return _one_out(words, words.index(words[i]))


def _from_one_to_the_next(encode, words):
    vectors = [encode(_one_out(words, i)) for i in range(len(words))]
    return np.array([1 - encode(words) @ vectors[0], *(1 - one @ other for one, other in zip(vectors, vectors[1:]))])


def _in_place(remove: Callable[[list[str], int], object]) -> Callable[..., np.ndarray]:
    """The words go, one after the other, out of the list that came."""

    def mistaken(encode, words):
        whole, effects = encode(words), []
        for i in range(len(words)):
            remove(words, i)
            effects.append(1 - whole @ encode(words))
        return np.array(effects)

    return mistaken


def _while_reading(encode, words):
    whole, effects = encode(words), []
    for word in words:
        words.remove(word)
        effects.append(1 - whole @ encode(words))
    return np.array(effects)


_LIST_CHANGED = (
    "You took the word out of the list itself, so it becomes shorter while you go through it. Make a new list for each "
    "word: words[:i] + words[i + 1 :]."
)

EFFECTS = Exercise(
    id="10.4",
    answer="deletion_effects",
    title="Write deletion_effects(encode, words): for each word, 1 - cosine of the sentence's vector without it.",
    objective="measure what leaving out a word does",
    kind="write",
    minutes=7,
    difficulty=2,
    cases=_SENTENCES,
    right=_leaving(lambda words, i: [word for place, word in enumerate(words) if place != i]),
    misconceptions=(
        Misconception(
            "a sentence instead of a list",
            lambda encode, words: encode(" ".join(words)),
            "You gave encode one string. It takes a *list* of words, as words is one: encode(words).",
        ),
        Misconception(
            "cosine itself",
            _of_cosines(lambda cosines: cosines),
            "{got}: these are the cosines. They are *near 1* where a word hardly matters; the effect is 1 minus that.",
        ),
        Misconception(
            "sign",
            _of_cosines(lambda cosines: cosines - 1),
            "{got}: the right sizes, below 0. Asked for is 1 - cosine, not cosine - 1.",
        ),
        Misconception(
            "halved",
            _of_cosines(lambda cosines: (1 - cosines) / 2),
            "{got}: half of 1 - cosine. Give 1 - cosine itself, without dividing it by 2.",
        ),
        Misconception(
            "distance instead of cosine",
            _of_cosines(lambda cosines: np.sqrt(2 - 2 * cosines)),
            "{got}: these are distances between the two vectors. Asked for is 1 - cosine.",
        ),
        Misconception(
            "squared distance",
            _of_cosines(lambda cosines: 2 - 2 * cosines),
            "{got}: these are squared distances, twice the 1 - cosine that is asked for.",
        ),
        Misconception(
            "shares of the whole",
            _of_cosines(lambda cosines: (1 - cosines) / (1 - cosines).sum()),
            "{got}: you divided by the sum. Effects of single words need not add up to anything; give them as they "
            "are.",
        ),
        Misconception(
            "sorted",
            _of_cosines(lambda cosines: np.sort(1 - cosines)[::-1]),
            "{got}: sorted, so that nobody can tell which word each belongs to. Keep the order of the words.",
        ),
        Misconception(
            "sorted, smallest first",
            _of_cosines(lambda cosines: np.sort(1 - cosines)),
            "{got}: sorted, so that nobody can tell which word each belongs to. Keep the order of the words.",
        ),
        Misconception(
            "largest alone",
            _of_cosines(lambda cosines: (1 - cosines).max()),
            "{got} is the largest effect. Asked for is one number for each word.",
        ),
        Misconception(
            "deletes cumulatively",
            _leaving(lambda words, i: words[i + 1 :]),
            "{got}: your words do not come back, so the last number is for an empty sentence. Each time *one* word is "
            "left out of the whole sentence: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "deletes cumulatively from the end",
            _leaving(lambda words, i: words[:i]),
            "{got}: you cut the sentence off before the word. What comes after it belongs to it as well: "
            "words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "cut off after the word",
            _leaving(lambda words, i: words[: i + 1]),
            "{got}: you cut the sentence off *after* the word. Leave out that word only: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "the word alone",
            _leaving(lambda words, i: [words[i]]),
            "{got}: you compared with the word alone. Asked for is the sentence *without* it.",
        ),
        Misconception(
            "nothing deleted",
            _leaving(lambda words, i: words),
            "{got}: no effect anywhere. words[:i] + words[i:] is the whole list; skip one: words[i + 1 :].",
        ),
        Misconception(
            "two words at a time",
            _leaving(lambda words, i: words[:i] + words[i + 2 :]),
            "{got}: the word and the next one are both gone. words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "two words at a time, the one before",
            _leaving(lambda words, i: words[: max(i - 1, 0)] + words[i + 1 :]),
            "{got}: the word before is gone as well. words[:i] stops before i by itself.",
        ),
        *(
            Misconception(
                "replaced instead of deleted",
                _leaving(partial(lambda words, i, other: [*words[:i], other, *words[i + 1 :]], other=other)),
                f"{{got}}: you put {other!r} in place of the word. That asks another question; here the sentence gets "
                "shorter.",
                seen="https://github.com/PAIR-code/lit/issues/58",
            )
            for other in ("", " ", "[MASK]", "[UNK]", "[PAD]", "_")
        ),
        Misconception(
            "compared with the word before",
            _from_one_to_the_next,
            "{got}: from the second number on you compare with the sentence that lacks the word *before*. Compare each "
            "with the whole sentence.",
        ),
        Misconception("changes the list", _in_place(lambda words, i: words.pop(i)), _LIST_CHANGED),
        Misconception("changes the list, with del", _in_place(lambda words, i: words.__delitem__(i)), _LIST_CHANGED),
        Misconception(
            "changes the list, with remove", _in_place(lambda words, i: words.remove(words[i])), _LIST_CHANGED
        ),
        Misconception(
            "changes the list while reading it",
            _while_reading,
            _LIST_CHANGED,
            seen="https://stackoverflow.com/questions/6500888/removing-from-a-list-while-iterating-over-it/6500896",
        ),
        Misconception(
            "removes every equal word",
            _leaving(lambda words, i: [word for word in words if word != words[i]]),
            "Right until a word occurs twice: you took out *both*. Compare places, not words: "
            "words[:i] + words[i + 1 :].",
            seen="https://github.com/marcotcr/lime/issues/623",
        ),
        Misconception(
            "removes the first equal word",
            _leaving(_without_the_first_like_it),
            "Right until a word occurs twice: remove and index find the *first* one, and order matters to encode. "
            "Compare places: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "one number for each different word",
            lambda encode, words: np.array(
                list({word: 1 - encode(words) @ encode(_one_out(words, i)) for i, word in enumerate(words)}.values())
            ),
            "Right until a word occurs twice: in a dictionary the second one overwrites the first. One number for each "
            "place.",
        ),
        *(
            Misconception(
                "another word left out",
                _leaving(lambda words, i, place=place: _one_out(words, place(words, i))),
                "{got}: the right kind of numbers, but at each place another word is left out than the one that stands "
                "there: the one before, the one after, or counted from the end. words[:i] + words[i + 1 :].",
            )
            for place in (
                lambda words, i: max(i - 1, 0),
                lambda words, i: (i - 1) % len(words),
                lambda words, i: min(i + 1, len(words) - 1),
                lambda words, i: (i + 1) % len(words),
                lambda words, i: len(words) - 1 - i,
                lambda words, i: 0,
                lambda words, i: len(words) - 1,
            )
        ),
        Misconception(
            "the word after is left out",
            _leaving(lambda words, i: words[: i + 1] + words[i + 2 :]),
            "{got}: you left out the word *after* each. words[:i] stops before i by itself: words[:i] + words[i + 1 "
            ":].",
        ),
        *(
            Misconception(
                name,
                _of_cosines(number),
                f"{{got}}: {what}. Asked for is 1 - cosine, no more.",
            )
            for name, number, what in (
                ("angle", np.arccos, "these are angles, from arccos"),
                ("angle in degrees", lambda cosines: np.degrees(np.arccos(cosines)), "these are angles, in degrees"),
                (
                    "angle, a half turn as 1",
                    lambda cosines: np.arccos(cosines) / np.pi,
                    "these are angles, as parts of a half turn",
                ),
                ("sine", lambda cosines: np.sqrt(1 - cosines**2), "these are sines of the angle"),
                ("cosine squared", lambda cosines: 1 - cosines**2, "you took 1 less the cosine *squared*"),
                ("effect squared", lambda cosines: (1 - cosines) ** 2, "these are squares of the effects"),
                ("softmax", lambda cosines: softmax(1 - cosines), "you took a softmax of the effects"),
                ("softmax of the cosines", softmax, "you took a softmax of the cosines"),
                (
                    "in parts of the largest",
                    lambda cosines: (1 - cosines) / (1 - cosines).max(),
                    "you divided by the largest",
                ),
                (
                    "from 0 to 1",
                    lambda cosines: (cosines.max() - cosines) / np.ptp(cosines),
                    "you stretched them from 0 to 1",
                ),
                ("mean taken off", lambda cosines: cosines.mean() - cosines, "you took the mean off"),
                ("per cent", lambda cosines: 100 * (1 - cosines), "these are per cent"),
                ("1 + cosine", lambda cosines: 1 + cosines, "you added the cosine to 1"),
                ("minus the cosine", lambda cosines: -cosines, "these are the cosines with a minus"),
                ("1 over the cosine", lambda cosines: 1 / cosines, "you divided 1 by the cosines"),
                ("logarithm", lambda cosines: -np.log(cosines), "these are logarithms"),
                ("added up", lambda cosines: np.cumsum(1 - cosines), "each number holds those before it as well"),
            )
        ),
        *(
            Misconception(
                name,
                _of_cosines(number),
                f"{what} Asked for is one number for each word, 1 - cosine, in the order of the words.",
            )
            for name, number, what in (
                ("sum of the effects", lambda cosines: (1 - cosines).sum(), "{got} is all the effects together."),
                ("mean of the effects", lambda cosines: (1 - cosines).mean(), "{got} is the mean of the effects."),
                ("one effect alone", lambda cosines: (1 - cosines).min(), "{got} is the effect of one word alone."),
                (
                    "place of the largest",
                    lambda cosines: cosines.argmin(),
                    "{got} is the place of the word that matters most.",
                ),
                ("places in order of effect", lambda cosines: np.argsort(cosines), "These are places, from argsort."),
                ("places in the ranking", lambda cosines: np.argsort(np.argsort(cosines)), "These are ranks."),
                (
                    "only the first word",
                    lambda cosines: 1 - cosines[:1],
                    "One number came. Is 'return' inside the loop?",
                ),
                ("one effect alone", lambda cosines: 1 - cosines[0], "{got} is the effect of one word alone."),
                ("only the last word", lambda cosines: 1 - cosines[-1], "{got} is the last word's effect."),
                ("the last word missing", lambda cosines: 1 - cosines[:-1], "The last word's effect is missing."),
                ("the first word missing", lambda cosines: 1 - cosines[1:], "The first word's effect is missing."),
            )
        ),
        *(
            Misconception(
                name,
                lambda encode, words, number=number: np.array(
                    [number(encode(words), encode(_one_out(words, i))) for i in range(len(words))]
                ),
                f"{what} The cosine of two vectors of length 1 is their dot product, one @ other.",
            )
            for name, number, what in (
                (
                    "feature by feature",
                    lambda one, other: 1 - one * other,
                    "You multiplied feature by feature, and nothing is added up.",
                ),
                (
                    "differences of the vectors",
                    lambda one, other: one - other,
                    "You took the difference of the vectors, feature by feature.",
                ),
                ("the vectors themselves", lambda one, other: other, "Those are the vectors without each word."),
                (
                    "sum of differences",
                    lambda one, other: np.abs(one - other).sum(),
                    "{got}: you added up the differences.",
                ),
                (
                    "mean of differences",
                    lambda one, other: np.abs(one - other).mean(),
                    "{got}: you took the mean difference.",
                ),
                (
                    "mean squared difference",
                    lambda one, other: ((one - other) ** 2).mean(),
                    "{got}: you took the mean squared difference.",
                ),
                (
                    "mean of products",
                    lambda one, other: 1 - (one * other).mean(),
                    "{got}: you took the *mean* of the products; a dot product is their sum.",
                ),
                (
                    "largest difference",
                    lambda one, other: np.abs(one - other).max(),
                    "{got}: you took the largest difference.",
                ),
                (
                    "difference of lengths",
                    lambda one, other: np.linalg.norm(one) - np.linalg.norm(other),
                    "{got}: both vectors have length 1.",
                ),
                (
                    "correlation",
                    lambda one, other: 1 - np.corrcoef(one, other)[0, 1],
                    "{got}: you took a correlation, which takes the mean off first.",
                ),
                ("sum of the vectors", lambda one, other: 1 - (one + other).sum(), "{got}: you added the two vectors."),
                (
                    "outer product",
                    lambda one, other: 1 - np.outer(one, other),
                    "np.outer makes a table of all products.",
                ),
            )
        ),
        Misconception(
            "the word against its own sentence",
            lambda encode, words: np.array(
                [1 - encode([words[i]]) @ encode(_one_out(words, i)) for i in range(len(words))]
            ),
            "{got}: you compared the word alone with the rest. Asked for is the *whole* sentence against the rest.",
        ),
        Misconception(
            "repeated instead of deleted",
            _leaving(lambda words, i: words[: i + 1] + words[i:]),
            "{got}: the word stands there twice instead of not at all. words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "moved to the end",
            _leaving(lambda words, i: [*_one_out(words, i), words[i]]),
            "{got}: the word is still there, at the end. Leave it out: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "each different word once",
            lambda encode, words: _leaving(_one_out)(encode, list(dict.fromkeys(words))),
            "Right until a word occurs twice: you keep each word once (a set, or a dictionary). Every place counts.",
        ),
        *(
            Misconception(
                "arguments exchanged",
                stopped,
                "The arguments came the other way round: the first is the function, the second the list. "
                "def deletion_effects(encode, words).",
            )
            for stopped in (
                lambda words, encode: [1 - encode(words) @ encode(_one_out(words, i)) for i in range(len(words))],
                lambda words, encode: encode(words),
                lambda words, encode: [encode(_one_out(words, i)) for i, word in enumerate(words)],
                lambda words, encode: words[:0],
                lambda words, encode: list(words),
            )
        ),
        Misconception(
            "a list minus a word",
            lambda encode, words: [encode(words - word) for word in words],
            "Lists cannot be subtracted. The sentence without place i: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "a list and a word added",
            lambda encode, words: [encode(words[:i] + words[i + 1]) for i in range(len(words))],
            "words[i + 1] is one word, words[i + 1 :] the list of those after it. Only lists can be added to a list.",
        ),
    ),
    hints=(
        "encode(words) once, and encode of the sentence without word i for each i. Which slices make that sentence?",
        "words[:i] + words[i + 1 :] is a new list without place i. Both vectors have length 1, so their dot product is "
        "the cosine.",
    ),
    praise="One place at a time, against the whole sentence. This asks the model itself, not its map.",
)

# --- 10.5: what a weight shows ----------------------------------------------------------------------------------------

WEIGHT = Exercise(
    id="10.5",
    answer="what_it_shows",
    title="Read: 0.9 from 'bank' to 'river' in one map of this model. What does that show? One letter.",
    objective="say what a weight in a map shows, and what it does not",
    kind="read",
    minutes=2,
    difficulty=2,
    right=lambda: "D",
    misconceptions=(
        Misconception(
            "a weight is an effect",
            lambda: "A",
            "Perhaps, but the map does not show it. What leaving out a word does has to be tried out: delete it, as in "
            "10.4. The value at 'river' may be short, or other heads and the residual may carry the same.",
            seen="https://github.com/jessevig/bertviz/issues/84",
        ),
        Misconception(
            "a weight is a reason",
            lambda: "B",
            "One head of 72 has looked there. Whether the model goes by it is another question: make its weights "
            "uniform and see what changes. Often it is little.",
            seen="https://courses.eduardonacimiento.com/course/AI-course2/en/module7",
        ),
        Misconception(
            "a weight is understanding",
            lambda: "C",
            "A weight comes from the match of two vectors. Some heads look at the next token, some at [SEP], whatever "
            "the sentence says. A map in which the pair looks sensible is easily found among 72.",
        ),
        *(
            Misconception(
                "several letters",
                lambda letters=letters: letters,
                "Several letters came. One of the four statements says what a weight is by definition, and no more; "
                "the "
                "others have to be tried out. Which one?",
            )
            for count in (2, 3, 4)
            for chosen in permutations("ABCD", count)
            # as an array of one text: compared as its text, and not offered among the letters
            for letters in (list(chosen), np.array("".join(chosen)))
        ),
        *(
            Misconception(
                "a number instead of a letter",
                lambda number=number: number,
                "A number came. The four statements have letters, a to d: hand in one of them.",
            )
            for number in range(5)
        ),
        *(
            Misconception(
                "none of the four",
                lambda word=word: np.array(word),
                "One of the four is certain: what a weight does in its own head, by definition. Which one says no "
                "more than "
                "that?",
            )
            for word in ("none", "nothing", "neither", "none of them", "all", "all of them", "no", "yes", "unclear")
        ),
    ),
    hints=(
        "What is multiplied by a weight, and what is added up? Nothing else is certain.",
        "After a few layers, what is in the state at 'river': the word alone?",
    ),
    praise="A share of one mixture, of a value that is itself made of mixtures. The rest has to be tried out.",
)

EXERCISES = (VECTOR, NEIGHBOURS, CHOICE, EFFECTS, WEIGHT)
