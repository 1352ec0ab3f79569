"""Exercise 7.2: one query attends to a picture of features."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax
from course_utils.exercises.vision.attention_steps import (
    OTHER_STEPS,
    Weights,
    gate,
    hard,
    mixed,
    over_the_picture,
    products,
    scaled_scores,
)

_GENERATOR = np.random.Generator(np.random.PCG64(7).advance(81))  # behind the numbers of exercise 7.1

# No two sizes are equal, so that an axis taken for another shows, in the numbers or in an error.
_PICTURES = tuple(
    tuple(2.0 * _GENERATOR.normal(size=size).round(2) for size in (shape, shape[:1]))
    for shape in ((3, 2, 4), (5, 4, 2), (4, 7, 3))
)
_Pair = tuple[np.ndarray, np.ndarray]


def _attended(features: np.ndarray, query: np.ndarray) -> _Pair:
    x = torch.as_tensor(features).flatten(1).T
    asked = torch.as_tensor(query)[None]
    context = F.scaled_dot_product_attention(asked, x, x)[0]
    weights = F.scaled_dot_product_attention(asked, x, torch.eye(len(x), dtype=x.dtype))[0]  # it hands its weights over
    return context.numpy(), weights.reshape(features.shape[1:]).numpy()


def _weighted(share: Callable[[np.ndarray, np.ndarray], Weights]) -> Callable[..., _Pair]:
    """A mistake in the weights, from features and query; the context is mixed with them as it should be."""

    def mistake(features: np.ndarray, query: np.ndarray) -> _Pair:
        weights = share(features, query)
        return mixed(features, weights), weights

    return mistake


def _shared(share: Callable[[np.ndarray], Weights]) -> Callable[..., _Pair]:
    """A mistake in how scaled scores are made into weights."""
    return _weighted(lambda features, query: share(scaled_scores(features, query)))


def _divided(divisor: Callable[[np.ndarray], float]) -> Callable[..., _Pair]:
    """A mistake in the number that the products are divided by; it may look at the features."""
    return _weighted(lambda features, query: over_the_picture(products(features, query) / divisor(features)))


def _with_right_weights(mix: Callable[[np.ndarray, Weights], np.ndarray]) -> Callable[..., _Pair]:
    """A mistake in the context, from features and right weights."""

    def mistake(features: np.ndarray, query: np.ndarray) -> _Pair:
        weights = _attended(features, query)[1]
        return mix(features, weights), weights

    return mistake


def _flattened(flatten: Callable[[np.ndarray], np.ndarray]) -> Callable[..., _Pair]:
    """A mistake in how the picture is made into rows, ``(H * W, C)``."""

    def mistake(features: np.ndarray, query: np.ndarray) -> _Pair:
        x = flatten(features)
        weights = softmax(x @ query / math.sqrt(len(query)))
        return weights @ x, weights.reshape(features.shape[1:])

    return mistake


def _channels_compete(features: np.ndarray, query: np.ndarray) -> _Pair:
    weights = softmax(features * query[:, None, None] / math.sqrt(len(query)), 0)
    return (weights * features).sum((1, 2)), weights


def _channels_share(features: np.ndarray, query: np.ndarray, score: Callable, mix: Callable, lay: Callable) -> _Pair:
    """A softmax over the channels of each place, and what is then made of features so weighted, and of the weights."""
    weights = softmax(score(features, query), 0)
    return mix(weights * features, (1, 2)), lay(weights)


_CHANNELS_SHARE = tuple(
    Misconception(
        "softmax over the channels",
        partial(_channels_share, score=score, mix=mix, lay=lay),
        "Your softmax runs over the channels of each place, so channels compete with each other. Add up over the "
        "channels first, that is the dot product: one score for each place, (H, W). Then one softmax over all places.",
    )
    for score in (
        lambda features, query: features * query[:, None, None] / math.sqrt(len(query)),
        lambda features, query: features * query[:, None, None],
        lambda features, query: features,
    )
    for mix in (np.sum, np.mean)
    for lay in (
        lambda weights: weights,
        lambda weights: np.moveaxis(weights, 0, -1),
        lambda weights: weights.reshape(len(weights), -1).T,
        lambda weights: weights.reshape(len(weights), -1),
        lambda weights: weights.sum(0),
        lambda weights: weights.mean(0),
        lambda weights: weights.max(0),
    )
)


def _cosines(features: np.ndarray, query: np.ndarray) -> np.ndarray:
    return products(features, query) / (np.linalg.norm(features, axis=0) * np.linalg.norm(query))


def _each_channel(features: np.ndarray, query: np.ndarray, hand_back: Callable) -> _Pair:
    terms = features * query[:, None, None] / math.sqrt(len(query))
    maps = np.stack([over_the_picture(one) for one in terms])
    return (maps * features).sum((1, 2)), hand_back(maps)


def _among_places(features: np.ndarray, query: np.ndarray) -> _Pair:
    x = features.reshape(len(features), -1).T
    weights = softmax(x @ x.T / math.sqrt(len(query)))
    return (weights @ x).mean(0), weights.mean(0).reshape(features.shape[1:])


def _over_channels(features: np.ndarray, query: np.ndarray) -> _Pair:
    weights = softmax(query * features.mean((1, 2)) / math.sqrt(len(query)))
    return weights * features.mean((1, 2)), weights


ATTEND_PICTURE = Exercise(
    id="7.2",
    answer="attend_picture",
    title="Write attend_picture(features, query): one softmax over all places; give back context, weights.",
    objective="let one query attend to a picture of features",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=_PICTURES,
    parts=("context", "weights"),
    right=_attended,
    misconceptions=(
        Misconception(
            "softmax over the channels",
            _channels_compete,
            "Your weights have the axes (C, H, W) and sum to 1 over the channels, at every place: channels compete "
            "with each other. Places are to compete (section 4). Add up over the channels *before* the softmax, that "
            "is the dot product: one score for each place, (H, W).",
        ),
        Misconception(
            "softmax over the channels, then added up",
            _shared(np.ones_like),
            "All your weights are 1. You took the softmax over the channels and added it up, or over an axis of length "
            "1; either way each place keeps a whole 1 for itself, and none competes with another. One softmax over all "
            "H · W scores.",
            seen="https://github.com/Amshaker/SwiftFormer/issues/4",
        ),
        Misconception(
            "a softmax for each row of the picture",
            _shared(softmax),
            "Each *row of the picture* shares out 1 in your weights, so they sum to 2, the number of rows. There is "
            "one query, and it has 1 for the whole picture, so that all cells compete (section 4): flatten the "
            "scores, (H · W,), one softmax, and reshape back.",
        ),
        Misconception(
            "a softmax for each column of the picture",
            _shared(lambda scores: softmax(scores, 0)),
            "Each *column of the picture* shares out 1 in your weights, so they sum to 4, the number of columns: axis "
            "0 of (H, W) runs down the picture. There is one query, and it has 1 for the whole picture: flatten the "
            "scores first.",
        ),
        Misconception(
            "no scaling",
            _divided(lambda features: 1.0),
            "The scores are not divided by √C. The dot product adds up C numbers, one for each channel, so it is "
            "divided by their root before the softmax (lesson 02, section 5).",
        ),
        Misconception(
            "scaling by C instead of √C",
            _divided(len),
            "You divided by C itself, and the weights come out too even. Divide by the square root of C (lesson 02, "
            "section 5).",
        ),
        Misconception(
            "scaling by √(H·W)",
            _divided(lambda features: math.sqrt(features[0].size)),
            "You divided by the root of the number of places. The sum in a dot product runs over channels, so it is C "
            "= len(query) that counts. A larger picture does not make longer sums.",
        ),
        Misconception(
            "multiplied by √C",
            _divided(lambda features: 1 / math.sqrt(len(features))),
            "You multiplied by √C; scores are divided by it. As it is, one place takes nearly everything.",
        ),
        Misconception(
            "scaled after the softmax",
            _weighted(
                lambda features, query: over_the_picture(products(features, query)) / math.sqrt(len(query)),
            ),
            "You divided the weights by √C, so they sum to 0.58 = 1/√C. Divide the scores, before the softmax.",
        ),
        Misconception(
            "mean of the weighted features",
            _with_right_weights(lambda features, weights: (features * weights).mean((1, 2))),
            "Your weights are right. The context, {got[0]}, is 8 times too small: you took the mean of the weighted "
            "features, over H · W = 8 places. The weights sum to 1, so they hold the division already: add up, "
            ".sum(axis=(1, 2)).",
        ),
        Misconception(
            "mean pooling",
            _with_right_weights(lambda features, weights: features.mean((1, 2))),
            "Your weights are right, but the context, {got[0]}, is the plain mean of the picture, mean pooling "
            "(section 4): the weights do nothing in it. Multiply each place by its weight before adding up.",
        ),
        Misconception(
            "only the best place",
            _with_right_weights(
                lambda features, weights: features[:, *np.unravel_index(weights.argmax(), weights.shape)]
            ),
            "Your weights are right, but the context, {got[0]}, is the features of the one place with the greatest "
            "weight. Attention mixes: every place adds its features, by its share.",
        ),
        Misconception(
            "all weight on the best place",
            _shared(hard),
            "The best place has all the weight, or nearly all. Either you took the maximum, from which no gradient "
            "tells the query where else to look; or a factor such as the 30 of section 3 makes the scores too large: "
            "divide them by √C.",
        ),
        Misconception(
            "max pooling",
            _with_right_weights(lambda features, weights: features.max((1, 2))),
            "Your weights are right, but the context, {got[0]}, is the maximum of each channel: max pooling, which "
            "asks no query at all (section 4). Multiply each place by its weight and add up.",
        ),
        Misconception(
            "flattened without moving the axis",
            _flattened(lambda features: features.reshape(-1, len(features))),
            "reshape(-1, C) of (C, H, W) does not turn channels into columns: it cuts the rows of the *first channel* "
            "into pieces of C and calls each a place. The shape fits, the numbers are mixed up. Move the axis first: "
            "features.reshape(C, -1).T.",
            seen="https://github.com/fawazsammani/knowing-when-to-look-adaptive-attention/issues/6",
        ),
        Misconception(
            "flattened without moving the axis, for the context only",
            _with_right_weights(lambda features, weights: weights.reshape(-1) @ features.reshape(-1, len(features))),
            "Your weights are right. For the context you reshaped (C, H, W) to (H · W, C): its rows are pieces of one "
            "channel, not places. Move the axis first, features.reshape(C, -1).T, or leave it where it is: "
            "(features * weights).sum(axis=(1, 2)).",
        ),
        Misconception(
            "the wrong axes exchanged",
            _flattened(lambda features: features.swapaxes(0, 1).reshape(-1, len(features))),
            "swapaxes(0, 1) gives (H, C, W): the channels still stand before the columns, and the reshape mixes the "
            "two. Channels go last: features.transpose(1, 2, 0), or np.moveaxis(features, 0, -1).",
        ),
        Misconception(
            "picture read column by column",
            _flattened(lambda features: features.T.reshape(-1, len(features))),
            "Your context is right, your picture of weights is scrambled. features.T turns *all* axes round, (W, H, "
            "C), so the flat list goes down the columns; reshape(H, W) then lays it along the rows. Move only the "
            "channels: features.transpose(1, 2, 0).",
            seen="https://github.com/zjysteven/VLM-Visualizer/issues/1",
        ),
        Misconception(
            "rows and columns of the weights exchanged",
            lambda features, query: (_attended(features, query)[0], _attended(features, query)[1].T),
            "Your context is right, but the map of weights has shape (W, H): what is above and what is beside are "
            "exchanged. It should lie over the picture, (H, W).",
        ),
        Misconception(
            "weights reshaped to (W, H)",
            lambda features, query: (
                _attended(features, query)[0],
                _attended(features, query)[1].reshape(features.shape[:0:-1]),
            ),
            "Your context is right, and so is each weight; but you laid the flat list out in rows of H. "
            "features.shape is (C, H, W), and a row of the picture is W long: weights.reshape(H, W).",
        ),
        Misconception(
            "weights left flat",
            lambda features, query: (_attended(features, query)[0], _attended(features, query)[1].ravel()),
            "Both right, but your weights are a flat list, (H · W,). They should lie over the picture: "
            "weights.reshape(H, W).",
        ),
        Misconception(
            "an axis too many in the weights",
            lambda features, query: (_attended(features, query)[0], _attended(features, query)[1][None]),
            "Right but for an axis: your weights are (1, H, W). (H, W) is asked for.",
        ),
        Misconception(
            "an axis too many in the context",
            lambda features, query: (_attended(features, query)[0][None], _attended(features, query)[1]),
            "Right but for an axis: your context is (1, C), one row for one query. (C,) is asked for: take row 0.",
        ),
        Misconception(
            "weights before context",
            lambda features, query: _attended(features, query)[::-1],
            "Both are right, in the wrong order: attention gives back (context, weights).",
        ),
        Misconception(
            "context alone",
            lambda features, query: _attended(features, query)[0],
            "The context is right. Give the weights back as well: return context, weights. They are what can be laid "
            "over the picture.",
        ),
        Misconception(
            "weights alone",
            lambda features, query: _attended(features, query)[1],
            "The weights are right. Give the context back as well, first: return context, weights.",
        ),
        Misconception(
            "scores instead of weights",
            _shared(lambda scores: scores),
            "Those are the scores, {got[1]}; some are negative. A softmax makes shares of them, over all places at "
            "once.",
        ),
        Misconception(
            "scores handed back",
            lambda features, query: (_attended(features, query)[0], scaled_scores(features, query)),
            "Your context is right, but you gave back the scores with it. The weights are their softmax.",
        ),
        Misconception(
            "mixed with the scores",
            lambda features, query: (mixed(features, scaled_scores(features, query)), _attended(features, query)[1]),
            "Your weights are right, but the context is mixed with the scores. Multiply the features by the weights.",
        ),
        Misconception(
            "not normalised",
            _shared(np.exp),
            "Your weights are exp(scores). Divide by their sum over the whole picture, so that they sum to 1.",
        ),
        Misconception(
            "greatest weight made 1",
            _shared(lambda scores: np.exp(scores - scores.max())),
            "The greatest of your weights is 1, {got[1]}: you divided by the maximum, as one does for a picture on "
            "the screen. Weights are shares: divide by the sum.",
        ),
        Misconception(
            "shares without exp",
            _shared(lambda scores: scores / scores.sum()),
            "You divided the scores by their sum. Some of them are negative, and so your weights are no shares: "
            "{got[1]}. exp first, then divide by the sum.",
        ),
        Misconception(
            "a gate instead of a softmax",
            _shared(gate),
            "Your weights, {got[1]}, are sigmoids, each between 0 and 1 on its own: a gate, as in section 4. Every "
            "place may open at once, and the sum is not 1. In a softmax a place can only gain what another loses.",
        ),
        Misconception(
            "cosine instead of the dot product",
            _weighted(lambda features, query: over_the_picture(_cosines(features, query))),
            "You divided by the lengths of features and query: a cosine, which never exceeds 1, so your weights are "
            "nearly even. Scaled dot product is asked for: divide by √C only.",
        ),
        *(
            Misconception(
                f"query laid along the columns, with {sign}",
                multiply,
                "The query has a number for each channel, and you laid it along the *last* axis, the columns of the "
                "picture. Channels are the first axis: make them the last, x = features.reshape(C, -1).T, and then "
                "x @ query.",
            )
            for sign, multiply in (
                ("@", lambda features, query: features @ query),
                ("dot", lambda features, query: np.dot(features, query)),
                ("*", lambda features, query: features * query),
            )
        ),
        *(
            Misconception(
                name,
                multiply,
                "The product adds up along the rows of the picture, the last axis but one. The query has a number for "
                "each channel, the first axis: query @ features.reshape(C, -1).",
            )
            for name, multiply in (
                ("query laid down the rows", lambda features, query: query @ features),
                ("query laid down the rows, with dot", lambda features, query: np.dot(query, features)),
            )
        ),
        Misconception(
            "weighted features not added up",
            _with_right_weights(lambda features, weights: features * weights),
            "Your weights are right. weights * features weighs every place; the context is their sum over all places: "
            ".sum(axis=(1, 2)).",
        ),
        Misconception(
            "added up over the channels",
            _with_right_weights(lambda features, weights: (features * weights).sum(0)),
            "Your weights are right. But you added up over the channels and have a picture left, (H, W). The context "
            "keeps the channels and adds up the places: .sum(axis=(1, 2)).",
        ),
        Misconception(
            "the query in the value",
            lambda features, query: (query * _attended(features, query)[0], _attended(features, query)[1]),
            "Your weights are right, but each channel of the context is multiplied by the query: you mixed features * "
            "query. The query decides how much of a place comes in; what comes in are its features as they are.",
        ),
        Misconception(
            "value of a place is its score",
            lambda features, query: (
                (_attended(features, query)[1] * scaled_scores(features, query)).sum(),
                _attended(features, query)[1],
            ),
            "Your weights are right, but the context, {got[0]}, is one number: you mixed the scores. What is mixed are "
            "the features of the places, C numbers each.",
        ),
        Misconception(
            "query added to the context",
            lambda features, query: (query + _attended(features, query)[0], _attended(features, query)[1]),
            "Your weights are right; the query was added to the context, as by a residual. Leave it out.",
        ),
        Misconception(
            "query multiplied by the weights",
            lambda features, query: (query * _attended(features, query)[1].sum(), _attended(features, query)[1]),
            "Your weights are right, but the context is the query itself. What is mixed are the features.",
        ),
        *(
            Misconception(
                "a softmax for each channel",
                partial(_each_channel, hand_back=hand_back),
                "Every channel has a softmax of its own over the places. There is one query and one score for each "
                "place: add the products up over the channels first, then one softmax.",
            )
            for hand_back in (lambda maps: maps, lambda maps: maps.mean(0), lambda maps: maps.sum(0))
        ),
        Misconception(
            "cosine, with the factor of section 3",
            _weighted(lambda features, query: over_the_picture(30 * _cosines(features, query))),
            "You took 30 times a cosine, as in section 3. Here the dot product is asked for as it is, divided by √C.",
        ),
        Misconception(
            "cosine, divided by √C",
            _weighted(lambda features, query: over_the_picture(_cosines(features, query) / math.sqrt(len(query)))),
            "You divided by the lengths of features and query as well: a cosine. Divide the dot product by √C only.",
        ),
        Misconception(
            "places attend to each other",
            _among_places,
            "Each place attended to all others, and the query has no part in it. One query attends to all places.",
        ),
        Misconception(
            "channels instead of places",
            _over_channels,
            "Your weights are shares of the channels, (C,). The places compete: one score for each, (H, W).",
        ),
        Misconception(
            "not transposed",
            lambda features, query: features.reshape(len(features), -1) @ query,
            "features.reshape(C, -1) has a row for each channel. Turn it: x = features.reshape(C, -1).T, (H · W, C), "
            "for the scores and for weights @ x.",
        ),
        *_CHANNELS_SHARE,
        *OTHER_STEPS,
        Misconception(
            "no scaling, and a softmax for each row",
            _weighted(lambda features, query: softmax(products(features, query))),
            "Two things: each row of the picture shares out 1 on its own, and the scores are not divided by √C. Begin "
            "with the first: flatten the scores, one softmax over all places.",
        ),
        Misconception(
            "no scaling, and flattened without moving the axis",
            lambda features, query: _flattened(lambda f: f.reshape(-1, len(f)))(
                features, query * math.sqrt(len(query))
            ),
            "Two things: reshape(-1, C) of (C, H, W) mixes channels and places, move the axis first; and the scores "
            "are not divided by √C.",
        ),
    ),
    hints=(
        "Make a sequence of the picture: x = features.reshape(C, H * W).T has a row for each place. From there it is "
        "lesson 02, with one query.",
        "scores = x @ query / np.sqrt(C) has shape (H · W,). One softmax over all of it; the context is weights @ x.",
        "At the end lay the weights over the picture again: return context, weights.reshape(H, W).",
    ),
    praise="A picture is a sequence once its places stand in a row. One query, one softmax, and a map of where it "
    "looked.",
)
