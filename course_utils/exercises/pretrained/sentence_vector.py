"""Exercise 10.1: the vector of a sentence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.pretrained.unit_length import unit
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(26)


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
    "the sum of its absolute numbers": lambda mean: np.abs(mean).sum(),
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
            _of_real(lambda real: unit(real[0])),
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
            _of_real(lambda real: unit(real[-1])),
            "You took the state of the last token. Asked for is the mean over all real tokens.",
        ),
        Misconception(
            "[CLS] and [SEP] left out",
            _of_real(lambda real: unit(real[1:-1].mean(0))),
            "You left out the first and the last token. [CLS] and [SEP] are no words, but this model was trained with "
            "them in the mean.",
        ),
        Misconception(
            "maximum instead of the mean",
            _of_real(lambda real: unit(real.max(0))),
            "You took the largest number of each feature. Asked for is the mean over the tokens, axis 0, "
            "and then length 1.",
        ),
        Misconception(
            "each state brought to length 1 first",
            _of_real(lambda real: unit(unit(real).mean(0))),
            "You brought each *state* to length 1 before the mean. Then long states count no more than short ones. "
            "Mean first, then length 1.",
        ),
        Misconception(
            "only each state brought to length 1",
            _of_real(lambda real: unit(real).mean(0)),
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
            _of_real(lambda real: unit(real.mean(1))),
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
            lambda states, mask: unit(states[~mask].mean(0)),
            "You took the mean over the padding; here there is none, so that is 0/0. mask is True at the *real* "
            "tokens.",
        ),
        Misconception(
            "padding averaged in",
            lambda states, mask: unit(states.mean(0)),
            "Right without padding. With padding you took it into the mean, so a sentence's vector would depend on the "
            "other sentences of its batch. Only the tokens where mask is True.",
            seen="https://github.com/huggingface/transformers/issues/17463",
        ),
        Misconception(
            "last token of all left out",
            lambda states, mask: unit(states[:-1].mean(0)) if len(states) > mask.sum() else _of_pytorch(states, mask),
            "Padding is still in your mean: you left out one token, and there may be more. mask says which.",
        ),
        Misconception(
            "as many tokens from the front",
            lambda states, mask: unit(states[: mask.sum()].mean(0)),
            "Right as long as the padding comes last. Here it stands in front: take the rows where mask is True, not "
            "the first mask.sum().",
        ),
        *(
            Misconception(
                f"{name} instead of the mean{'' if shortened else ', not brought to length 1'}",
                _of_real(
                    lambda real, pooled=pooled, shortened=shortened: unit(pooled(real)) if shortened else pooled(real)
                ),
                f"{what} Asked for is the mean over all real tokens, axis 0, and then length 1.",
            )
            for name, (pooled, what) in _POOLED.items()
            for shortened in (True, False)
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
                "mean with padding. Its own length is np.linalg.norm(mean).",
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
                    lambda mean: unit(mean - mean.mean()),
                    "You took the features' mean off first.",
                ),
                ("signs lost", lambda mean: unit(np.abs(mean)), "You took the minus signs away."),
                ("squared shares", lambda mean: unit(mean) ** 2, "Your numbers are squares."),
                ("the length itself", np.linalg.norm, "That is the length of the mean, {got}; a vector is asked for."),
            )
        ),
        Misconception(
            "one number of length 1",
            lambda states, mask: 1.0,
            "{got}: one number, the length of a vector, or what length 1 makes of a single mean. A sentence has a "
            "vector, with a number for each feature: the mean over the tokens is axis 0.",
        ),
        Misconception(
            "states of length 1, and no mean",
            _of_real(unit),
            "Each state has length 1, and all are still there. Take the mean over the tokens first, then bring that "
            "one vector to length 1.",
        ),
        Misconception(
            "the real states, and no mean",
            _of_real(lambda real: real),
            "The real tokens' states are all still there. Take their mean, axis 0, then bring it to length 1.",
        ),
        Misconception(
            "everything averaged",
            _of_real(lambda real: real.mean()),
            "One number is left, {got}: you took the mean over the features as well. A sentence has a vector, with a "
            "number for each feature: over the tokens it is axis 0.",
        ),
    ),
    hints=(
        "Which rows count? states[mask] picks out those where mask is True.",
        "Mean over the tokens, axis 0; then divide by its length, np.linalg.norm.",
    ),
    praise="Padding, wherever it stands, changes nothing; and a dot product of two such vectors is their cosine.",
)
