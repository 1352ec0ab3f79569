"""Exercises of the lesson on attention in vision."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from itertools import combinations
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(7)
Weights = np.ndarray  # (H, W)


# Each pixel of the first picture says where it stands, 10 · row + column, so that a message can name the pixels.
_PLACES = 10.0 * np.arange(4)[:, None] + np.arange(6)
_TO_CUT = (
    (_PLACES, 2),
    (_GENERATOR.normal(size=(9, 6)).round(2), 3),
    (_GENERATOR.normal(size=(2, 5)).round(2), 1),
    (_GENERATOR.normal(size=(4, 4)).round(2), 4),
)


def _cut(image: np.ndarray, size: int) -> np.ndarray:
    return F.unfold(torch.as_tensor(image)[None, None], size, stride=size)[0].T.numpy()


def _grid(image: np.ndarray, size: int) -> np.ndarray:
    """``(rows of patches, columns of patches, size, size)``."""
    return _cut(image, size).reshape(image.shape[0] // size, image.shape[1] // size, size, size)


def _windows(image: np.ndarray, size: int) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(image, (size, size)).reshape(-1, size * size)


def _that_many(image: np.ndarray, number: int) -> np.ndarray:
    height, width = image.shape[0] // number, image.shape[1] // number
    rows = [image[i * height : (i + 1) * height] for i in range(number)]
    return np.stack([row[:, j * width : (j + 1) * width].ravel() for row in rows for j in range(number)])


def _two_brackets(image: np.ndarray, size: int) -> list[np.ndarray]:
    H, W = image.shape
    return [image[r : r + size][c : c + size] for r in range(0, H, size) for c in range(0, W, size)]


def _square(image: np.ndarray, size: int, side: int) -> np.ndarray:
    count = side // size
    return image.reshape(count, size, count, size).swapaxes(1, 2).reshape(-1, size * size)


CUT_PATCHES = Exercise(
    id="7.1",
    answer="cut_patches",
    title="Write cut_patches(image, size): the patches in reading order, each as one row of pixels in reading order.",
    objective="make a sequence of patches from a picture",
    kind="write",
    minutes=6,
    difficulty=2,
    cases=_TO_CUT,
    right=_cut,
    misconceptions=(
        Misconception(
            "a plain reshape",
            lambda image, size: image.reshape(-1, size * size),
            "Your first patch holds the pixels 0, 1, 2, 3 (10 · row + column): four neighbours in one row, and no "
            "square as in section 2. A reshape moves nothing. Cut both axes in two, (rows, size, columns, size), and "
            "bring the two grid axes to the front *before* you flatten: .swapaxes(1, 2).",
            seen="https://github.com/duoan/TorchCode/issues/21",
        ),
        Misconception(
            "column by column",
            lambda image, size: _grid(image, size).swapaxes(0, 1).reshape(-1, size * size),
            "Each patch is right, their order is not: after 0, 1, 10, 11 comes your 20, 21, 30, 31, the patch *below*. "
            "Reading order goes along a row first, so the next is 2, 3, 12, 13: rows in the outer loop, columns in "
            "the inner one.",
        ),
        Misconception(
            "transposed inside",
            lambda image, size: _grid(image, size).swapaxes(2, 3).reshape(-1, size * size),
            "The patches come in the right order, but inside each you read down the columns: 0, 10, 1, 11 instead of "
            "0, 1, 10, 11. The last axis must be the column inside the patch: (rows, columns, size, size) with "
            "swapaxes(1, 2), no other axis moved.",
            seen="https://github.com/NVIDIA/flashdreams/pull/284",
        ),
        Misconception(
            "read down instead of along, everywhere",
            lambda image, size: _grid(image, size).transpose(1, 0, 3, 2).reshape(-1, size * size),
            "You read columns before rows, both from patch to patch and inside a patch: your first is 0, 10, 1, 11, "
            "your second 20, 30, 21, 31. It is the picture transposed. Rows come first: 0, 1, 10, 11, then 2, 3, 12, "
            "13.",
        ),
        Misconception(
            "pixels far apart",
            lambda image, size: (
                image.reshape(size, image.shape[0] // size, size, -1).transpose(1, 3, 0, 2).reshape(-1, size * size)
            ),
            "Your first patch holds 0, 3, 20, 23: pixels from all over the picture. You cut an axis as (size, count). "
            "The first of the two says *which* patch, the second *where in it*: (count, size).",
            seen="https://github.com/arogozhnikov/einops/issues/384",
        ),
        Misconception(
            "rows and columns of the grid exchanged",
            lambda image, size: (
                image.reshape(image.shape[1] // size, size, -1, size).swapaxes(1, 2).reshape(-1, size * size)
            ),
            "Your first patch holds 0, 1, 4, 5: you read the picture as if it had 6 rows and 4 columns. image.shape is "
            "(H, W): the first two axes come from H, (H // size, size), the last two from W. On a square picture you "
            "would never have noticed.",
        ),
        Misconception(
            "overlapping patches",
            _windows,
            "Your second patch, 1, 2, 11, 12, overlaps the first: the window moved by one pixel, as in a convolution "
            "with stride 1. Patches lie side by side, so it moves by size: range(0, H, size).",
        ),
        Misconception(
            "overlapping patches across",
            lambda image, size: np.concatenate(
                [_windows(strip, size) for strip in np.split(image, len(image) // size)]
            ),
            "Down the picture your patches lie side by side; across they overlap: after 0, 1, 10, 11 comes 1, 2, 11, "
            "12. The column moves by size as well: range(0, W, size).",
        ),
        Misconception(
            "size taken for the number of patches",
            _that_many,
            "Your first patch holds 0, 1, 2, 10, 11, 12: you cut the picture into size × size patches. size is how "
            "many pixels a patch has on each side; how many patches there are follows from it (section 2).",
        ),
        Misconception(
            "as many patches across as down",
            lambda image, size: _grid(image, size)[:, : image.shape[0] // size].reshape(-1, size * size),
            "The patches at the right are missing: you cut as many across as down. That is right for a square picture; "
            "this one is wider than high. H, W = image.shape, and each axis has a count of its own.",
        ),
        Misconception(
            "a square picture taken for granted",
            lambda image, size: _square(image, size, len(image)),
            "You took the height for both sides. H, W = image.shape: (H // size, size, W // size, size).",
            seen="https://github.com/angelolab/ark-analysis/pull/723",
        ),
        Misconception(
            "a square picture taken for granted, by its width",
            lambda image, size: _square(image, size, image.shape[1]),
            "You took the width for both sides. H, W = image.shape: (H // size, size, W // size, size).",
        ),
        Misconception(
            "the last patches left out",
            lambda image, size: _grid(image, size)[:-1, :-1].reshape(-1, size * size),
            "The last row and the last column of patches are missing. range leaves its end out as it is: "
            "range(0, H, size) ends with the row H - size, so write H there and not H - size.",
        ),
        Misconception(
            "patches of unequal size, stacked",
            lambda image, size: np.stack(_two_brackets(image, size)),
            "Your patches are not all of one size. If you wrote image[a:b][c:d]: that takes rows, and then *rows of "
            "these*. One bracket with a comma takes rows and columns, image[a:b, c:d]. Is the comma there? Then "
            "a loop runs past an edge: rows end at H = image.shape[0], columns at W = image.shape[1].",
        ),
        Misconception(
            "patches of unequal size, in an array",
            lambda image, size: np.array([patch.ravel() for patch in _two_brackets(image, size)]),
            "Your patches are not all of one size. If you wrote image[a:b][c:d]: that takes rows, and then *rows of "
            "these*. One bracket with a comma takes rows and columns, image[a:b, c:d]. Is the comma there? Then "
            "a loop runs past an edge: rows end at H = image.shape[0], columns at W = image.shape[1].",
        ),
        Misconception(
            "patches of unequal size, in a list",
            lambda image, size: [patch.ravel() for patch in _two_brackets(image, size)],
            "Your patches are not all of one size. If you wrote image[a:b][c:d]: that takes rows, and then *rows of "
            "these*. One bracket with a comma takes rows and columns, image[a:b, c:d]. Is the comma there? Then "
            "a loop runs past an edge: rows end at H = image.shape[0], columns at W = image.shape[1].",
        ),
        Misconception(
            "patches left as squares",
            lambda image, size: _cut(image, size).reshape(-1, size, size),
            "The right patches, but each is still a square. A token is one row of numbers: flatten each patch, "
            ".reshape(-1, size * size).",
        ),
        Misconception(
            "grid kept",
            lambda image, size: _grid(image, size),
            "The right patches, still in their grid, (rows, columns, size, size). A sequence has one axis of "
            "positions: .reshape(-1, size * size).",
        ),
        Misconception(
            "grid kept, patches flat",
            lambda image, size: _grid(image, size).reshape(*_grid(image, size).shape[:2], -1),
            "Each patch is flat, but they still lie in a grid, (rows, columns, size·size). A sequence has one axis of "
            "positions: .reshape(-1, size * size).",
        ),
        Misconception(
            "patches in columns",
            lambda image, size: _cut(image, size).T,
            "The right numbers, but your patches are columns. Rows are positions: (N, size·size).",
        ),
        Misconception(
            "one long row",
            lambda image, size: _cut(image, size).ravel(),
            "All pixels in one row, in the right order. Each patch is a row of its own: (N, size·size), so "
            "np.stack instead of np.concatenate.",
        ),
        Misconception(
            "one patch only",
            lambda image, size: _cut(image, size)[0],
            "That is the first patch alone. Does 'return' stand inside the loop? Collect the patches in a list, and "
            "give back np.stack of it after the loop.",
        ),
        Misconception(
            "last patch only",
            lambda image, size: _cut(image, size)[-1],
            "That is the last patch alone: each round of your loop writes over the one before. Collect them in a list, "
            "and give back np.stack of it.",
        ),
        Misconception(
            "mean of each patch",
            lambda image, size: _cut(image, size).mean(-1),
            "One number for each patch, its mean: that makes a smaller picture. All its pixels are asked for.",
        ),
    ),
    hints=(
        "Two loops will do: for row in range(0, H, size), and inside it for column in range(0, W, size).",
        "image[row : row + size, column : column + size] is one patch; .reshape(-1) makes a row of it.",
        "Without a loop: image.reshape(H // size, size, W // size, size) has the axes (row of the grid, row in the "
        "patch, column of the grid, column in the patch). Which two have to change places?",
    ),
    praise="Equal to PyTorch's unfold. A picture is a sequence now: rows are positions, and a position is a patch.",
)


# No two sizes are equal, so that an axis taken for another shows, in the numbers or in an error.
_PICTURES = tuple(
    tuple(2.0 * _GENERATOR.normal(size=size).round(2) for size in (shape, shape[:1]))
    for shape in ((3, 2, 4), (5, 4, 2), (4, 7, 3))
)
_Share = Callable[[np.ndarray], np.ndarray]
_Pair = tuple[np.ndarray, np.ndarray]


def _products(features: np.ndarray, query: np.ndarray) -> np.ndarray:
    return np.einsum("chw,c->hw", features, query)


def _scores(features: np.ndarray, query: np.ndarray) -> np.ndarray:
    return _products(features, query) / math.sqrt(len(query))


def _over_the_picture(scores: np.ndarray) -> Weights:
    return softmax(scores.reshape(-1)).reshape(scores.shape)


def _mixed(features: np.ndarray, weights: Weights) -> np.ndarray:
    return np.einsum("chw,hw->c", features, weights)


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
        return _mixed(features, weights), weights

    return mistake


def _shared(share: _Share) -> Callable[..., _Pair]:
    """A mistake in how scaled scores are made into weights."""
    return _weighted(lambda features, query: share(_scores(features, query)))


def _divided(divisor: Callable[[np.ndarray], float]) -> Callable[..., _Pair]:
    """A mistake in the number that the products are divided by; it may look at the features."""
    return _weighted(lambda features, query: _over_the_picture(_products(features, query) / divisor(features)))


def _with_right_weights(mix: Callable[[np.ndarray, Weights], np.ndarray]) -> Callable[..., _Pair]:
    """A mistake in the context, from features and right weights."""

    def mistake(features: np.ndarray, query: np.ndarray) -> _Pair:
        weights = _attended(features, query)[1]
        return mix(features, weights), weights

    return mistake


def _flattened(flatten: Callable[[np.ndarray], np.ndarray], back: Callable[[tuple], tuple] = tuple) -> Callable:
    """A mistake in how the picture is made into rows, ``(H * W, C)``, or the weights into a picture again."""

    def mistake(features: np.ndarray, query: np.ndarray) -> _Pair:
        x = flatten(features)
        weights = softmax(x @ query / math.sqrt(len(query)))
        return weights @ x, weights.reshape(back(features.shape[1:]))

    return mistake


def _channels_compete(features: np.ndarray, query: np.ndarray) -> _Pair:
    weights = softmax(features * query[:, None, None] / math.sqrt(len(query)), 0)
    return (weights * features).sum((1, 2)), weights


def _gate(scores: np.ndarray) -> Weights:
    return 1.0 / (1.0 + np.exp(-scores))


def _cosines(features: np.ndarray, query: np.ndarray) -> np.ndarray:
    return _products(features, query) / (np.linalg.norm(features, axis=0) * np.linalg.norm(query))


def _hard(scores: np.ndarray) -> Weights:
    return (scores == scores.max()).astype(float)


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
                lambda features, query: _over_the_picture(_products(features, query)) / math.sqrt(len(query)),
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
            _shared(_hard),
            "You gave the best place a weight of 1 and all others 0. That is a maximum, from which no gradient tells "
            "the query where else to look; the softmax shares out 1.",
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
            lambda features, query: (_attended(features, query)[0], _scores(features, query)),
            "Your context is right, but you gave back the scores with it. The weights are their softmax.",
        ),
        Misconception(
            "mixed with the scores",
            lambda features, query: (_mixed(features, _scores(features, query)), _attended(features, query)[1]),
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
            _shared(_gate),
            "Your weights, {got[1]}, are sigmoids, each between 0 and 1 on its own: a gate, as in section 4. Every "
            "place may open at once, and the sum is not 1. In a softmax a place can only gain what another loses.",
        ),
        Misconception(
            "cosine instead of the dot product",
            _weighted(lambda features, query: _over_the_picture(_cosines(features, query))),
            "You divided by the lengths of features and query: a cosine, which never exceeds 1, so your weights are "
            "nearly even. Scaled dot product is asked for: divide by √C only.",
        ),
        Misconception(
            "query laid along the columns, with @",
            lambda features, query: features @ query,
            "The query has a number for each channel, and you laid it along the *last* axis, the columns of the "
            "picture. Channels are the first axis: make them the last, x = features.reshape(C, -1).T, and then "
            "x @ query.",
        ),
        Misconception(
            "query laid along the columns, with dot",
            lambda features, query: np.dot(features, query),
            "The query has a number for each channel, and you laid it along the *last* axis, the columns of the "
            "picture. Channels are the first axis: make them the last, x = features.reshape(C, -1).T, and then "
            "x @ query.",
        ),
        Misconception(
            "query laid along the columns, with *",
            lambda features, query: features * query,
            "The query has a number for each channel, and you laid it along the *last* axis, the columns of the "
            "picture. Channels are the first axis: make them the last, x = features.reshape(C, -1).T, and then "
            "x @ query.",
        ),
        Misconception(
            "query laid down the rows",
            lambda features, query: query @ features,
            "The product adds up along the rows of the picture, the last axis but one. The query has a number for each "
            "channel, the first axis: query @ features.reshape(C, -1).",
        ),
        Misconception(
            "query laid down the rows, with dot",
            lambda features, query: np.dot(query, features),
            "The product adds up along the rows of the picture, the last axis but one. The query has a number for each "
            "channel, the first axis: query @ features.reshape(C, -1).",
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
            "no scaling, and a softmax for each row",
            _weighted(lambda features, query: softmax(_products(features, query))),
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


# The weights of the first are hundredths and sum to 1, and the greatest lies outside the box; the second is a map of
# gates, which do not sum to 1.
_BRIGHT = np.array([[5, 11, 5, 5], [1, 1, 2, 1], [12, 5, 7, 3], [1, 9, 5, 4], [3, 5, 6, 2], [1, 2, 1, 3]]) / 100
_BOXES = (
    (_BRIGHT, (2, 1, 3, 2)),
    (_GENERATOR.uniform(0.05, 0.95, size=(5, 7)).round(2), (1, 3, 2, 4)),
    (_BRIGHT.T, (1, 4, 2, 1)),
    (_BRIGHT, (0, 0, 6, 4)),
)
Box = tuple[int, int, int, int]


def _share(weights: Weights, top: int, left: int, bottom: int, right: int) -> float:
    """The share of weight from top to bottom and from left to right, the ends left out."""
    return float(weights[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)].sum() / weights.sum())


def _inside(weights: Weights, box: Box) -> np.ndarray:
    top, left, height, width = box
    row, column = np.indices(weights.shape)
    return (row >= top) & (row < top + height) & (column >= left) & (column < left + width)


def _mass(weights: Weights, box: Box) -> float:
    return float(np.average(_inside(weights, box), weights=weights))


def _boxed(corners: Callable[[int, int, int, int], tuple[int, int, int, int]]) -> Callable[[Weights, Box], float]:
    """A mistake in where the box lies: from top, left, height, width to top, left, bottom, right."""
    return lambda weights, box: _share(weights, *corners(*box))


MASS_IN_BOX = Exercise(
    id="7.3",
    answer="mass_in_box",
    title="Write mass_in_box(weights, box): the share of all weight that lies in the box (top, left, height, width).",
    objective="measure whether attention looks at the right region",
    kind="write",
    minutes=5,
    difficulty=1,
    cases=_BOXES,
    right=_mass,
    misconceptions=(
        Misconception(
            "height and width taken for bottom and right",
            lambda weights, box: float(weights[box[0] : box[2], box[1] : box[3]].sum() / weights.sum()),
            "{got}: you took the last two numbers of the box for its lower right corner. They are its height and its "
            "width, so it ends at top + height and left + width.",
            seen="https://github.com/cvlab-stonybrook/Scanpath_Prediction/issues/8",
        ),
        Misconception(
            "rows and columns of the box exchanged",
            _boxed(lambda top, left, height, width: (left, top, left + width, top + height)),
            "{got} lies in the box with rows and columns exchanged: as (x, y, width, height) it would be read so. Here "
            "the box is (top, left, height, width), and rows come first as in weights[row, column].",
            seen="https://github.com/encord-team/encord-agents/pull/197",
        ),
        Misconception(
            "top and left exchanged",
            _boxed(lambda top, left, height, width: (left, top, left + height, top + width)),
            "{got} lies in a box of the right size at the wrong place: you took left for the first row. top counts "
            "rows, left counts columns: weights[top : top + height, left : left + width].",
        ),
        Misconception(
            "height and width exchanged",
            _boxed(lambda top, left, height, width: (top, left, top + width, left + height)),
            "{got} lies in a box at the right place, but as wide as it should be high. The height counts rows, the "
            "first axis: top : top + height.",
        ),
        Misconception(
            "ends included",
            _boxed(lambda top, left, height, width: (top, left, top + height + 1, left + width + 1)),
            "{got}: your box has a row and a column too many. A box of height 2 from row 1 holds rows 1 and 2, so it "
            "ends before row 3 = top + height; a slice leaves its end out as it is. No + 1.",
            seen="https://github.com/fizyr/keras-retinanet/issues/1317",
        ),
        Misconception(
            "last row included",
            _boxed(lambda top, left, height, width: (top, left, top + height + 1, left + width)),
            "{got}: your box has one row too many. A slice leaves its end out: top : top + height holds height rows.",
        ),
        Misconception(
            "last column included",
            _boxed(lambda top, left, height, width: (top, left, top + height, left + width + 1)),
            "{got}: your box has one column too many. A slice leaves its end out: left : left + width holds width "
            "columns.",
        ),
        Misconception(
            "a row and a column too few",
            _boxed(lambda top, left, height, width: (top, left, top + height - 1, left + width - 1)),
            "{got}: the last row and the last column of the box are missing. A slice leaves its end out as it is: "
            "top : top + height holds height rows. No - 1.",
            seen="https://github.com/Megvii-BaseDetection/YOLOX/issues/1087",
        ),
        Misconception(
            "first row and column left out",
            _boxed(lambda top, left, height, width: (top + 1, left + 1, top + height, left + width)),
            "{got}: the first row and the first column of the box are missing. They belong to it: >= and not >.",
        ),
        Misconception(
            "counted from 1",
            _boxed(lambda top, left, height, width: (top - 1, left - 1, top + height - 1, left + width - 1)),
            "{got}: your box lies one row too high and one column too far left. Rows and columns count from 0: top = 1 "
            "is the second row.",
        ),
        Misconception(
            "two brackets instead of a comma",
            lambda weights, box: float(
                weights[box[0] : box[0] + box[2]][box[1] : box[1] + box[3]].sum() / weights.sum()
            ),
            "{got}: weights[a:b][c:d] takes rows, and then *rows of these*. One bracket with a comma takes rows and "
            "columns: weights[a:b, c:d].",
        ),
        Misconception(
            "rows of the box in full",
            _boxed(lambda top, left, height, width: (top, 0, top + height, 10**6)),
            "{got} lies in the rows of the box, from one side of the picture to the other. Cut the columns as well.",
        ),
        Misconception(
            "columns of the box in full",
            _boxed(lambda top, left, height, width: (0, left, 10**6, left + width)),
            "{got} lies in the columns of the box, from top to bottom of the picture. Cut the rows as well.",
        ),
        Misconception(
            "cells counted instead of weights",
            lambda weights, box: box[2] * box[3] / weights.size,
            "{got} is the share of the *area* that the box takes: you counted cells. That is what weights that look "
            "everywhere alike would get, and the number to compare with (section 5). Add up the weights in the box.",
        ),
        Misconception(
            "cells of the box",
            lambda weights, box: box[2] * box[3],
            "{got} is how many cells the box has. Add up the *weights* in it, and divide by the sum of all weights.",
        ),
        Misconception(
            "divided by the area of the box",
            lambda weights, box: float(weights[_inside(weights, box)].mean()),
            "{got} is the mean weight of a *cell* of the box: you divided by its area. The share is the sum in the "
            "box, divided by the sum of all weights.",
        ),
        Misconception(
            "divided by the area of the picture",
            lambda weights, box: float(weights[_inside(weights, box)].sum() / weights.size),
            "{got}: you divided the weight in the box by the number of cells of the picture. Divide by the sum of all "
            "weights: a share of weight, not of area.",
        ),
        Misconception(
            "how many times more than evenly",
            lambda weights, box: _mass(weights, box) * weights.size / (box[2] * box[3]),
            "{got} is how many times more weight lies in the box than if it were spread evenly: share of weight by "
            "share of area. A good number, but asked for is the share of weight.",
        ),
        Misconception(
            "not divided by all weight",
            lambda weights, box: float(weights[_inside(weights, box)].sum()),
            "{got} is the weight in the box, not yet a share. For a softmax that is the same, its weights sum to 1; "
            "this map is one of gates, which do not. Divide by weights.sum().",
        ),
        Misconception(
            "weight outside",
            lambda weights, box: 1 - _mass(weights, box),
            "{got} is the share *outside* the box. Inside is what is left.",
        ),
        Misconception(
            "greatest weight in the box",
            lambda weights, box: float(weights[_inside(weights, box)].max()),
            "{got} is the greatest weight in the box. Add up all of them.",
        ),
        Misconception(
            "pointing game",
            lambda weights, box: float(_inside(weights, box).ravel()[weights.argmax()]),
            "{got} says whether the *greatest* weight lies in the box: the pointing game of section 5, which knows "
            "only 0 and 1. Here all weight in the box counts.",
        ),
        Misconception(
            "normalised within the box",
            lambda weights, box: float(weights[_inside(weights, box)].sum() / weights[_inside(weights, box)].sum()),
            "{got}: you divided the weight in the box by itself, so that it is 1 for every box. Divide by the weight "
            "of the whole picture.",
        ),
        Misconception(
            "a softmax on top",
            lambda weights, box: _share(_over_the_picture(weights), box[0], box[1], box[0] + box[2], box[1] + box[3]),
            "{got}: you put the weights through a softmax again. They are shares already; a second softmax makes them "
            "nearly even.",
        ),
        Misconception(
            "per cent",
            lambda weights, box: 100 * _mass(weights, box),
            "{got} is the share in per cent, and right as such. Give it as a share of 1.",
        ),
        Misconception(
            "the weights in the box",
            lambda weights, box: weights[box[0] : box[0] + box[2], box[1] : box[1] + box[3]],
            "Those are the right weights, as a little map. Add them up, and divide by the sum of all weights.",
        ),
        Misconception(
            "only the box kept",
            lambda weights, box: np.where(_inside(weights, box), weights, 0.0),
            "That is the map with all outside the box set to 0, a good step. Add it up, and divide by the sum of all "
            "weights.",
        ),
    ),
    hints=(
        "weights[first row : one past the last row, first column : one past the last column] are the weights in the "
        "box.",
        "top, left, height, width = box. The last row of the box is top + height - 1, so one past it is top + height.",
        "A share has a whole: divide by weights.sum(). For gates that is not 1.",
    ),
    praise="Compare it with the share of the area: what weights that look everywhere alike would have in the box.",
)


# In the first all sizes are equal: a product in the wrong order, or a sum in the wrong place, gives a number there,
# which can be explained, and not an error. In the others no two sizes are equal.
_TOKENS = tuple(
    tuple(_GENERATOR.normal(size=size).round(1) for size in ((N, p), (p, d), (N, d)))
    for N, p, d in ((3, 3, 3), (6, 4, 5), (2, 9, 3))
)


def _embedded(patches: np.ndarray, W: np.ndarray, positions: np.ndarray) -> np.ndarray:
    return torch.addmm(*map(torch.as_tensor, (positions, patches, W))).numpy()


EMBED_IMAGE = Exercise(
    id="7.4",
    answer="embed_image",
    title="Write embed_image(patches, W, positions): each patch projected, and its own position added.",
    objective="make the tokens of a vision transformer",
    kind="write",
    minutes=4,
    difficulty=1,
    cases=_TOKENS,
    right=_embedded,
    misconceptions=(
        Misconception(
            "positions forgotten",
            lambda patches, W, positions: patches @ W,
            "Each patch is projected, but nothing says where it stood: shuffle the patches, and attention gives the "
            "same answers, shuffled (section 7). Add positions, one row for each patch.",
            seen="https://github.com/engichang1467/Open-Rig3R/issues/42",
        ),
        Misconception(
            "one position for all",
            lambda patches, W, positions: patches @ W + positions[0],
            "Every patch got the position of the *first*. What is added to all alike tells none from another (section "
            "7). Row i of positions belongs to patch i: add the whole array.",
            seen="https://github.com/labmlai/annotated_deep_learning_paper_implementations/issues/133",
        ),
        Misconception(
            "the last position for all",
            lambda patches, W, positions: patches @ W + positions[-1],
            "Every patch got the position of the *last*: does a loop write over what it found? What is added to all "
            "alike tells none from another. Row i of positions belongs to patch i.",
        ),
        Misconception(
            "the sum of the positions for all",
            lambda patches, W, positions: patches @ W + positions.sum(0),
            "Every patch got the sum of all positions. What is added to all alike tells none from another. Row i of "
            "positions belongs to patch i: add the array as it is.",
        ),
        Misconception(
            "the mean of the positions for all",
            lambda patches, W, positions: patches @ W + positions.mean(0),
            "Every patch got the mean of all positions. What is added to all alike tells none from another. Row i of "
            "positions belongs to patch i: add the array as it is.",
        ),
        Misconception(
            "positions added before the projection",
            lambda patches, W, positions: (patches + positions) @ W,
            "You added positions to the pixels, and W projected both. Positions have d numbers, as a token has after "
            "the projection; with p = d you would never have noticed. Project first: patches @ W + positions.",
        ),
        Misconception(
            "positions projected as well",
            lambda patches, W, positions: patches @ W + positions @ W,
            "You projected the positions, too. They have d numbers already, learned as they are: W is for pixels only.",
        ),
        Misconception(
            "positions multiplied",
            lambda patches, W, positions: (patches @ W) * positions,
            "You multiplied by the positions. A number near 0 in a position would then wipe out what the patch shows. "
            "They are added.",
        ),
        Misconception(
            "positions subtracted",
            lambda patches, W, positions: patches @ W - positions,
            "You subtracted the positions. Learned ones could live with that; asked for is the sum.",
        ),
        Misconception(
            "positions beside the patch",
            lambda patches, W, positions: np.concatenate([patches @ W, positions], axis=1),
            "You put the position beside the projected patch, so that a token has 2 · d features. That works as well, "
            "and costs twice the width; here it is added: (N, d).",
        ),
        Misconception(
            "positions below the patches",
            lambda patches, W, positions: np.concatenate([patches @ W, positions]),
            "You put the positions below the patches: twice as many tokens, and none knows which belongs to which. Add "
            "row i to row i.",
        ),
        Misconception(
            "positions in the reverse order",
            lambda patches, W, positions: patches @ W + positions[::-1],
            "The first patch got the last position. Row i of positions belongs to row i of patches.",
        ),
        Misconception(
            "positions transposed",
            lambda patches, W, positions: patches @ W + positions.T,
            "You transposed the positions. Rows are patches in both arrays: (N, d).",
        ),
        Misconception(
            "the number of the place",
            lambda patches, W, positions: patches @ W + np.arange(len(patches))[:, None],
            "You added the place's *number*, 0, 1, 2, to all features. A position is a row of numbers of its own, "
            "which is learned: positions[i].",
        ),
        Misconception(
            "no projection",
            lambda patches, W, positions: patches + positions,
            "You added the positions to the pixels themselves. A token is what W makes of the pixels: patches @ W.",
        ),
        Misconception(
            "positions alone",
            lambda patches, W, positions: positions.copy(),
            "Those are the positions alone: what the patches show is missing.",
        ),
        Misconception(
            "W before the patches",
            lambda patches, W, positions: W @ patches + positions,
            "You multiplied W @ patches. Rows are patches, so a patch meets the matrix from the left: patches @ W.",
        ),
        Misconception(
            "W transposed",
            lambda patches, W, positions: patches @ W.T + positions,
            "You multiplied by the transposed matrix. That is right for the weight of torch.nn.Linear, which is stored "
            "(out, in). Here W has shape (p, d): patches @ W.",
            seen="https://github.com/TransformerLensOrg/TransformerLens/issues/1554",
        ),
        Misconception(
            "multiplied number by number",
            lambda patches, W, positions: patches * W + positions,
            "* multiplies number by number. Every feature of a token is made from all pixels of its patch: the matrix "
            "product, patches @ W.",
        ),
        Misconception(
            "scaled by √d",
            lambda patches, W, positions: patches @ W * math.sqrt(W.shape[1]) + positions,
            "You multiplied the projected patches by √d, as the transformer of 2017 does with its words. Here they "
            "stay as they are.",
        ),
        Misconception(
            "divided by √d",
            lambda patches, W, positions: patches @ W / math.sqrt(W.shape[1]) + positions,
            "You divided by √d. That belongs to the scores of attention; nothing is compared here.",
        ),
        Misconception(
            "a place for the class in front",
            lambda patches, W, positions: np.vstack([np.zeros(W.shape[1]), patches @ W + positions]),
            "Right but for a row in front. Many vision transformers put a class token there; here there are as many "
            "tokens as patches, (N, d).",
        ),
        Misconception(
            "tokens in columns",
            lambda patches, W, positions: (patches @ W + positions).T,
            "The right numbers, but your tokens are columns. Rows are positions: (N, d).",
        ),
        Misconception(
            "mean over the patches",
            lambda patches, W, positions: (patches @ W + positions).mean(0),
            "You took the mean over the patches: that is pooling, which comes last in the network. Every patch keeps a "
            "token of its own, (N, d).",
        ),
    ),
    hints=(
        "Two steps. W makes d numbers of the p pixels of each patch: a matrix product.",
        "A row of patches has p numbers, W is (p, d): the product is (N, d), and so is positions. Row i of both "
        "belongs to patch i.",
    ),
    praise="One matrix and one sum: after that it is the transformer of lesson 06, which never learns that its tokens "
    "were pixels.",
)


def _maps(T: int, layers: int) -> list[np.ndarray]:
    return [softmax(1.5 * _GENERATOR.normal(size=(T, T))) for _ in range(layers)]


# The first has numbers for pencil and paper; with one layer, in the last, an order and a mean do not show any more.
_PENCIL = [
    np.array([[0.6, 0.4, 0.0], [0.2, 0.2, 0.6], [0.0, 0.8, 0.2]]),
    np.array([[0.2, 0.4, 0.4], [0.0, 0.6, 0.4], [0.6, 0.2, 0.2]]),
]
_LAYERS = ((_PENCIL,), (_maps(4, 3),), (_maps(2, 5),), (_maps(5, 1),))


def _rollout(layers: list[np.ndarray]) -> np.ndarray:
    """Row by row, from the last layer down: where a token looks half the time it goes, half the time it stays."""
    rows = torch.eye(len(layers[0]), dtype=torch.float64)
    for layer in reversed(layers):
        rows = torch.lerp(rows, rows @ torch.as_tensor(layer), 0.5)
    return rows.numpy()


def _halves(layers: list[np.ndarray]) -> list[np.ndarray]:
    return [(layer + np.eye(len(layer))) / 2 for layer in layers]


def _product(maps: list[np.ndarray]) -> np.ndarray:
    """The last map on the left."""
    return reduce(lambda product, one: one @ product, maps)


def _rolled(maps: Callable[[list[np.ndarray]], list[np.ndarray]]) -> Callable[[list[np.ndarray]], np.ndarray]:
    """A mistake in what is multiplied."""
    return lambda layers: _product(maps(layers))


def _rows_to_one(array: np.ndarray) -> np.ndarray:
    return array / array.sum(-1, keepdims=True)


def _as_many_as_layers(layers: list[np.ndarray]) -> np.ndarray:
    return _product([0.5 * layer + 0.5 * np.eye(len(layers)) for layer in layers])


ROLLOUT = Exercise(
    id="7.5",
    answer="rollout",
    title="Write rollout(layers): each map half itself, half identity; multiplied from the first layer to the last.",
    objective="follow attention through several layers",
    kind="write",
    minutes=6,
    difficulty=2,
    cases=_LAYERS,
    right=_rollout,
    misconceptions=(
        Misconception(
            "identity forgotten",
            _rolled(list),
            "You multiplied the maps as they are. Around each attention layer x goes past it untouched, the residual "
            "(section 8, and lesson 06, section 2): half of each map is the identity, 0.5 * layer + 0.5 * np.eye(T).",
            seen="https://github.com/google-research/vision_transformer/issues/18",
        ),
        Misconception(
            "identity forgotten, and the product in the wrong order",
            lambda layers: _product(layers[::-1]),
            "Two things. Half of each map is the identity, for the residual around the layer: 0.5 * layer + 0.5 * "
            "np.eye(T). And the first layer stands on the right: a row of the last layer picks rows of what came "
            "before it.",
        ),
        Misconception(
            "product in the wrong order",
            lambda layers: _product(_halves(layers)[::-1]),
            "The first layer stands on the left in your product. A row of the *last* layer says which tokens it took, "
            "and the rows of the layer before say what those were made of (section 8): so result = mixed @ result, "
            "and not result @ mixed.",
        ),
        Misconception(
            "identity added, not halved",
            _rolled(lambda layers: [layer + np.eye(len(layer)) for layer in layers]),
            "Each layer doubles what a row sums to, 4 after two layers: you added the identity to the whole map. Half "
            "of each: 0.5 * layer + 0.5 * np.eye(T), and rows sum to 1 as they should.",
        ),
        Misconception(
            "halved, identity forgotten",
            _rolled(lambda layers: [layer / 2 for layer in layers]),
            "Each layer halves what a row sums to, a quarter after two layers: you took half of the map, but the "
            "other half, the identity, is missing: + 0.5 * np.eye(T).",
        ),
        Misconception(
            "half of the sum with the whole identity",
            _rolled(lambda layers: [layer / 2 + np.eye(len(layer)) for layer in layers]),
            "Each layer multiplies what a row sums to by 1.5, to 2.25 after two: the map is halved, the identity is "
            "not. The brackets: (layer + np.eye(T)) / 2.",
        ),
        Misconception(
            "identity halved, map not",
            _rolled(lambda layers: [layer + np.eye(len(layer)) / 2 for layer in layers]),
            "Each layer multiplies what a row sums to by 1.5, to 2.25 after two: the identity is halved, the map is "
            "not. The brackets: (layer + np.eye(T)) / 2.",
        ),
        Misconception(
            "0.5 added everywhere",
            _rolled(lambda layers: [(layer + 1) / 2 for layer in layers]),
            "You added 0.5 to *every* weight. The residual hands each token its own x only: the identity has ones on "
            "the diagonal and zeros elsewhere, np.eye(T), not np.ones or a plain 0.5.",
        ),
        Misconception(
            "identity once, at the end",
            lambda layers: (_product(layers) + np.eye(len(layers[0]))) / 2,
            "You multiplied the maps first and mixed in the identity once. There is a residual around *every* layer: "
            "half identity in each map, then the product.",
        ),
        Misconception(
            "identity only in the first layer",
            _rolled(lambda layers: [_halves(layers)[0], *layers[1:]]),
            "Only your first map has its half identity. Every layer has a residual around it, the later ones as well.",
        ),
        Misconception(
            "first layer without its identity",
            _rolled(lambda layers: [layers[0], *_halves(layers)[1:]]),
            "Your first layer is multiplied as it is; does result begin as layers[0]? It has a residual as well. Begin "
            "with np.eye(T), and let the loop run over all layers.",
        ),
        Misconception(
            "first layer twice",
            _rolled(lambda layers: [_halves(layers)[0], *_halves(layers)]),
            "Your first layer is in the product twice: result begins with it, and the loop multiplies it in again. "
            "Begin with np.eye(T), or let the loop run over layers[1:].",
        ),
        Misconception(
            "first layer twice, once without its identity",
            _rolled(lambda layers: [layers[0], *_halves(layers)]),
            "Your first layer is in the product twice: result begins as layers[0], and the loop multiplies it in "
            "again. Begin with np.eye(T).",
        ),
        Misconception(
            "sum of the layers",
            lambda layers: sum(layers),
            "You added the maps up, so rows sum to 2, the number of layers. A later layer looks at what an earlier one "
            "has *mixed already*: that is a product, layer by layer.",
        ),
        Misconception(
            "sum with identities",
            lambda layers: sum(_halves(layers)),
            "Each map is right, but you added them up, so rows sum to 2, the number of layers. A later layer looks at "
            "what an earlier one has *mixed already*: multiply, mixed @ result.",
        ),
        Misconception(
            "mean of the layers",
            lambda layers: sum(layers) / len(layers),
            "You took the mean of the maps. It does not matter to a mean which layer comes first, and it never follows "
            "a path through two layers. Multiply; and half of each map is the identity.",
            seen="https://github.com/MenghaoGuo/PCT/issues/14",
        ),
        Misconception(
            "mean with identities",
            lambda layers: sum(_halves(layers)) / len(layers),
            "Each map is right, but you took their mean, which never follows a path through two layers. Multiply: "
            "mixed @ result.",
        ),
        Misconception(
            "last layer only",
            lambda layers: layers[-1],
            "That is the map of the last layer. It looks at tokens that earlier layers have mixed already, so its "
            "largest weight may stand for another patch (section 8: the last layer alone hides b). All layers count, "
            "multiplied.",
        ),
        Misconception(
            "last layer only, with identity",
            lambda layers: _halves(layers)[-1],
            "That is the last layer alone, with its half identity. Does your loop write over result instead of "
            "multiplying? result = mixed @ result.",
        ),
        Misconception(
            "first layer only",
            lambda layers: layers[0],
            "That is the map of the first layer. All layers count, multiplied, each half identity.",
        ),
        Misconception(
            "first layer only, with identity",
            lambda layers: _halves(layers)[0],
            "That is the first layer alone, with its half identity. Does 'return' stand inside the loop?",
        ),
        Misconception(
            "maximum over the layers",
            lambda layers: np.max(layers, axis=0),
            "You took the greatest weight over the layers. That says where some layer looked; what *arrives* through "
            "all of them is a product.",
        ),
        Misconception(
            "maximum over the layers, with identities",
            lambda layers: np.max(_halves(layers), axis=0),
            "Each map is right, but you took the greatest weight over the layers. What *arrives* through all of them "
            "is a product: mixed @ result.",
        ),
        Misconception(
            "maps multiplied number by number",
            lambda layers: np.prod(_halves(layers), axis=0),
            "* multiplies number by number: your rows no longer sum to 1. A path goes from a token through *any* token "
            "in between: the matrix product, @.",
        ),
        Misconception(
            "maps multiplied number by number, identity forgotten",
            lambda layers: np.prod(layers, axis=0),
            "* multiplies number by number: your rows no longer sum to 1. A path goes from a token through *any* token "
            "in between: the matrix product, @. And half of each map is the identity.",
        ),
        Misconception(
            "maps multiplied number by number, then normalised",
            lambda layers: _rows_to_one(np.prod(_halves(layers), axis=0)),
            "* multiplies number by number, and dividing by the sums hides it. A path goes from a token through *any* "
            "token in between: the matrix product, @.",
        ),
        Misconception(
            "rows and columns exchanged",
            lambda layers: _rollout(layers).T,
            "Right, but transposed: your columns sum to 1. A row is the token that looks.",
        ),
        Misconception(
            "maps transposed",
            _rolled(lambda layers: [half.T for half in _halves(layers)]),
            "You transposed each map: its columns sum to 1 then. A row is the token that looks; leave the maps as they "
            "are.",
        ),
        Misconception(
            "columns made to sum to 1",
            _rolled(lambda layers: [(layer + np.eye(len(layer))) / (1 + layer.sum(0)) for layer in layers]),
            "You divided by the sums of the *columns*. Each row is a token that shares out 1: axis=-1, with "
            "keepdims=True. (Half of each needs no dividing at all.)",
        ),
        Misconception(
            "greatest weight made 1",
            lambda layers: _rollout(layers) / _rollout(layers).max(),
            "The product is right, and you divided it by its maximum, as one does for a picture on the screen. Leave "
            "that out: rows sum to 1.",
        ),
        Misconception(
            "one row only",
            lambda layers: _rollout(layers)[0],
            "That is the row of the first token, all that one needs when it is a class token. Asked for are all rows.",
        ),
        Misconception(
            "identity taken away from the result",
            lambda layers: _rollout(layers) - np.eye(len(layers[0])) / 2 ** len(layers),
            "You took the paths away that never leave their token. They belong to it: rows sum to 1.",
        ),
        Misconception(
            "each layer's map",
            _halves,
            "Those are the mixed maps, each right, one for each layer. Multiply them: result = np.eye(T), and then for "
            "each of them result = mixed @ result.",
        ),
        Misconception(
            "identity as large as the number of layers",
            _as_many_as_layers,
            "len(layers) is how many layers there are. The identity is as large as a map: T = len(layers[0]).",
        ),
    ),
    hints=(
        "Take one layer first: mixed = 0.5 * layer + 0.5 * np.eye(T), with T = len(layer). Do its rows sum to 1?",
        "Begin with result = np.eye(T), 'every token is itself'. Then, layer by layer, the new map comes to the left.",
        "for layer in layers: mix the layer's own map with the identity, and put its product with result in the "
        "place of result. On which side does the new map stand?",
    ),
    praise="Rows sum to 1 whatever the depth. It is a rule of bookkeeping, though: no value and no feed-forward layer "
    "appears in it.",
)


class _Claim(NamedTuple):
    """A sentence about the lesson, whether its results support it, and what somebody believes who says otherwise."""

    name: str
    supported: bool
    belief: str
    why: str
    seen: str = ""  # where somebody believed it


CLAIMS = (
    _Claim(
        "nearness sees textures",
        False,
        "a high score taken for seeing",
        "0.809 on the own texture is a high score, and this rival never looks at the picture: the patch next door is "
        "mostly of the same texture. With near keys closed 0.305 is left (section 3).",
    ),
    _Claim(
        "attention finds the digit",
        True,
        "where to look must be taught",
        "0.860 of the weight lies in the digit's box, and boxes were used to score the weights, never to train them. "
        "Whoever is to name the digit is helped by looking at it; on 32 pixels that was enough (section 5).",
    ),
    _Claim(
        "only attention knows where",
        False,
        "no weights taken for no knowledge",
        "the mean weighs all cells alike, and yet 0.660 of what its cells contribute to the answer lies in the "
        "digit's box, 0.062 of the cells. Attention's map needs no such calculation and lies there more, but "
        "it is not the only one (section 6).",
    ),
    _Claim(
        "a bag without positions",
        True,
        "patches know their places",
        "no token carries its place unless a position is added, and sums over keys have no order. The logits stay as "
        "they were, whatever the training (section 7).",
        seen="https://datascience.stackexchange.com/questions/122865/what-does-it-mean-order-of-input-sequence-does-not-matter-for-transformer-self-a",
    ),
    _Claim(
        "the rollout lies on the ink",
        False,
        "a map must lie on the object",
        "0.352 of the rollout lies on ink, and ink covers 0.319: hardly more than everywhere alike would put there. "
        "Strokes that are missing tell digits apart, too (section 8).",
        seen="https://github.com/fawazsammani/nlxgpt/issues/2",
    ),
    _Claim(
        "they look where people look",
        False,
        "a likeness taken for a measurement",
        "nobody's gaze was measured in this lesson. A map that lies on the object may look like what people do, and "
        "shows nothing about them (section 9).",
        seen="https://courses.eduardonacimiento.com/course/AI-course2/en/module7",
    ),
)


def _supported(wrong: tuple[_Claim, ...] = ()) -> dict[str, bool]:
    """The right answer, but for these."""
    return {claim.name: claim.supported is (claim not in wrong) for claim in CLAIMS}


def _misjudged(wrong: tuple[_Claim, ...]) -> Misconception:
    """Each set of wrongly judged claims is a mistake of its own; two at most are explained at once."""
    told = " ".join(f"'{claim.name}': {claim.why}" for claim in wrong[:2])
    left = ", ".join(f"'{claim.name}'" for claim in wrong[2:])
    return Misconception(
        "; ".join(claim.belief for claim in wrong),
        lambda: _supported(wrong),
        f"Right: {len(CLAIMS) - len(wrong)} of {len(CLAIMS)}. {told}{f' Look again at {left}.' if left else ''}",
        seen=wrong[0].seen if len(wrong) == 1 else "",
    )


JUDGE_CLAIMS = Exercise(
    id="7.6",
    answer="answers_7_6",
    title="Which of the six sentences do the lesson's own results support? True or False for each name.",
    objective="keep apart what a map shows and what one would like it to show",
    kind="read",
    minutes=5,
    difficulty=2,
    right=_supported,
    misconceptions=tuple(
        _misjudged(wrong) for count in range(1, len(CLAIMS) + 1) for wrong in combinations(CLAIMS, count)
    ),
    hints=(
        "For each sentence find the number or the argument that could have refuted it. Is there one at all?",
        "Three questions help. What would a rival get that sees nothing? What would weights get that look everywhere "
        "alike? And was it measured?",
        "Two of the six are supported: one by the weights of section 5, the other by an argument that needs no "
        "training.",
    ),
    praise="A map says where the weight lies. What it is worth, a rival without eyes has to say.",
)

EXERCISES = (CUT_PATCHES, ATTEND_PICTURE, MASS_IN_BOX, EMBED_IMAGE, ROLLOUT, JUDGE_CLAIMS)
