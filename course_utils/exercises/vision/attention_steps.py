"""Attention of one query to a picture in four steps, each of them done other ways."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Misconception
from course_utils.exercises.reference import softmax
from course_utils.exercises.vision.step import Step

Weights = np.ndarray  # (H, W)


def products(features: np.ndarray, query: np.ndarray) -> np.ndarray:
    """The dot product of the query with each place: ``(C, H, W)`` and ``(C,)`` to ``(H, W)``."""
    return np.einsum("chw,c->hw", features, query)


def scaled_scores(features: np.ndarray, query: np.ndarray) -> np.ndarray:
    """The dot products by the root of the number of channels: ``(H, W)``."""
    return products(features, query) / math.sqrt(len(query))


def over_the_picture(scores: np.ndarray) -> Weights:
    """One softmax over all places."""
    return softmax(scores.reshape(-1)).reshape(scores.shape)


def mixed(features: np.ndarray, weights: Weights) -> np.ndarray:
    """The context, ``(C,)``: the sum of weight times features over all places."""
    return np.einsum("chw,hw->c", features, weights)


def gate(scores: np.ndarray) -> Weights:
    """A sigmoid at each place: a gate."""
    return 1.0 / (1.0 + np.exp(-scores))


def hard(scores: np.ndarray) -> Weights:
    """1 at the best place, 0 elsewhere."""
    return (scores == scores.max()).astype(float)


def _by(divisor: Callable[[np.ndarray], float]) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    return lambda features, query: products(features, query) / divisor(features)


def _relu(scores: np.ndarray) -> np.ndarray:
    return np.maximum(scores, 0.0)


def _to_one(array: np.ndarray) -> np.ndarray:
    return array / array.sum()


# From features and query, the scores (H, W).
_SCORED = (
    Step("no scaling", products, "the scores are not divided by √C"),
    Step("scaling by C instead of √C", _by(len), "the scores are divided by C, not by its root"),
    Step("scaling by √(H·W)", _by(lambda f: math.sqrt(f[0].size)), "the scores are divided by the root of the number "
          "of places; C = len(query) counts"),
    Step("multiplied by √C", _by(lambda f: 1 / math.sqrt(len(f))), "the scores are multiplied by √C, not divided"),
    Step("scaling by √H", _by(lambda f: math.sqrt(f.shape[1])), "the scores are divided by √H; C = len(query) counts"),
    Step("scaling by √W", _by(lambda f: math.sqrt(f.shape[2])), "the scores are divided by √W; is it features.shape["
          "-1]? C is the first axis, len(query)"),
    Step("scaling by √(C·H·W)", _by(lambda f: math.sqrt(f.size)), "the scores are divided by the root of all numbers "
          "in features; C = len(query) counts"),
    Step("scaling by H·W", _by(lambda f: f[0].size), "the scores are divided by the number of places; √C counts"),
    Step("scaling by C²", _by(lambda f: len(f) ** 2), "the scores are divided by C²; √C counts"),
    Step("scaled twice", lambda f, q: products(f, q) / len(q) ** 0.75, "the scores are divided too often"),
    Step("distance instead of the dot product", lambda f, q: -((f - q[:, None, None]) ** 2).sum(0) / math.sqrt(len(q)),
          "the scores are (minus) squared distances; a scaled dot product is asked for"),
    Step("distance instead of the dot product", lambda f, q: -((f - q[:, None, None]) ** 2).sum(0),
          "the scores are (minus) squared distances; a scaled dot product is asked for"),
    Step("distance instead of the dot product", lambda f, q: -np.sqrt(((f - q[:, None, None]) ** 2).sum(0)),
          "the scores are (minus) distances; a scaled dot product is asked for"),
    Step("query left out", lambda f, q: f.sum(0) / math.sqrt(len(q)), "the query does not enter the scores: they are "
          "the sums of the features"),
    Step("query left out", lambda f, q: f.mean(0), "the query does not enter the scores: they are the means of the "
          "features"),
    Step("length of the features for the score", lambda f, q: (f**2).sum(0) / math.sqrt(len(q)), "the query does "
          "not enter the scores: each place is compared with itself"),
    Step("sign turned round", lambda f, q: -scaled_scores(f, q), "the sign is turned round: the place that answers the "
          "query least gets the most"),
    Step("absolute scores", lambda f, q: np.abs(scaled_scores(f, q)), "the scores lost their sign"),
    Step("squared scores", lambda f, q: scaled_scores(f, q) ** 2, "the scores are squared"),
    Step("negative scores cut off", lambda f, q: _relu(scaled_scores(f, q)), "negative scores were set to 0"),
    Step("greatest product for the score", lambda f, q: (f * q[:, None, None]).max(0) / math.sqrt(len(q)), "the score "
          "of a place is its greatest product; a dot product adds them all up"),
    Step("features of length 1", lambda f, q: products(f / np.linalg.norm(f, axis=0), q) / math.sqrt(len(q)), "the "
          "features were brought to length 1 first"),
    Step("query of length 1", lambda f, q: products(f, q / np.linalg.norm(q)), "the query was brought to length 1"),
    Step("only the first channel", lambda f, q: f[0] * q[0] / math.sqrt(len(q)), "only the first channel enters the "
          "scores; a dot product adds up over all"),
    Step("query reversed", lambda f, q: scaled_scores(f, q[::-1]), "the query meets the channels in the reverse order"),
)  # fmt: skip
# From the scores, the weights (H, W).
_SHARED_OUT = (
    Step("a softmax for each row of the picture", softmax, "each row of the picture shares out 1 of its own"),
    Step("a softmax for each column of the picture", lambda x: softmax(x, 0), "each column of the picture shares "
          "out 1 of its own"),
    Step("all weight on the best place", hard, "the best place has a weight of 1 and all others 0"),
    Step("not normalised", np.exp, "exp(scores) is not divided by its sum"),
    Step("shares without exp", _to_one, "the scores are divided by their sum, without exp"),
    Step("a gate instead of a softmax", gate, "each weight is a sigmoid by itself, a gate, and no "
         "place competes with another"),
    Step("greatest weight made 1", lambda x: np.exp(x - x.max()), "the weights are divided by the greatest, not by "
          "the sum"),
    Step("scores instead of weights", np.copy, "there is no softmax: these are scores"),
    Step("everywhere alike", lambda x: np.full_like(x, 1 / x.size), "all weights are alike, 1/(H · W): the scores do "
          "not enter"),
    Step("softmax twice", lambda x: over_the_picture(over_the_picture(x)), "a second softmax of the weights made "
          "them nearly even"),
    Step("shares of gates", lambda x: _to_one(gate(x)), "sigmoids are divided by their sum; exp is asked for"),
    Step("powers of 2", lambda x: _to_one(2.0**x), "these are powers of 2; the softmax takes np.exp"),
    Step("squares", lambda x: _to_one(x**2), "these are shares of the squares; the softmax takes np.exp"),
    Step("positive scores only", lambda x: _to_one(_relu(x)), "negative scores got 0 and the others share in "
          "proportion; the softmax takes np.exp"),
    Step("absolute shares", lambda x: _to_one(np.abs(x)), "the scores lost their sign and share in proportion; "
          "the softmax takes np.exp"),
    Step("from the smallest up", lambda x: _to_one(x - x.min()), "the smallest score was taken off and the rest "
          "shares in proportion; the softmax takes np.exp"),
    Step("scaled between 0 and 1", lambda x: (x - x.min()) / (x.max() - x.min()), "the scores are stretched between "
          "0 and 1; the softmax takes exp and divides by the sum"),
    Step("logarithms of the weights", lambda x: np.log(over_the_picture(x)), "these are logarithms of weights; "
          "np.exp makes weights of them"),
    Step("rows, then columns", lambda x: softmax(softmax(x), 0), "a softmax runs along the rows and another down the "
          "columns; one is asked for, over all places"),
    Step("mean of two softmaxes", lambda x: (softmax(x) + softmax(x, 0)) / 2, "two softmaxes, along rows and columns, "
          "were averaged; one is asked for, over all places"),
    Step("product of two softmaxes", lambda x: softmax(x) * softmax(x, 0), "two softmaxes, along rows and columns, "
          "were multiplied; one is asked for, over all places"),
    Step("rows, shared out again", lambda x: softmax(x) / len(x), "each row of the picture got the same share; all "
          "places compete"),
    Step("columns, shared out again", lambda x: softmax(x, 0) / x.shape[1], "each column of the picture got the same "
          "share; all places compete"),
    Step("mean of exponentials", lambda x: np.exp(x) / np.exp(x).mean(), "exp(scores) is divided by its mean, not by "
          "its sum"),
)  # fmt: skip
# From features and weights, the context (C,).
_MIXED_UP = (
    Step("mean of the weighted features", lambda f, w: (f * w).mean((1, 2)), "the context is a mean of the weighted "
          "features, not their sum"),
    Step("mean pooling", lambda f, w: f.mean((1, 2)), "the context is the plain mean; the weights do nothing in it"),
    Step("only the best place", lambda f, w: f[:, *np.unravel_index(w.argmax(), w.shape)], "the context is the "
          "features of the best place alone"),
    Step("max pooling", lambda f, w: f.max((1, 2)), "the context is the maximum of each channel"),
    Step("weighted features not added up", lambda f, w: f * w, "the weighted features are not added up"),
    Step("added up over the channels", lambda f, w: (f * w).sum(0), "the weighted features are added up over the "
          "channels; the places are to be added up"),
    Step("added up over the rows only", lambda f, w: (f * w).sum(1), "the weighted features are added up down the "
          "columns only; axis=(1, 2) adds up all places"),
    Step("added up over the columns only", lambda f, w: (f * w).sum(2), "the weighted features are added up along "
          "the rows only; axis=(1, 2) adds up all places"),
    Step("added up over everything", lambda f, w: (f * w).sum(), "the weighted features are added up over the "
          "channels as well; a context has C numbers"),
    Step("sum of the features", lambda f, w: f.sum((1, 2)), "the context is the plain sum; the weights do nothing in "
          "it"),
    Step("greatest weighted features", lambda f, w: (f * w).max((1, 2)), "the context is the maximum of the weighted "
          "features, not their sum"),
    Step("weights used twice", lambda f, w: mixed(f, w**2), "each place is multiplied by its weight twice"),
    Step("weights turned", lambda f, w: f.reshape(len(f), -1) @ w.T.ravel(), "the weights lie in another order "
          "than the features: one of the two was read column by column"),
    Step("weights reversed", lambda f, w: f.reshape(len(f), -1) @ w.ravel()[::-1], "the weights meet the places in "
          "the reverse order"),
    Step("features in columns", lambda f, w: (f * w).reshape(len(f), -1).T, "the weighted features are not added up"),
    Step("mean added", lambda f, w: mixed(f, w) + f.mean((1, 2)), "the mean of the picture was added"),
    Step("mean taken off", lambda f, w: mixed(f, w) - f.mean((1, 2)), "the mean of the picture was taken off"),
    Step("brought to length 1", lambda f, w: mixed(f, w) / np.linalg.norm(mixed(f, w)), "the context was brought to "
          "length 1"),
    Step("softmax of the context", lambda f, w: softmax(mixed(f, w)), "a softmax was taken of the context"),
)  # fmt: skip
# From context and weights, what is given back.
_HANDED_BACK = (
    Step("weights left flat", lambda c, w: (c, w.ravel()), "your weights are a flat list; they should lie over the "
          "picture, (H, W)"),
    Step("weights before context", lambda c, w: (w, c), "the context comes first: return context, weights"),
    Step("context alone", lambda c, w: c, "the weights were not given back"),
    Step("weights alone", lambda c, w: w, "the context was not given back"),
    Step("rows and columns of the weights exchanged", lambda c, w: (c, w.T), "your map of weights has shape (W, H)"),
    Step("an axis too many in the context", lambda c, w: (c[None], w), "your context has an axis too many, (1, C)"),
    Step("weights upside down", lambda c, w: (c, w[::-1]), "your map of weights is upside down"),
    Step("weights from right to left", lambda c, w: (c, w[:, ::-1]), "your map of weights is turned from right to "
          "left"),
    Step("weights stretched", lambda c, w: (c, w / w.max()), "the weights given back are divided by the greatest"),
    Step("weights stretched between 0 and 1", lambda c, w: (c, (w - w.min()) / (w.max() - w.min())), "the weights "
          "given back are stretched between 0 and 1, as for a picture"),
    Step("one place in the map", lambda c, w: (c, hard(w)), "the map given back has only the best place; the weights "
          "are asked for"),
    Step("place instead of the map", lambda c, w: (c, np.array(np.unravel_index(w.argmax(), w.shape))), "the place "
          "of the greatest weight was given back; the weights are asked for"),
    Step("place instead of the map", lambda c, w: (c, w.argmax()), "the number of the best place was given back; the "
          "weights are asked for"),
    Step("weights in per cent", lambda c, w: (c, 100 * w), "the weights given back are in per cent"),
    Step("weights times the places", lambda c, w: (c, w * w.size), "the weights given back are multiplied by the "
          "number of places"),
    Step("logarithms of the weights", lambda c, w: (c, np.log(w)), "the weights given back are logarithms"),
    Step("weights of the columns", lambda c, w: (c, w.sum(0)), "the weights given back are added up down the columns"),
    Step("weights of the rows", lambda c, w: (c, w.sum(1)), "the weights given back are added up along the rows"),
    Step("a map for each channel", lambda c, w: (c, np.repeat(w[None], len(c), 0)), "the weights given back are there "
          "once for each channel; one map is asked for"),
    Step("even weights", lambda c, w: (c, np.full_like(w, 1 / w.size)), "the weights given back are all alike"),
)  # fmt: skip
_RIGHT_STEPS = (scaled_scores, over_the_picture, mixed, lambda c, w: (c, w))
_FOUR_STEPS = "One score for each place, features · query / √C; one softmax over all; the sum of weight · features."


_GATE = _SHARED_OUT[5]
_BY_THE_GATES = Step("mean by the gates", lambda f, w: mixed(f, w) / w.sum(), "the context is divided by the sum of "
                     "the gates, where the weights given back are not")  # fmt: skip


def _done(*wrong: tuple[int, Step]) -> Misconception:
    """The four steps, of which these, by their number, are done another way."""

    def mistake(features: np.ndarray, query: np.ndarray) -> object:
        does = list(_RIGHT_STEPS)
        for number, step in wrong:
            does[number] = step.does
        score, share, mix, hand_back = does
        weights = share(score(features, query))
        return hand_back(mix(features, weights), weights)

    told = "; and ".join(step.told for _, step in wrong)
    begin = {1: "All steps but one are right: ", 2: "Two things: ", 3: "Three things: "}[len(wrong)]
    return Misconception(", and ".join(step.name for _, step in wrong), mistake, f"{begin}{told}. {_FOUR_STEPS}")


OTHER_STEPS = (
    *(_done((0, step)) for step in _SCORED[4:]),
    *(_done((1, step)) for step in _SHARED_OUT[8:]),
    *(_done((2, step)) for step in _MIXED_UP[6:]),
    *(_done((3, step)) for step in _HANDED_BACK[6:]),
    *(
        _done((0, _SCORED[0]), (number, step))  # where the size of the scores counts
        for number, steps in ((1, _SHARED_OUT[1:8]), (2, _MIXED_UP[:6]), (3, _HANDED_BACK[:6]))
        for step in steps
        if step.name not in {"all weight on the best place", "shares without exp"}
    ),
    *(_done((0, _SCORED[1]), (1, step)) for step in _SHARED_OUT[:2]),
    *(_done((1, share), (2, mix)) for share in _SHARED_OUT[:2] for mix in _MIXED_UP[:6]),
    *(_done((1, share), (3, back)) for share in _SHARED_OUT[:2] for back in _HANDED_BACK[:5]),
    *(_done((1, _GATE), (2, mix)) for mix in (*_MIXED_UP[:6], _BY_THE_GATES)),
    *(_done((0, _SCORED[0]), (1, _GATE), (2, mix)) for mix in (_MIXED_UP[0], _BY_THE_GATES)),
)
