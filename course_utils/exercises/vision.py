"""Exercises of the lesson on attention in vision."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial, reduce
from itertools import combinations, permutations, product
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


_AXES = ("row of the grid", "row in the patch", "column of the grid", "column in the patch")
_Order = tuple[int, int, int, int]


def _in_order(order: _Order) -> Callable[[np.ndarray, int], np.ndarray]:
    """Both axes cut as they should be, ``(count, size)``, then brought into this order and flattened."""

    def mistake(image: np.ndarray, size: int) -> np.ndarray:
        cut = image.reshape(image.shape[0] // size, size, image.shape[1] // size, size)
        return cut.transpose(order).reshape(-1, size * size)

    return mistake


def _size_first(order: _Order) -> Callable[[np.ndarray, int], np.ndarray]:
    """Both axes cut as ``(size, count)``."""

    def mistake(image: np.ndarray, size: int) -> np.ndarray:
        cut = image.reshape(size, image.shape[0] // size, size, image.shape[1] // size)
        return cut.transpose(order).reshape(-1, size * size)

    return mistake


_OTHER_ORDERS = (
    *(
        Misconception(
            f"axes in another order: {', '.join(_AXES[axis] for axis in order)}",
            _in_order(order),
            f"Your four axes stand in the order {', '.join(_AXES[axis] for axis in order)}. The grid comes first, "
            "then what is inside: row of the grid, column of the grid, row in the patch, column in the patch.",
        )
        for order in permutations(range(4))
        if order
        not in {(0, 2, 1, 3), (0, 1, 2, 3), (2, 0, 1, 3), (0, 2, 3, 1), (2, 0, 3, 1), (1, 3, 0, 2), (2, 3, 0, 1)}
    ),
    *(
        Misconception(
            "size before count",
            _size_first(order),
            "You cut an axis as (size, count). The first of the two says *which* patch, the second *where in it*: "
            "(H // size, size, W // size, size), and then .swapaxes(1, 2).",
        )
        for order in permutations(range(4))
        if order
        not in {(0, 1, 2, 3), (1, 3, 0, 2), (0, 2, 3, 1), (1, 0, 2, 3), (1, 2, 3, 0), (2, 3, 0, 1), (2, 3, 1, 0)}
    ),
)


def _boxes(
    image: np.ndarray,
    size: int,
    rows: tuple[int, int] | None = None,
    columns: tuple[int, int] | None = None,
    high: int | None = None,
) -> np.ndarray:
    """Patches in loops. ``rows`` and ``columns``: end and step of each loop; ``high``: rows and columns of a slice."""
    H, W = image.shape
    rows, columns, high = rows or (H, size), columns or (W, size), high or size
    corners = product(range(0, *rows), range(0, *columns))
    return np.array([image[r : r + high, c : c + high].ravel() for r, c in corners])


def _numbered(image: np.ndarray, size: int, down: int, across: int) -> np.ndarray:
    """Patch (i, j) written to the row ``i * down + j * across``."""
    patches = np.zeros_like(_cut(image, size))
    for (i, j), patch in zip(product(range(len(image) // size), range(image.shape[1] // size)), _cut(image, size)):
        if i * down + j * across < len(patches):
            patches[i * down + j * across] = patch
    return patches


_SIDE_BY_SIDE = "range(0, H, size) and range(0, W, size) give the upper left corners, and a patch is size on each side."
_OTHER_CUTS = tuple(
    Misconception(name, mistake, f"{told} {_SIDE_BY_SIDE}")
    for name, mistake, told in (
        ("number of a patch taken for its place", lambda image, size: _boxes(
            image, size, (image.shape[0] // size, 1), (image.shape[1] // size, 1)),
         "As many patches as there should be, but they overlap: patch i begins at i · size, and yours begins at i."),
        ("number of a patch taken for its place, down", lambda image, size: _boxes(
            image, size, (image.shape[0] // size, 1)),
         "Down the picture your patches overlap: patch i begins at row i · size, and yours begins at row i."),
        ("number of a patch taken for its place, across", lambda image, size: _boxes(
            image, size, None, (image.shape[1] // size, 1)),
         "Across the picture your patches overlap: patch j begins at column j · size, and yours begins at column j."),
        ("overlapping patches down", lambda image, size: _boxes(image, size, (len(image) - size + 1, 1)),
         "Across the picture your patches lie side by side; down they overlap."),
        ("every other patch", lambda image, size: _boxes(
            image, size, (len(image), 2 * size), (image.shape[1], 2 * size)), "You went on by two patches at a time."),
        ("every other column of patches", lambda image, size: _boxes(image, size, None, (image.shape[1], 2 * size)),
         "Across the picture you went on by two patches at a time."),
        ("a pixel too few on each side", lambda image, size: _boxes(image, size, high=max(size - 1, 1)),
         "Your patches are too small. A slice leaves its end out as it is: row : row + size."),
        ("one pixel of each patch", lambda image, size: image[::size, ::size],
         "That is the upper left pixel of each patch. All its pixels are asked for."),
        ("one pixel of each patch, in a row", lambda image, size: image[::size, ::size].ravel(),
         "That is the upper left pixel of each patch. All its pixels are asked for."),
        ("strips", lambda image, size: image.reshape(len(image) // size, -1), "Those are whole strips, as wide as the "
         "picture: only the rows were cut. Cut the columns of each strip, too."),
        ("strips, as pictures", lambda image, size: image.reshape(len(image) // size, size, -1), "Those are whole "
         "strips, as wide as the picture: only the rows were cut. Cut the columns of each strip, too."),
        ("upright strips", lambda image, size: image.T.reshape(image.shape[1] // size, -1), "Those are upright strips, "
         "as high as the picture: only the columns were cut. Cut the rows as well."),
        ("upright strips, row by row", lambda image, size: np.array(
            [strip.ravel() for strip in np.hsplit(image, image.shape[1] // size)]), "Those are upright strips, as high "
         "as the picture: only the columns were cut. Cut the rows as well."),
        ("turned, and a plain reshape", lambda image, size: image.T.reshape(-1, size * size), "Your first patch goes "
         "down one column of the picture: the picture was turned, .T, and then only reshaped."),
        ("first row of patches only", lambda image, size: _cut(image, size)[: image.shape[1] // size], "Only the first "
         "row of patches came. Does 'return' stand inside the outer loop, or does its range end too early?"),
        ("last row of patches only", lambda image, size: _cut(image, size)[-(image.shape[1] // size):], "Only the last "
         "row of patches came. Does the outer loop begin a new list each time?"),
        ("first column of patches only", lambda image, size: _boxes(image, size, None, (size, size)), "Only the first "
         "column of patches came."),
        ("last patch left out", lambda image, size: _cut(image, size)[:-1], "The last patch is missing."),
        ("first patch left out", lambda image, size: _cut(image, size)[1:], "The first patch is missing: it begins at "
         "row 0 and column 0."),
        ("patches of the diagonal", lambda image, size: np.array(
            [image[r : r + size, c : c + size].ravel() for r, c in zip(range(0, len(image), size),
                                                                      range(0, image.shape[1], size))]),
         "Row and column go on together, so only the patches of the diagonal come. Every row goes with every column: "
         "one loop inside the other."),
        ("patches from the end", lambda image, size: _cut(image, size)[::-1], "Your patches come in the reverse order; "
         "reading order begins at the upper left."),
        ("patches turned upside down", lambda image, size: _cut(image, size)[:, ::-1], "Inside each patch the pixels "
         "come in the reverse order."),
        ("rows of the grid from below", lambda image, size: _grid(image, size)[::-1].reshape(-1, size * size), "Your "
         "rows of patches come from below. Row 0 is the upper one."),
        ("rows of the grid from the right", lambda image, size: _grid(image, size)[:, ::-1].reshape(-1, size * size),
         "Your rows of patches come from the right."),
        ("to and fro", lambda image, size: np.concatenate(
            [row[:: 1 - 2 * (i % 2)] for i, row in enumerate(_grid(image, size))]).reshape(-1, size * size), "Every "
         "other row of patches comes from the right. Reading begins each row at the left."),
        ("sum of each patch", lambda image, size: _cut(image, size).sum(-1), "One number for each patch, its sum. All "
         "its pixels are asked for."),
        ("maximum of each patch", lambda image, size: _cut(image, size).max(-1), "One number for each patch, its "
         "maximum. All its pixels are asked for."),
        ("mean of each patch, in a column", lambda image, size: _cut(image, size).mean(-1, keepdims=True), "One number "
         "for each patch, its mean. All its pixels are asked for."),
        ("mean of each patch, in a picture", lambda image, size: _grid(image, size).mean((2, 3)), "One number for each "
         "patch, its mean: that is a smaller picture. All pixels are asked for."),
        ("sum of each patch, in a column", lambda image, size: _cut(image, size).sum(-1, keepdims=True), "One number "
         "for each patch, its sum. All its pixels are asked for."),
        ("mean over the rows of each patch", lambda image, size: _grid(image, size).mean(2).reshape(-1, size), "You "
         "took a mean over the rows of each patch. All its pixels are asked for."),
        ("mean over the columns of each patch", lambda image, size: _grid(image, size).mean(3).reshape(-1, size), "You "
         "took a mean over the columns of each patch. All its pixels are asked for."),
        ("mean taken away", lambda image, size: _cut(image, size) - _cut(image, size).mean(-1, keepdims=True), "The "
         "right patches, less the mean of each. They are asked for as they are."),
        ("a plain reshape, left as squares", lambda image, size: image.reshape(-1, size, size), "A reshape moves "
         "nothing: your first square holds neighbours in one row of the picture. And a token is flat."),
        ("a plain reshape, in columns", lambda image, size: image.reshape(-1, size * size).T, "A reshape moves "
         "nothing, and patches are rows, (N, size·size)."),
        ("a reshape to pixels", lambda image, size: image.reshape(size * size, -1), "A reshape moves nothing; and rows "
         "are patches, (N, size·size)."),
        ("unfold reshaped", lambda image, size: _cut(image, size).T.reshape(-1, size * size), "torch's unfold gives a "
         "column for each patch, (size·size, N). It is to be *turned*, .T; a reshape keeps the order of its numbers."),
        ("column by column, left as squares", lambda image, size: _grid(image, size).swapaxes(0, 1).reshape(
            -1, size, size), "Two things: the patches come column by column, and each is still a square."),
        ("column by column, in columns", lambda image, size: _grid(image, size).swapaxes(0, 1).reshape(
            -1, size * size).T, "Two things: the patches come column by column, and each is a column of yours."),
        ("transposed inside, left as squares", lambda image, size: _cut(image, size).reshape(-1, size, size).swapaxes(
            1, 2), "Two things: each patch is transposed, and still a square."),
        ("transposed inside, in columns", lambda image, size: _grid(image, size).swapaxes(2, 3).reshape(
            -1, size * size).T, "Two things: each patch is transposed, and is a column of yours."),
        ("the same place for all", lambda image, size: _numbered(image, size, 0, 0), "You wrote all patches to the row "
         "0, one over the other: the number of the patch does not go on."),
        ("place in the list from the wrong count", lambda image, size: _numbered(
            image, size, len(image) // size, 1), "Patch (i, j) has the number i · columns + j; you multiplied "
            "by the number of rows, so some are overwritten."),
        ("place in the list without the row", lambda image, size: _numbered(image, size, 0, 1), "You wrote patch "
         "(i, j) to the row j, so each row of patches overwrites the one before: i · columns + j."),
        ("place in the list as a sum", lambda image, size: _numbered(image, size, 1, 1), "You wrote patch (i, j) to "
         "the row i + j, so some are overwritten: i · columns + j."),
    )
)  # fmt: skip


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
            "The patches at the right are missing. Did you cut as many across as down? This picture is wider than "
            "high: H, W = image.shape, and each axis has a count of its own. Or does a range end too early? It leaves "
            "its end out as it is: range(0, W, size).",
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
            "a slice runs past an edge: rows end at H = image.shape[0], columns at W = image.shape[1], and a slice is "
            "size long, row : row + size.",
        ),
        Misconception(
            "patches of unequal size, in an array",
            lambda image, size: np.array([patch.ravel() for patch in _two_brackets(image, size)]),
            "Your patches are not all of one size. If you wrote image[a:b][c:d]: that takes rows, and then *rows of "
            "these*. One bracket with a comma takes rows and columns, image[a:b, c:d]. Is the comma there? Then "
            "a slice runs past an edge: rows end at H = image.shape[0], columns at W = image.shape[1], and a slice is "
            "size long, row : row + size.",
        ),
        Misconception(
            "patches of unequal size, in a list",
            lambda image, size: [patch.ravel() for patch in _two_brackets(image, size)],
            "Your patches are not all of one size. If you wrote image[a:b][c:d]: that takes rows, and then *rows of "
            "these*. One bracket with a comma takes rows and columns, image[a:b, c:d]. Is the comma there? Then "
            "a slice runs past an edge: rows end at H = image.shape[0], columns at W = image.shape[1], and a slice is "
            "size long, row : row + size.",
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
        *_OTHER_ORDERS,
        *_OTHER_CUTS,
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


def _each_channel(features: np.ndarray, query: np.ndarray, hand_back: Callable) -> _Pair:
    products = features * query[:, None, None] / math.sqrt(len(query))
    maps = np.stack([_over_the_picture(one) for one in products])
    return (maps * features).sum((1, 2)), hand_back(maps)


def _among_places(features: np.ndarray, query: np.ndarray) -> _Pair:
    x = features.reshape(len(features), -1).T
    weights = softmax(x @ x.T / math.sqrt(len(query)))
    return (weights @ x).mean(0), weights.mean(0).reshape(features.shape[1:])


def _over_channels(features: np.ndarray, query: np.ndarray) -> _Pair:
    weights = softmax(query * features.mean((1, 2)) / math.sqrt(len(query)))
    return weights * features.mean((1, 2)), weights


class _Step(NamedTuple):
    """One step done another way: what it gives, and what to say. What it takes depends on the step."""

    name: str
    does: Callable
    told: str


def _by(divisor: Callable[[np.ndarray], float]) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    return lambda features, query: _products(features, query) / divisor(features)


def _relu(scores: np.ndarray) -> np.ndarray:
    return np.maximum(scores, 0.0)


def _to_one(array: np.ndarray) -> np.ndarray:
    return array / array.sum()


# From features and query, the scores (H, W).
_SCORED = (
    _Step("no scaling", _products, "the scores are not divided by √C"),
    _Step("scaling by C instead of √C", _by(len), "the scores are divided by C, not by its root"),
    _Step("scaling by √(H·W)", _by(lambda f: math.sqrt(f[0].size)), "the scores are divided by the root of the number "
          "of places; C = len(query) counts"),
    _Step("multiplied by √C", _by(lambda f: 1 / math.sqrt(len(f))), "the scores are multiplied by √C, not divided"),
    _Step("scaling by √H", _by(lambda f: math.sqrt(f.shape[1])), "the scores are divided by √H; C = len(query) counts"),
    _Step("scaling by √W", _by(lambda f: math.sqrt(f.shape[2])), "the scores are divided by √W; is it features.shape["
          "-1]? C is the first axis, len(query)"),
    _Step("scaling by √(C·H·W)", _by(lambda f: math.sqrt(f.size)), "the scores are divided by the root of all numbers "
          "in features; C = len(query) counts"),
    _Step("scaling by H·W", _by(lambda f: f[0].size), "the scores are divided by the number of places; √C counts"),
    _Step("scaling by C²", _by(lambda f: len(f) ** 2), "the scores are divided by C²; √C counts"),
    _Step("scaled twice", lambda f, q: _products(f, q) / len(q) ** 0.75, "the scores are divided too often"),
    _Step("distance instead of the dot product", lambda f, q: -((f - q[:, None, None]) ** 2).sum(0) / math.sqrt(len(q)),
          "the scores are (minus) squared distances; a scaled dot product is asked for"),
    _Step("distance instead of the dot product", lambda f, q: -((f - q[:, None, None]) ** 2).sum(0),
          "the scores are (minus) squared distances; a scaled dot product is asked for"),
    _Step("distance instead of the dot product", lambda f, q: -np.sqrt(((f - q[:, None, None]) ** 2).sum(0)),
          "the scores are (minus) distances; a scaled dot product is asked for"),
    _Step("query left out", lambda f, q: f.sum(0) / math.sqrt(len(q)), "the query does not enter the scores: they are "
          "the sums of the features"),
    _Step("query left out", lambda f, q: f.mean(0), "the query does not enter the scores: they are the means of the "
          "features"),
    _Step("length of the features for the score", lambda f, q: (f**2).sum(0) / math.sqrt(len(q)), "the query does "
          "not enter the scores: each place is compared with itself"),
    _Step("sign turned round", lambda f, q: -_scores(f, q), "the sign is turned round: the place that answers the "
          "query least gets the most"),
    _Step("absolute scores", lambda f, q: np.abs(_scores(f, q)), "the scores lost their sign"),
    _Step("squared scores", lambda f, q: _scores(f, q) ** 2, "the scores are squared"),
    _Step("negative scores cut off", lambda f, q: _relu(_scores(f, q)), "negative scores were set to 0"),
    _Step("greatest product for the score", lambda f, q: (f * q[:, None, None]).max(0) / math.sqrt(len(q)), "the score "
          "of a place is its greatest product; a dot product adds them all up"),
    _Step("features of length 1", lambda f, q: _products(f / np.linalg.norm(f, axis=0), q) / math.sqrt(len(q)), "the "
          "features were brought to length 1 first"),
    _Step("query of length 1", lambda f, q: _products(f, q / np.linalg.norm(q)), "the query was brought to length 1"),
    _Step("only the first channel", lambda f, q: f[0] * q[0] / math.sqrt(len(q)), "only the first channel enters the "
          "scores; a dot product adds up over all"),
    _Step("query reversed", lambda f, q: _scores(f, q[::-1]), "the query meets the channels in the reverse order"),
)  # fmt: skip
# From the scores, the weights (H, W).
_SHARED_OUT = (
    _Step("a softmax for each row of the picture", softmax, "each row of the picture shares out 1 of its own"),
    _Step("a softmax for each column of the picture", lambda x: softmax(x, 0), "each column of the picture shares "
          "out 1 of its own"),
    _Step("all weight on the best place", _hard, "the best place has a weight of 1 and all others 0"),
    _Step("not normalised", np.exp, "exp(scores) is not divided by its sum"),
    _Step("shares without exp", _to_one, "the scores are divided by their sum, without exp"),
    _Step("a gate instead of a softmax", _gate, "each weight is a sigmoid by itself"),
    _Step("greatest weight made 1", lambda x: np.exp(x - x.max()), "the weights are divided by the greatest, not by "
          "the sum"),
    _Step("scores instead of weights", np.copy, "there is no softmax: these are scores"),
    _Step("everywhere alike", lambda x: np.full_like(x, 1 / x.size), "all weights are alike, 1/(H · W): the scores do "
          "not enter"),
    _Step("softmax twice", lambda x: _over_the_picture(_over_the_picture(x)), "a second softmax of the weights made "
          "them nearly even"),
    _Step("shares of gates", lambda x: _to_one(_gate(x)), "sigmoids are divided by their sum; exp is asked for"),
    _Step("powers of 2", lambda x: _to_one(2.0**x), "these are powers of 2; the softmax takes np.exp"),
    _Step("squares", lambda x: _to_one(x**2), "these are shares of the squares; the softmax takes np.exp"),
    _Step("positive scores only", lambda x: _to_one(_relu(x)), "negative scores got 0 and the others share in "
          "proportion; the softmax takes np.exp"),
    _Step("absolute shares", lambda x: _to_one(np.abs(x)), "the scores lost their sign and share in proportion; "
          "the softmax takes np.exp"),
    _Step("from the smallest up", lambda x: _to_one(x - x.min()), "the smallest score was taken off and the rest "
          "shares in proportion; the softmax takes np.exp"),
    _Step("scaled between 0 and 1", lambda x: (x - x.min()) / (x.max() - x.min()), "the scores are stretched between "
          "0 and 1; the softmax takes exp and divides by the sum"),
    _Step("logarithms of the weights", lambda x: np.log(_over_the_picture(x)), "these are logarithms of weights; "
          "np.exp makes weights of them"),
    _Step("rows, then columns", lambda x: softmax(softmax(x), 0), "a softmax runs along the rows and another down the "
          "columns; one is asked for, over all places"),
    _Step("mean of two softmaxes", lambda x: (softmax(x) + softmax(x, 0)) / 2, "two softmaxes, along rows and columns, "
          "were averaged; one is asked for, over all places"),
    _Step("product of two softmaxes", lambda x: softmax(x) * softmax(x, 0), "two softmaxes, along rows and columns, "
          "were multiplied; one is asked for, over all places"),
    _Step("rows, shared out again", lambda x: softmax(x) / len(x), "each row of the picture got the same share; all "
          "places compete"),
    _Step("columns, shared out again", lambda x: softmax(x, 0) / x.shape[1], "each column of the picture got the same "
          "share; all places compete"),
    _Step("mean of exponentials", lambda x: np.exp(x) / np.exp(x).mean(), "exp(scores) is divided by its mean, not by "
          "its sum"),
)  # fmt: skip
# From features and weights, the context (C,).
_MIXED_UP = (
    _Step("mean of the weighted features", lambda f, w: (f * w).mean((1, 2)), "the context is a mean of the weighted "
          "features, not their sum"),
    _Step("mean pooling", lambda f, w: f.mean((1, 2)), "the context is the plain mean; the weights do nothing in it"),
    _Step("only the best place", lambda f, w: f[:, *np.unravel_index(w.argmax(), w.shape)], "the context is the "
          "features of the best place alone"),
    _Step("max pooling", lambda f, w: f.max((1, 2)), "the context is the maximum of each channel"),
    _Step("weighted features not added up", lambda f, w: f * w, "the weighted features are not added up"),
    _Step("added up over the channels", lambda f, w: (f * w).sum(0), "the weighted features are added up over the "
          "channels; the places are to be added up"),
    _Step("added up over the rows only", lambda f, w: (f * w).sum(1), "the weighted features are added up down the "
          "columns only; axis=(1, 2) adds up all places"),
    _Step("added up over the columns only", lambda f, w: (f * w).sum(2), "the weighted features are added up along "
          "the rows only; axis=(1, 2) adds up all places"),
    _Step("added up over everything", lambda f, w: (f * w).sum(), "the weighted features are added up over the "
          "channels as well; a context has C numbers"),
    _Step("sum of the features", lambda f, w: f.sum((1, 2)), "the context is the plain sum; the weights do nothing in "
          "it"),
    _Step("greatest weighted features", lambda f, w: (f * w).max((1, 2)), "the context is the maximum of the weighted "
          "features, not their sum"),
    _Step("weights used twice", lambda f, w: _mixed(f, w**2), "each place is multiplied by its weight twice"),
    _Step("weights turned", lambda f, w: f.reshape(len(f), -1) @ w.T.ravel(), "the weights lie in another order "
          "than the features: one of the two was read column by column"),
    _Step("weights reversed", lambda f, w: f.reshape(len(f), -1) @ w.ravel()[::-1], "the weights meet the places in "
          "the reverse order"),
    _Step("features in columns", lambda f, w: (f * w).reshape(len(f), -1).T, "the weighted features are not added up"),
    _Step("mean added", lambda f, w: _mixed(f, w) + f.mean((1, 2)), "the mean of the picture was added"),
    _Step("mean taken off", lambda f, w: _mixed(f, w) - f.mean((1, 2)), "the mean of the picture was taken off"),
    _Step("brought to length 1", lambda f, w: _mixed(f, w) / np.linalg.norm(_mixed(f, w)), "the context was brought to "
          "length 1"),
    _Step("softmax of the context", lambda f, w: softmax(_mixed(f, w)), "a softmax was taken of the context"),
)  # fmt: skip
# From context and weights, what is given back.
_HANDED_BACK = (
    _Step("weights left flat", lambda c, w: (c, w.ravel()), "your weights are a flat list; they should lie over the "
          "picture, (H, W)"),
    _Step("weights before context", lambda c, w: (w, c), "the context comes first: return context, weights"),
    _Step("context alone", lambda c, w: c, "the weights were not given back"),
    _Step("weights alone", lambda c, w: w, "the context was not given back"),
    _Step("rows and columns of the weights exchanged", lambda c, w: (c, w.T), "your map of weights has shape (W, H)"),
    _Step("an axis too many in the context", lambda c, w: (c[None], w), "your context has an axis too many, (1, C)"),
    _Step("weights upside down", lambda c, w: (c, w[::-1]), "your map of weights is upside down"),
    _Step("weights from right to left", lambda c, w: (c, w[:, ::-1]), "your map of weights is turned from right to "
          "left"),
    _Step("weights stretched", lambda c, w: (c, w / w.max()), "the weights given back are divided by the greatest"),
    _Step("weights stretched between 0 and 1", lambda c, w: (c, (w - w.min()) / (w.max() - w.min())), "the weights "
          "given back are stretched between 0 and 1, as for a picture"),
    _Step("one place in the map", lambda c, w: (c, _hard(w)), "the map given back has only the best place; the weights "
          "are asked for"),
    _Step("place instead of the map", lambda c, w: (c, np.array(np.unravel_index(w.argmax(), w.shape))), "the place "
          "of the greatest weight was given back; the weights are asked for"),
    _Step("place instead of the map", lambda c, w: (c, w.argmax()), "the number of the best place was given back; the "
          "weights are asked for"),
    _Step("weights in per cent", lambda c, w: (c, 100 * w), "the weights given back are in per cent"),
    _Step("weights times the places", lambda c, w: (c, w * w.size), "the weights given back are multiplied by the "
          "number of places"),
    _Step("logarithms of the weights", lambda c, w: (c, np.log(w)), "the weights given back are logarithms"),
    _Step("weights of the columns", lambda c, w: (c, w.sum(0)), "the weights given back are added up down the columns"),
    _Step("weights of the rows", lambda c, w: (c, w.sum(1)), "the weights given back are added up along the rows"),
    _Step("a map for each channel", lambda c, w: (c, np.repeat(w[None], len(c), 0)), "the weights given back are there "
          "once for each channel; one map is asked for"),
    _Step("even weights", lambda c, w: (c, np.full_like(w, 1 / w.size)), "the weights given back are all alike"),
)  # fmt: skip
_RIGHT_STEPS = (_scores, _over_the_picture, _mixed, lambda c, w: (c, w))
_FOUR_STEPS = "One score for each place, features · query / √C; one softmax over all; the sum of weight · features."


def _done(*wrong: tuple[int, _Step]) -> Misconception:
    """The four steps, of which these, by their number, are done another way."""

    def mistake(features: np.ndarray, query: np.ndarray) -> object:
        does = list(_RIGHT_STEPS)
        for number, step in wrong:
            does[number] = step.does
        score, share, mix, hand_back = does
        weights = share(score(features, query))
        return hand_back(mix(features, weights), weights)

    told = "; and ".join(step.told for _, step in wrong)
    begin = "Two things: " if len(wrong) == 2 else "All steps but one are right: "
    return Misconception(", and ".join(step.name for _, step in wrong), mistake, f"{begin}{told}. {_FOUR_STEPS}")


_OTHER_STEPS = (
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
)


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
            "value of a place is its score",
            lambda features, query: (
                (_attended(features, query)[1] * _scores(features, query)).sum(),
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
            "cosine, divided by √C",
            _weighted(lambda features, query: _over_the_picture(_cosines(features, query) / math.sqrt(len(query)))),
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
        *_OTHER_STEPS,
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


# The weights of the first sum to 1, the greatest lies outside the box, and neither the box nor the map leaves room for
# two mistakes with the same number; the second is a map of gates, which do not sum to 1.
_BRIGHT = _to_one(np.random.default_rng(32).integers(1, 100, size=(16, 13)) ** 1.5)
_BOXES = (
    (_BRIGHT, (5, 2, 8, 4)),
    (_GENERATOR.uniform(0.05, 0.95, size=(5, 7)).round(2), (1, 3, 2, 4)),
    (_BRIGHT.T, (1, 4, 2, 1)),
    (_BRIGHT, (0, 0, 16, 13)),
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


def _part(weights: Weights, corners: tuple[int, int, int, int]) -> np.ndarray:
    top, left, bottom, right = corners
    return weights[top:bottom, left:right]


def _slice(weights: Weights, box: Box) -> np.ndarray:
    return weights[box[0] : box[0] + box[2], box[1] : box[1] + box[3]]


def _row_sums(weights: Weights, box: Box, axis: int) -> np.ndarray:
    return _slice(weights, box).sum(axis) / weights.sum()


class _Corners(NamedTuple):
    """Where the box lies: first row, first column, and one past the last of each."""

    name: str
    of: Callable[[int, int, int, int], tuple[int, int, int, int]]  # from top, left, height, width
    told: str


_BOX_IS = "The box is weights[top : top + height, left : left + width]."
_MISPLACED = (
    _Corners("last row missing", lambda y, x, h, w: (y, x, y + h - 1, x + w), "the last row of the box is missing"),
    _Corners("last column missing", lambda y, x, h, w: (y, x, y + h, x + w - 1), "the last column is missing"),
    _Corners("first row missing", lambda y, x, h, w: (y + 1, x, y + h, x + w), "the first row of the box is missing"),
    _Corners("first column missing", lambda y, x, h, w: (y, x + 1, y + h, x + w), "the first column is missing"),
    _Corners("a border missing", lambda y, x, h, w: (y + 1, x + 1, y + h - 1, x + w - 1), "the border is missing"),
    _Corners("a border too many", lambda y, x, h, w: (y - 1, x - 1, y + h + 1, x + w + 1), "there is a border "
         "too many"),
    _Corners("a row too many above", lambda y, x, h, w: (y - 1, x, y + h, x + w), "there is a row too many above"),
    _Corners("a column too many", lambda y, x, h, w: (y, x - 1, y + h, x + w), "there is a column too many"),
    _Corners("a row and a column too many in front", lambda y, x, h, w: (y - 1, x - 1, y + h, x + w), "there is a row "
             "and a column too many in front"),
    _Corners("a place too low", lambda y, x, h, w: (y + 1, x + 1, y + h + 1, x + w + 1), "the box lies a row too low "
             "and a column too far right"),
    _Corners("a row too high", lambda y, x, h, w: (y - 1, x, y + h - 1, x + w), "the box lies a row too high"),
    _Corners("a row too low", lambda y, x, h, w: (y + 1, x, y + h + 1, x + w), "the box lies a row too low"),
    _Corners("a column too far left", lambda y, x, h, w: (y, x - 1, y + h, x + w - 1), "the box lies a column too far "
             "left"),
    _Corners("a column too far right", lambda y, x, h, w: (y, x + 1, y + h, x + w + 1), "the box lies a column too far "
             "right"),
    _Corners("middle of the box", lambda y, x, h, w: (y - h // 2, x - w // 2, y - h // 2 + h, x - w // 2 + w), "top "
             "and left are taken for the middle of the box; they are its upper left corner"),
    _Corners("middle of the box", lambda y, x, h, w: (y - h // 2, x - w // 2, y + h // 2, x + w // 2), "top and left "
             "are taken for the middle of the box; they are its upper left corner"),
    _Corners("middle of the box", lambda y, x, h, w: (y - h // 2, x - w // 2, y + h // 2 + 1, x + w // 2 + 1), "top "
             "and left are taken for the middle of the box; they are its upper left corner"),
    _Corners("from the corner of the picture", lambda y, x, h, w: (0, 0, h, w), "the box begins at the corner of the "
             "picture"),
    _Corners("from the corner of the picture to the end", lambda y, x, h, w: (0, 0, y + h, x + w), "the box begins at "
             "the corner of the picture"),
    _Corners("to the end of the picture", lambda y, x, h, w: (y, x, 99, 99), "the box goes on to the end of the "
         "picture"),
    _Corners("rows to the end of the picture", lambda y, x, h, w: (y, x, 99, x + w), "the box goes on to the lower end "
             "of the picture"),
    _Corners("columns to the end of the picture", lambda y, x, h, w: (y, x, y + h, 99), "the box goes on to the right "
             "end of the picture"),
    _Corners("height taken for the bottom", lambda y, x, h, w: (y, x, h, x + w), "height is taken for the bottom: the "
             "box ends at top + height"),
    _Corners("width taken for the right end", lambda y, x, h, w: (y, x, y + h, w), "width is taken for the right end: "
             "the box ends at left + width"),
    _Corners("corners in the order x, y", lambda y, x, h, w: (x, y, w, h), "the four numbers are taken for x and y of "
             "two corners"),
    _Corners("ends included, as corners", lambda y, x, h, w: (y, x, h + 1, w + 1), "height and width are taken for the "
             "last row and column"),
    _Corners("a square box", lambda y, x, h, w: (y, x, y + h, x + h), "the box is as wide as it is high"),
    _Corners("a square box", lambda y, x, h, w: (y, x, y + w, x + w), "the box is as high as it is wide"),
    _Corners("height and width first", lambda y, x, h, w: (h, w, h + y, w + x), "the box is read as (height, width, "
             "top, left)"),
    _Corners("width and height first", lambda y, x, h, w: (h, y, 99, 99), "the box is read in another order"),
    _Corners("rows and columns in pairs", lambda y, x, h, w: (y, h, y + x, h + w), "the box is read as (top, height, "
             "left, width)"),
    _Corners("ends exchanged", lambda y, x, h, w: (y, x, y + h, y + w), "a wrong number is added to the width: the "
             "columns end at left + width"),
    _Corners("ends exchanged", lambda y, x, h, w: (y, x, x + h, x + w), "a wrong number is added to the height: the "
             "rows end at top + height"),
    _Corners("ends exchanged", lambda y, x, h, w: (y, x, x + h, y + w), "top and left are exchanged where the box "
             "ends"),
    _Corners("upper left cell only", lambda y, x, h, w: (y, x, y + 1, x + 1), "only the upper left cell of the box is "
             "taken"),
    _Corners("lower right cell only", lambda y, x, h, w: (y + h - 1, x + w - 1, y + h, x + w), "only the last cell of "
             "the box is taken"),
    _Corners("cell behind the box", lambda y, x, h, w: (y + h, x + w, y + h + 1, x + w + 1), "only the cell behind the "
             "box is taken"),
    _Corners("first row of the box only", lambda y, x, h, w: (y, x, y + 1, x + w), "only the first row of the box is "
             "taken"),
    _Corners("last row of the box only", lambda y, x, h, w: (y + h - 1, x, y + h, x + w), "only the last row of the "
             "box is taken"),
    _Corners("first column of the box only", lambda y, x, h, w: (y, x, y + h, x + 1), "only the first column of the "
             "box is taken"),
    _Corners("box in pixels", lambda y, x, h, w: (y // 4, x // 4, round((y + h) / 4), round((x + w) / 4)), "the box is "
             "divided by 4, as if it were in pixels; it is in cells"),
    _Corners("box in pixels", lambda y, x, h, w: (y // 4, x // 4, (y + h) // 4, (x + w) // 4), "the box is divided by "
             "4, as if it were in pixels; it is in cells"),
    _Corners("box in pixels", lambda y, x, h, w: (y // 4, x // 4, -(-(y + h) // 4), -(-(x + w) // 4)), "the box is "
             "divided by 4, as if it were in pixels; it is in cells"),
    _Corners("box in pixels", lambda y, x, h, w: (y // 2, x // 2, (y + h) // 2, (x + w) // 2), "the box is divided by "
             "2, as if it were in pixels; it is in cells"),
)  # fmt: skip


def _inner(weights: Weights, box: Box) -> np.ndarray:
    return weights[_inside(weights, box)]


def _from_below(weights: Weights, box: Box) -> float:
    return _mass(weights[::-1], box)


def _cells(weights: Weights, box: Box) -> tuple[float, float]:
    """How many cells of the box there are, and how many in all."""
    return float(box[2] * box[3]), float(weights.size)


_A_SHARE = "Asked for is the weight in the box, divided by all weight."
_MEASURED = tuple(
    _Step(name, does, told)
    for name, does, told in (
        ("inside by outside", lambda x, box: np.divide(_mass(x, box), 1 - _mass(x, box)), "{got} is weight inside by "
         "weight outside. The whole is both together, weights.sum()."),
        ("outside by inside", lambda x, box: 1 / _mass(x, box) - 1, "{got} is weight outside by weight inside."),
        ("all by inside", lambda x, box: 1 / _mass(x, box), "{got} is all weight by the weight inside, upside down."),
        ("inside less outside", lambda x, box: 2 * _mass(x, box) - 1, "{got} is the share inside less the share "
         "outside."),
        ("share less the share of the area", lambda x, box: _mass(x, box) - box[2] * box[3] / x.size, "{got} is how "
         "much more lies in the box than if the weight were spread evenly."),
        ("mean inside less mean outside", lambda x, box: _inner(x, box).mean() - x[~_inside(x, box)].mean(), "{got} is "
         "the mean weight inside less that outside."),
        ("mean inside by mean outside", lambda x, box: _inner(x, box).mean() / x[~_inside(x, box)].mean(), "{got} is "
         "the mean weight inside by that outside."),
        ("columns of the box not added up", lambda x, box: _row_sums(x, box, 0), "{got} has a number for each column: "
         "only the rows were added up."),
        ("rows of the box not added up", lambda x, box: _row_sums(x, box, 1), "{got} has a number for each row: only "
         "the columns were added up."),
        ("each column by its own sum", lambda x, box: _slice(x, box).sum(0) / x.sum(0)[box[1] : box[1] + box[3]],
         "{got} has a share for each column."),
        ("each row by its own sum", lambda x, box: _slice(x, box).sum(1) / x.sum(1)[box[0] : box[0] + box[2]],
         "{got} has a share for each row."),
        ("each weight by the weight of the box", lambda x, box: _slice(x, box) / _slice(x, box).sum(), "{got} was "
         "divided by the weight in the box."),
        ("divided by the height", lambda x, box: _mass(x, box) / box[2], "{got} is divided by the height as well."),
        ("divided by the width", lambda x, box: _mass(x, box) / box[3], "{got} is divided by the width as well."),
        ("divided by the rows of the picture", lambda x, box: _mass(x, box) / len(x), "{got} is divided by the number "
         "of rows as well."),
        ("divided by the columns of the picture", lambda x, box: _mass(x, box) / x.shape[1], "{got} is divided by the "
         "number of columns as well."),
        ("multiplied by the area", lambda x, box: _mass(x, box) * box[2] * box[3], "{got} is multiplied by the area of "
         "the box."),
        ("divided by the greatest", lambda x, box: _inner(x, box).sum() / x.max(), "{got} is divided by the greatest "
         "weight."),
        ("greatest inside by the greatest", lambda x, box: _inner(x, box).max() / x.max(), "{got} is the greatest "
         "weight inside by the greatest of all."),
        ("median of the box", lambda x, box: np.median(_inner(x, box)), "{got} is the median of the weights inside."),
        ("smallest weight in the box", lambda x, box: _inner(x, box).min(), "{got} is the smallest weight inside."),
        ("share of the area left", lambda x, box: 1 - box[2] * box[3] / x.size, "{got} is the share of the *area* "
         "outside the box."),
        ("cells above the mean", lambda x, box: (_inner(x, box) > x.mean()).mean(), "{got} is how many cells of the "
         "box are above the mean."),
        ("bright cells in the box", lambda x, box: (_inner(x, box) > x.mean()).sum() / (x > x.mean()).sum(), "{got} is "
         "how many of the cells above the mean lie in the box."),
        ("squares", lambda x, box: (_inner(x, box) ** 2).sum() / (x**2).sum(), "{got} is a share of squared weights."),
        ("root of the squares", lambda x, box: math.sqrt((_inner(x, box) ** 2).sum() / (x**2).sum()), "{got} is a "
         "share of lengths, the roots of squared weights."),
        ("logarithm", lambda x, box: math.log(_mass(x, box)), "{got} is the logarithm of the share."),
        ("mean of the map", lambda x, box: x.mean(), "{got} is the mean of the whole map."),
        ("rows from below", _from_below, "{got} lies in the box counted from below. Row 0 is the upper one."),
        ("columns from the right", lambda x, box: _mass(x[:, ::-1], box), "{got} lies in the box counted from the "
         "right. Column 0 is the left one."),
        ("per cent outside", lambda x, box: 100 * (1 - _mass(x, box)), "{got} is the share *outside*, in per cent."),
        ("map less its smallest", lambda x, box: _mass(x - x.min(), box), "{got}: the smallest weight was taken off "
         "first, as one does for a picture on the screen."),
        ("per mille", lambda x, box: 1000 * _mass(x, box), "{got} is the share times 1000."),
        ("rounded", lambda x, box: round(_mass(x, box), 1), "{got} is rounded. Give the share as it is."),
    )
)  # fmt: skip
_MISMEASURED = (
    *(Misconception(step.name, step.does, f"{step.told} {_A_SHARE}") for step in _MEASURED),
    *(
        Misconception(corners.name, _boxed(corners.of), f"{{got}}: {corners.told}. {_BOX_IS}")
        for corners in _MISPLACED
    ),
    *(
        Misconception(
            f"{name}, and {measure}",
            lambda weights, box, corners=corners, of=of: of(_part(weights, corners(*box)), weights),
            f"{{got}}: two things. {told}; and {also}. {_BOX_IS} {_A_SHARE}",
        )
        for name, corners, told in (
            ("height and width taken for bottom and right", lambda y, x, h, w: (y, x, h, w), "Height and width are "
             "taken for the lower right corner"),
            ("height and width exchanged", lambda y, x, h, w: (y, x, y + w, x + h), "Height and width are exchanged"),
            ("top and left exchanged", lambda y, x, h, w: (x, y, x + h, y + w), "Top and left are exchanged"),
            ("rows and columns of the box exchanged", lambda y, x, h, w: (x, y, x + w, y + h), "Rows and columns are "
             "exchanged"),
            ("ends included", lambda y, x, h, w: (y, x, y + h + 1, x + w + 1), "There is a row and a column too many"),
        )
        for measure, of, also in (
            ("a mean", lambda part, x: part.mean(), "a mean was taken, not a share"),
            ("weight outside", lambda part, x: 1 - part.sum() / x.sum(), "this is the share outside"),
            ("per cent", lambda part, x: 100 * part.sum() / x.sum(), "this is in per cent"),
            ("inside by outside", lambda part, x: part.sum() / (x.sum() - part.sum()), "this is inside by outside"),
            ("divided by all cells", lambda part, x: part.sum() / x.size, "it was divided by the number of cells"),
        )
    ),
)  # fmt: skip


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
            "pointing game, or an empty box",
            lambda weights, box: float(_inside(weights, box).ravel()[weights.argmax()]),
            "{got}: nothing was found in the box. Either its slice is empty, since it ends before it begins or was "
            "counted in pixels and not in cells; or you asked whether the *greatest* weight lies in the box, the "
            "pointing game of section 5, which knows only 0 and 1. Here all weight in the box counts.",
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
        *_MISMEASURED,
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


def _relued(array: np.ndarray) -> np.ndarray:
    return np.maximum(array, 0.0)


def _normalised(array: np.ndarray) -> np.ndarray:
    return (array - array.mean(-1, keepdims=True)) / array.std(-1, keepdims=True)


_PROJECT = _Step("right", lambda patches, W: patches @ W, "")
_PROJECTED = (
    _Step("no projection", lambda patches, W: patches, "the pixels are not projected by W"),
    _Step("W before the patches", lambda patches, W: W @ patches, "the product is W @ patches, not patches @ W"),
    _Step("W transposed", lambda patches, W: patches @ W.T, "W is transposed; it is (p, d) as it is"),
    _Step("multiplied number by number", lambda patches, W: patches * W, "* multiplies number by number; @ is "
         "asked for"),
    _Step("scaled by √d", lambda patches, W: patches @ W * math.sqrt(W.shape[1]), "the product is multiplied by √d"),
    _Step("divided by √d", lambda patches, W: patches @ W / math.sqrt(W.shape[1]), "the product is divided by √d"),
    _Step("a ReLU after the projection", lambda patches, W: _relued(patches @ W), "a ReLU follows the projection"),
    _Step("patches transposed", lambda patches, W: patches.T @ W, "the patches are transposed; rows are patches"),
    _Step("product transposed", lambda patches, W: (patches @ W).T, "the product is transposed; rows are patches"),
    _Step("divided by their number", lambda patches, W: patches @ W / len(W), "the product is divided by p or d"),
    _Step("a tanh after the projection", lambda patches, W: np.tanh(patches @ W), "a tanh follows the projection"),
    _Step("a sigmoid after the projection", lambda patches, W: 1 / (1 + np.exp(-patches @ W)), "a sigmoid follows the "
          "projection"),
    _Step("a GELU after the projection", lambda patches, W: F.gelu(torch.as_tensor(patches @ W)).numpy(), "a GELU "
          "follows the projection"),
    _Step("a softmax after the projection", lambda patches, W: softmax(patches @ W), "a softmax follows the "
         "projection"),
    _Step("a norm after the projection", lambda patches, W: _normalised(patches @ W), "each projected patch was "
          "normalised"),
    _Step("a norm before the projection", lambda patches, W: _normalised(patches) @ W, "each patch was normalised "
          "first"),
    _Step("mean taken off before the projection", lambda patches, W: (patches - patches.mean(-1, keepdims=True)) @ W,
          "the mean of each patch was taken off first"),
    _Step("patches of length 1", lambda patches, W: patches / np.linalg.norm(patches, axis=-1, keepdims=True) @ W,
          "each patch was brought to length 1 first"),
    _Step("a ReLU before the projection", lambda patches, W: _relued(patches) @ W, "negative pixels were set to 0"),
    _Step("the mean patch for all", lambda patches, W: np.repeat((patches @ W).mean(0)[None], len(patches), 0), "every "
          "token is made from the mean patch"),
    _Step("the sum of the patches for all", lambda patches, W: (patches @ W).sum(0) + np.zeros((len(patches), 1)),
          "every token is made from the sum of the patches"),
    _Step("the first patch for all", lambda patches, W: patches[0] @ W + np.zeros((len(patches), 1)), "every token is "
          "made from the first patch"),
    _Step("the last patch for all", lambda patches, W: patches[-1] @ W + np.zeros((len(patches), 1)), "every token is "
          "made from the last patch"),
    _Step("patches from the end", lambda patches, W: patches[::-1] @ W, "the patches stand in the reverse order"),
    _Step("sign turned round", lambda patches, W: -(patches @ W), "the projection has the opposite sign"),
    _Step("mean of each patch", lambda patches, W: patches.mean(-1, keepdims=True) + 0 * (patches @ W), "W is missing: "
          "a patch is its mean"),
    _Step("sum of each patch", lambda patches, W: patches.sum(-1, keepdims=True) + 0 * (patches @ W), "W is missing: a "
          "patch is its sum"),
    _Step("mean of the projection", lambda patches, W: (patches @ W).mean(-1, keepdims=True), "each projected patch is "
          "replaced by its mean"),
    _Step("projection rounded", lambda patches, W: np.round(patches @ W), "the projection is rounded"),
    _Step("fractions lost", lambda patches, W: np.trunc(patches @ W), "the fractions are lost: an array of "
         "whole numbers"),
    _Step("projected twice", lambda patches, W: patches @ W @ W, "W was multiplied twice"),
    _Step("pixels kept", lambda patches, W: patches + patches @ W, "the pixels were added to the projection"),
)  # fmt: skip


def _sines(N: int, d: int, halves: bool = False) -> np.ndarray:
    angles = np.arange(N)[:, None] / 10_000 ** (np.arange(0, d, 2) / d)
    if halves:
        return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)[:, :d]
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(N, -1)[:, :d]


_ADD = _Step("right", lambda positions: positions, "")
_ADDED = (
    _Step("positions forgotten", np.zeros_like, "no positions are added"),
    _Step("one position for all", lambda positions: positions[0], "all got the position of the first"),
    _Step("the last position for all", lambda positions: positions[-1], "all got the position of the last"),
    _Step("the sum of the positions for all", lambda positions: positions.sum(0), "all got the sum of the positions"),
    _Step("the mean of the positions for all", lambda positions: positions.mean(0), "all got the mean of the "
         "positions"),
    _Step("positions in the reverse order", lambda positions: positions[::-1], "the first patch got the last position"),
    _Step("positions transposed", lambda positions: positions.T, "the positions are transposed"),
    _Step("positions subtracted", np.negative, "the positions are subtracted"),
    _Step("positions twice", lambda positions: 2 * positions, "the positions are added twice"),
    _Step("half the positions", lambda positions: positions / 2, "half of each position is added"),
    _Step("positions made small", lambda positions: 0.1 * positions, "a tenth of each position is added"),
    _Step("positions made small", lambda positions: 0.02 * positions, "a fiftieth of each position is added"),
    _Step("positions scaled by √d", lambda positions: positions * math.sqrt(positions.shape[1]), "the positions are "
          "multiplied by √d"),
    _Step("positions divided by √d", lambda positions: positions / math.sqrt(positions.shape[1]), "the positions are "
          "divided by √d"),
    _Step("positions divided by d", lambda positions: positions / positions.shape[1], "the positions are divided by d"),
    _Step("positions moved down", lambda positions: np.roll(positions, 1, 0), "each patch got the position of the one "
          "before: is a class token counted?"),
    _Step("positions moved up", lambda positions: np.roll(positions, -1, 0), "each patch got the position of the one "
          "after: is a class token counted?"),
    _Step("positions added up", lambda positions: positions.cumsum(0), "each patch got all positions up to its own"),
    _Step("one number of each position", lambda positions: positions[:, :1], "only the first number of each position "
          "is added"),
    _Step("sum of each position", lambda positions: positions.sum(1, keepdims=True), "each patch got the sum of its "
          "position's numbers"),
    _Step("mean of each position", lambda positions: positions.mean(1, keepdims=True), "each patch got the mean of its "
          "position's numbers"),
    _Step("positions normalised", _normalised, "the positions are normalised"),
    _Step("positions through a softmax", softmax, "the positions went through a softmax"),
    _Step("positions through a sine", np.sin, "the positions went through a sine; they are learned, and added as they "
          "are"),
    _Step("number of the place, from 1", lambda positions: np.arange(1.0, len(positions) + 1)[:, None], "the number of "
          "the place is added, counted from 1; a position is a row of its own"),
    _Step("sum of all positions", lambda positions: positions.sum(), "one number is added, the sum of all positions"),
    _Step("mean of all positions", lambda positions: positions.mean(), "one number is added, the mean of all "
         "positions"),
    _Step("position of the first patch only", lambda positions: positions * (np.arange(len(positions)) == 0)[:, None],
          "only the first patch got its position"),
    _Step("position of the last patch only", lambda positions: positions * (np.arange(len(positions)) == len(positions)
                                                                          - 1)[:, None],
          "only the last patch got its position"),
    _Step("first patch without position", lambda positions: positions * (np.arange(len(positions)) > 0)[:, None], "the "
          "first patch got no position"),
    _Step("sines instead of the positions", lambda positions: _sines(*positions.shape), "sines and cosines are added, "
          "and positions is left out"),
    _Step("sines as well", lambda positions: positions + _sines(*positions.shape), "sines and cosines are added as "
          "well"),
    _Step("sines, one half after the other", lambda positions: _sines(*positions.shape, halves=True), "sines and "
          "cosines are added, and positions is left out"),
    _Step("number of the place, as a share", lambda positions: np.arange(len(positions))[:, None] / len(positions),
          "the number of the place by N is added"),
    _Step("number of the place as well", lambda positions: positions + np.arange(len(positions))[:, None], "the number "
          "of the place is added as well"),
    _Step("number of the place as a factor", lambda positions: positions * np.arange(len(positions))[:, None], "each "
          "position is multiplied by the number of its place"),
    _Step("positions rounded", np.round, "the positions are rounded"),
    _Step("positions sorted", lambda positions: np.sort(positions, 0), "the positions were sorted"),
)  # fmt: skip
_EACH_PATCH_ITS_OWN = "Asked for is patches @ W + positions, row i of both for patch i."


def _token_mistake(project: _Step, add: _Step) -> Callable[..., np.ndarray]:
    return lambda patches, W, positions: project.does(patches, W) + add.does(positions)


_FINISHED = tuple(
    Misconception(name, mistake, f"{told} {_EACH_PATCH_ITS_OWN}")
    for name, mistake, told in (
        ("mean of token and position", lambda p, W, e: (p @ W + e) / 2, "You took the mean of token and position. The "
         "sum stays as it is; a norm sees to the size later."),
        ("a ReLU at the end", lambda p, W, e: _relued(p @ W + e), "A ReLU follows the sum; no layer comes here yet."),
        ("a tanh at the end", lambda p, W, e: np.tanh(p @ W + e), "A tanh follows the sum; no layer comes here yet."),
        ("a norm at the end", lambda p, W, e: _normalised(p @ W + e), "The tokens were normalised. That belongs to the "
         "blocks."),
        ("a softmax at the end", lambda p, W, e: softmax(p @ W + e), "A softmax was taken of each token. It belongs to "
         "attention's scores."),
        ("tokens of length 1", lambda p, W, e: (p @ W + e) / np.linalg.norm(p @ W + e, axis=-1, keepdims=True),
         "The tokens were brought to length 1."),
        ("sum over the patches", lambda p, W, e: (p @ W + e).sum(0), "You added up over the patches. Every patch keeps "
         "a token of its own."),
        ("maximum over the patches", lambda p, W, e: (p @ W + e).max(0), "You took the maximum over the patches. Every "
         "patch keeps a token of its own."),
        ("sum of each token", lambda p, W, e: (p @ W + e).sum(1), "You added up each token. It keeps its d numbers."),
        ("mean of each token", lambda p, W, e: (p @ W + e).mean(1), "You took the mean of each token. It keeps its d "
         "numbers."),
        ("last token only", lambda p, W, e: (p @ W + e)[-1], "Only the last token came: does a loop write over it?"),
        ("rounded", lambda p, W, e: np.round(p @ W + e), "The tokens are rounded."),
        ("fractions lost", lambda p, W, e: np.trunc(p @ W + e), "The fractions of the tokens are lost."),
        ("column of a position along the token", lambda p, W, e: p @ W + e[:, 0], "One number of each position was "
         "added along the token."),
        ("sums of the positions along the token", lambda p, W, e: p @ W + e.sum(1), "The positions were added up, and "
         "added along the token."),
        ("beside, before the projection", lambda p, W, e: np.concatenate([p, e], axis=1) @ W, "The positions were put "
         "beside the pixels, and W does not fit any more. They are added to what it gives."),
        ("tokens in one row", lambda p, W, e: (p @ W + e).ravel(), "All tokens are in one row. Rows are patches."),
        ("scaled by √d at the end", lambda p, W, e: (p @ W + e) * math.sqrt(W.shape[1]), "The sum is multiplied "
         "by √d."),
        ("divided by √d at the end", lambda p, W, e: (p @ W + e) / math.sqrt(W.shape[1]), "The sum is divided by √d."),
        ("positions multiplied and added", lambda p, W, e: p @ W * e + e, "The positions are multiplied and added."),
        ("positions as gates", lambda p, W, e: p @ W * (1 + e), "The positions multiply the tokens; they are added."),
        ("tokens compared", lambda p, W, e: (p @ W + e) @ (p @ W + e).T, "You went on to the products of all tokens, "
         "(N, N), the beginning of attention."),
        ("positions added to W", lambda p, W, e: p @ (W + e), "The positions were added to W, not to the tokens."),
        ("pixels times positions", lambda p, W, e: p @ e, "The patches were multiplied by the positions; W is "
         "missing."),
        ("positions times W", lambda p, W, e: e @ W, "The positions were multiplied by W; the patches are missing."),
        ("positions times W, and the pixels", lambda p, W, e: p + e @ W, "The positions were projected, the patches "
         "not: it is the other way round."),
        ("all three added", lambda p, W, e: p + W + e, "W was added; it multiplies, patches @ W."),
        ("positions twice, before and after", lambda p, W, e: (p + e) @ W + e, "The positions are added twice, before "
         "the projection and after it."),
        ("a place for the class at the end", lambda p, W, e: np.vstack([p @ W + e, np.zeros(W.shape[1])]), "Right but "
         "for a row at the end. No class token is asked for, (N, d)."),
        ("a place for the class in front, with ones", lambda p, W, e: np.vstack([np.ones(W.shape[1]), p @ W + e]),
         "Right but for a row in front. No class token is asked for, (N, d)."),
        ("the mean token in front", lambda p, W, e: np.vstack([(p @ W + e).mean(0), p @ W + e]), "Right but for a row "
         "in front. No class token is asked for, (N, d)."),
        ("a position in front", lambda p, W, e: np.vstack([e[0], p @ W + e]), "Right but for a row in front. No class "
         "token is asked for, (N, d)."),
        ("first token for the class", lambda p, W, e: (p @ W + e)[0], "Only the first token came. All are asked for."),
        ("first position for the class", lambda p, W, e: p @ W + e[1:], "One position is left out, as for a class "
         "token: positions[1:] or [:-1]. There is none here: as many positions as patches."),
        ("positions in front of the patch", lambda p, W, e: np.concatenate([e, p @ W], axis=1), "You put the position "
         "beside the projected patch, so that a token has 2 · d features. It is added."),
        ("positions above the patches", lambda p, W, e: np.concatenate([e, p @ W]), "You put the positions above the "
         "patches, and there are twice as many tokens. They are added."),
        ("every patch with every position", lambda p, W, e: (p @ W)[:, None] + e, "Every patch meets every position, "
         "(N, N, d). Row i of both belong together."),
        ("positions and tokens apart", lambda p, W, e: np.stack([p @ W, e]), "The two are stacked; they are added."),
    )
)  # fmt: skip
_OTHER_TOKENS = (
    *(
        Misconception(step.name, _token_mistake(step, _ADD), f"Your positions are right; but {step.told}. "
                      f"{_EACH_PATCH_ITS_OWN}")
        for step in _PROJECTED[6:]
    ),
    *(
        Misconception(step.name, _token_mistake(_PROJECT, step), f"Your projection is right; but {step.told}. "
                      f"{_EACH_PATCH_ITS_OWN}")
        for step in _ADDED[8:]
    ),
    *(
        Misconception(
            f"{project.name}, and a mistake in the positions",
            _token_mistake(project, add),
            f"Two things: {project.told}; and {add.told}. {_EACH_PATCH_ITS_OWN}",
        )
        for project in _PROJECTED[:7]
        for add in _ADDED[:6]
        if (project.name, add.name) != ("no projection", "positions forgotten")
    ),
    *_FINISHED,
)  # fmt: skip


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
        *_OTHER_TOKENS,
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


def _eye(layer: np.ndarray) -> np.ndarray:
    return np.eye(len(layer))


def _other_half(share: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda layer: share * layer + (1 - share) * _eye(layer)


_MIX = _Step("right", lambda layer: (layer + _eye(layer)) / 2, "")
_MIXED_MAPS = (
    _Step("identity forgotten", lambda layer: layer, "the maps have no identity in them"),
    _Step("identity added, not halved", lambda layer: layer + _eye(layer), "the identity is added and nothing halved"),
    _Step("halved, identity forgotten", lambda layer: layer / 2, "the maps are halved, and the identity is missing"),
    _Step("half of the sum with the whole identity", lambda layer: layer / 2 + _eye(layer), "only the map is halved"),
    _Step("identity halved, map not", lambda layer: layer + _eye(layer) / 2, "only the identity is halved"),
    _Step("0.5 added everywhere", lambda layer: (layer + 1) / 2, "0.5 is added everywhere, not on the diagonal only"),
    _Step("maps transposed", lambda layer: (layer.T + _eye(layer)) / 2, "each map is transposed"),
    _Step("a softmax of the map", lambda layer: softmax(layer + _eye(layer)), "a softmax is taken of each map with its "
          "identity; the weights are shares already, and half and half they sum to 1"),
    _Step("a softmax of the map", lambda layer: (softmax(layer) + _eye(layer)) / 2, "a softmax is taken of each map; "
          "its weights are shares already"),
    _Step("a softmax of the map", lambda layer: softmax((layer + _eye(layer)) / 2), "a softmax is taken of each mixed "
          "map; its rows sum to 1 already"),
    _Step("a softmax of the map", softmax, "a softmax is taken of each map; its weights are shares already, and half "
          "of each is to be the identity"),
    _Step("identity by a maximum", lambda layer: np.maximum(layer, _eye(layer)), "the diagonal is set to 1, "
          "or put in by a maximum; the map is halved, and half of the identity is added"),
    _Step("diagonal set to a half", lambda layer: layer * (1 - _eye(layer)) + _eye(layer) / 2, "the diagonal is set to "
          "0.5; the map is to be halved, and 0.5 added on the diagonal"),
    _Step("diagonal set to a half", lambda layer: (layer * (1 - _eye(layer)) + _eye(layer)) / 2, "the diagonal is set "
          "to 0.5, and what the map had there is lost"),
    _Step("diagonal taken out", lambda layer: layer * (1 - _eye(layer)), "the diagonal is taken out"),
    _Step("identity subtracted", lambda layer: (layer - _eye(layer)) / 2, "the identity is subtracted"),
    _Step("map and its transpose", lambda layer: (layer + layer.T) / 2, "each map is averaged with its own transpose, "
          "not with the identity"),
    _Step("multiplied by the identity", lambda layer: layer * _eye(layer), "the map is multiplied by the identity, "
          "which leaves the diagonal alone"),
    _Step("multiplied by the identity", lambda layer: layer * _eye(layer) / 2, "the map is multiplied by the identity, "
          "which leaves the diagonal alone"),
    _Step("multiplied by half of the identity", lambda layer: 0.5 * layer @ (0.5 * _eye(layer)), "the two halves are "
          "multiplied; they are added"),
    _Step("averaged over the heads once more", lambda layer: (layer.mean(0) + _eye(layer)) / 2, "each map was averaged "
          "over its rows; the heads are averaged already"),
    _Step("averaged over the heads once more", lambda layer: (layer.mean(0, keepdims=True) * np.ones_like(layer) / 2)
          + 0.0, "each map was averaged over its rows; the heads are averaged already"),
    *(
        _Step("shares other than half", _other_half(share), f"{share:.2g} of each is the map, not a half")
        for share in (0.9, 0.1, 0.8, 0.2, 0.75, 0.25, 0.7, 0.3, 0.6, 0.4, 2 / 3, 1 / 3)
    ),
    _Step("ones instead of the identity", lambda layer: layer + 1, "1 is added everywhere, not on the diagonal only"),
    _Step("identity turned", lambda layer: (layer + _eye(layer)[::-1]) / 2, "the ones stand on the other diagonal"),
    _Step("columns made to sum to 1", lambda layer: layer / layer.sum(0), "the columns are made to sum to 1"),
    _Step("quarters", lambda layer: (layer + _eye(layer)) / 4, "the sum is divided by 4"),
    _Step("halved twice", lambda layer: 0.5 * (0.5 * layer + _eye(layer)), "the map is halved twice"),
    _Step("halved twice", lambda layer: 0.5 * (layer + 0.5 * _eye(layer)), "the identity is halved twice"),
    _Step("divided by the number of tokens", lambda layer: (layer + _eye(layer)) / len(layer), "the sum is divided by "
          "T, not by 2"),
)  # fmt: skip
_TOGETHER = _Step("right", _product, "")
_PUT_TOGETHER = (
    _Step("product in the wrong order", lambda maps: _product(maps[::-1]), "the first layer stands on the left in the "
          "product; the later one belongs there, mixed @ result"),
    _Step("sum of the layers", sum, "the maps are added up, not multiplied"),
    _Step("mean of the layers", lambda maps: sum(maps) / len(maps), "the mean of the maps is taken, not their product"),
    _Step("maximum over the layers", lambda maps: np.max(maps, axis=0), "the maximum over the maps is taken, not their "
          "product"),
    _Step("minimum over the layers", lambda maps: np.min(maps, axis=0), "the minimum over the maps is taken, not their "
          "product"),
    _Step("maps multiplied number by number", lambda maps: np.prod(maps, axis=0), "the maps are multiplied number by "
          "number; @ is the matrix product"),
    _Step("last layer only", lambda maps: maps[-1], "only the last layer is there"),
    _Step("first layer only", lambda maps: maps[0], "only the first layer is there"),
    _Step("multiplied number by number from the identity", lambda maps: np.prod(maps, axis=0) * np.eye(len(maps[0])),
          "* instead of @, from the identity on, leaves the diagonal alone"),
    _Step("geometric mean", lambda maps: np.prod(maps, axis=0) ** (1 / len(maps)), "the geometric mean is taken number "
          "by number; @ is the matrix product"),
    _Step("mean of the maps, to a power", lambda maps: np.linalg.matrix_power(sum(maps) / len(maps), len(maps)), "the "
          "mean map is multiplied by itself, so that the order of the layers is lost"),
    _Step("last map, to a power", lambda maps: np.linalg.matrix_power(maps[-1], len(maps)), "the last map is "
          "multiplied by itself; each layer has a map of its own"),
    _Step("first map, to a power", lambda maps: np.linalg.matrix_power(maps[0], len(maps)), "the first map is "
          "multiplied by itself; each layer has a map of its own"),
    _Step("product from ones", lambda maps: _product([np.ones_like(maps[0]), *maps]), "the product begins with ones "
          "everywhere; it begins with np.eye(T)"),
    _Step("product transposed in turn", lambda maps: reduce(lambda result, one: one @ result.T, maps), "the result is "
          "transposed on the way"),
    _Step("last layer twice", lambda maps: _product([*maps, maps[-1]]), "the last layer is in the product twice"),
    _Step("all layers twice", lambda maps: _product([*maps, *maps]), "all layers are in the product twice"),
    _Step("divided by the number of layers", lambda maps: _product(maps) / len(maps), "the product is divided by the "
          "number of layers"),
    _Step("added on the way", lambda maps: reduce(lambda result, one: one @ result + result, maps), "each product is "
          "added to the result: x was counted in by the identity already"),
    _Step("averaged on the way", lambda maps: reduce(lambda result, one: (one @ result + result) / 2, maps), "each "
          "product is averaged with the result: x was counted in by the identity already"),
)  # fmt: skip
_HALF_AND_PRODUCT = "Each map is half itself, half identity; then result = mixed @ result, layer by layer."


def _rolled_out(mix: _Step, together: _Step) -> Callable[[list[np.ndarray]], np.ndarray]:
    return lambda layers: together.does([mix.does(layer) for layer in layers])


def _ring(layers: list[np.ndarray], first_input: bool, right: bool = False) -> np.ndarray:
    result = np.eye(len(layers[0]))
    for layer in layers:
        came = np.eye(len(layer)) if first_input else result
        result = (result @ layer if right else layer @ result) / 2 + came / 2
    return result


def _halved(result: np.ndarray) -> np.ndarray:
    return (result + np.eye(len(result))) / 2


def _stretched(result: np.ndarray) -> np.ndarray:
    return (result - result.min()) / (result.max() - result.min())


_FINISHED_ROLLOUT = tuple(
    Misconception(name, mistake, f"{told} {_HALF_AND_PRODUCT}")
    for name, mistake, told in (
        ("identity of the first input at every layer", lambda layers: _ring(layers, True), "After each layer you mixed "
         "in np.eye(T), the first input. The stream brings what it holds by then: half of layer @ result and half of "
         "result."),
        ("identity of the first input at every layer, in the wrong order", lambda layers: _ring(layers, True, True),
         "After each layer you mixed in np.eye(T), the first input; and the later layer belongs on the left."),
        ("identity at the end as well", lambda layers: _halved(_rollout(layers)), "Right, and then mixed with the "
         "identity once more."),
        ("identity added at the end", lambda layers: _product(layers) + np.eye(len(layers[0])), "The maps are "
         "multiplied as they are, and the identity is added once, at the end. Every layer has its residual."),
        ("identity once, before the product", lambda layers: _halved(_product(layers[::-1])), "The identity is mixed "
         "in once, at the end, and the later layer belongs on the left."),
        ("identity added on the way", lambda layers: reduce(
            lambda result, layer: layer @ result + np.eye(len(layer)), layers, np.eye(len(layers[0]))), "After each "
         "layer you added np.eye(T), the first input, and halved nothing."),
        ("identity added on the way, product halved", lambda layers: reduce(
            lambda result, layer: layer @ result / 2 + np.eye(len(layer)), layers, np.eye(len(layers[0]))), "After "
         "each layer you added np.eye(T), the first input."),
        ("map added on the way", lambda layers: reduce(
            lambda result, layer: result @ result + layer, layers, np.eye(len(layers[0]))), "You added the maps on the "
         "way; they are multiplied."),
        ("mean with one identity", lambda layers: (sum(layers) + np.eye(len(layers[0]))) / (len(layers) + 1), "You "
         "took the mean of the maps and an identity. A mean does not follow a path through two layers."),
        ("number by number, then the identity", lambda layers: _halved(np.prod(layers, axis=0)), "* multiplies number "
         "by number. A path goes through any token in between: @."),
        ("number by number, then shared out", lambda layers: _rows_to_one(np.prod(layers, axis=0)), "* multiplies "
         "number by number. A path goes through any token in between: @. And half of each map is the identity."),
        ("0.5 everywhere, shared out again", lambda layers: _product(
            [_rows_to_one(layer + 1) for layer in layers]), "You added ones everywhere. The identity has ones on the "
         "diagonal and zeros elsewhere, np.eye(T)."),
        ("mean of both orders", lambda layers: (_rollout(layers) + _product(_halves(layers)[::-1])) / 2, "You took the "
         "mean of both orders. The later layer stands on the left."),
        ("identity in the last layer only", lambda layers: _product([*layers[:-1][::-1], _halves(layers)[-1]][::-1]),
         "Only one map has its half identity, and the order is reversed."),
        ("first row, as a row", lambda layers: _rollout(layers)[:1], "Only the first row came. All rows are "
         "asked for."),
        ("what stays with each token", lambda layers: np.diag(_rollout(layers)), "That is the diagonal alone. All of "
         "the map is asked for."),
        ("sum of the columns", lambda layers: _rollout(layers).sum(-1), "Those are the sums of the rows. The rows "
         "themselves are asked for."),
        ("column sums divided by", lambda layers: _rollout(layers) / _rollout(layers).sum(0), "The product is right, "
         "and then its columns were made to sum to 1."),
        ("each row by its greatest", lambda layers: _rollout(layers) / _rollout(layers).max(-1, keepdims=True), "The "
         "product is right, and each row was divided by its greatest number."),
        ("stretched between 0 and 1", lambda layers: _stretched(_rollout(layers)), "The product is right, and it was "
         "stretched between 0 and 1, as one does for a picture."),
        ("a softmax at the end", lambda layers: softmax(_rollout(layers)), "The product is right, and a softmax was "
         "taken of it. Its rows sum to 1 already."),
        ("diagonal taken out at the end", lambda layers: _rollout(layers) * (1 - np.eye(len(layers[0]))), "The product "
         "is right, and its diagonal was set to 0."),
        ("diagonal taken out, and shared out again", lambda layers: _rows_to_one(
            _rollout(layers) * (1 - np.eye(len(layers[0])))), "The product is right; its diagonal was set to 0, and "
         "the rest made to sum to 1."),
        ("mean over the rows", lambda layers: _rollout(layers).mean(0), "You took the mean over the tokens that look. "
         "All rows are asked for."),
        ("sum over the rows", lambda layers: _rollout(layers).sum(0), "You added up over the tokens that look. All "
         "rows are asked for."),
        ("last row only", lambda layers: _rollout(layers)[-1], "That is the row of the last token. All rows are asked "
         "for."),
        ("row of the first token, without itself", lambda layers: _rollout(layers)[0, 1:], "That is the row of the "
         "first token without itself, as for a class token. All rows are asked for."),
        ("all steps of the way", lambda layers: np.array([_rollout(layers[: i + 1]) for i in range(len(layers))]),
         "Those are the products after each layer. The last one is asked for."),
        ("where each token looks most", lambda layers: _rollout(layers).argmax(-1), "Those are the places of the "
         "greatest numbers. The rows themselves are asked for."),
        ("the identity alone", lambda layers: np.eye(len(layers[0])), "That is the identity: nothing was multiplied "
         "in. Is the result of mixed @ result kept?"),
        ("17 tokens", lambda layers: _product([layer / 2 + np.eye(17) / 2 for layer in layers]), "The identity has 17 "
         "rows, as for the lesson's model. It is as large as a map: T = len(layers[0])."),
        ("shape of a list", lambda layers: layers.shape, "layers is a list of maps, and a list has no shape: T = "
         "len(layers[0])."),
        ("map added to a list", lambda layers: layers.mean(0), "layers is a list of maps; go through it one by one."),
    )
)  # fmt: skip
_WITH_WORDS_OF_THEIR_OWN = {
    ("identity forgotten", step)
    for step in (
        *("product in the wrong order", "sum of the layers", "mean of the layers", "maximum over the layers"),
        *("maps multiplied number by number", "last layer only", "first layer only"),
    )
} | {
    ("identity added, not halved", "mean of the layers"),  # with two layers the same as the sum of the halves
    ("halved, identity forgotten", "sum of the layers"),  # and as the mean
    ("maps transposed", "product in the wrong order"),  # the transposed result
}
_OTHER_ROLLOUTS = (
    *(
        Misconception(
            step.name,
            _rolled_out(step, _TOGETHER),
            f"In your product {step.told}. {_HALF_AND_PRODUCT}",
        )
        for step in _MIXED_MAPS[7:]
    ),
    *(
        Misconception(step.name, _rolled_out(_MIX, step), f"Each map is right; but {step.told}. {_HALF_AND_PRODUCT}")
        for step in (_PUT_TOGETHER[4], *_PUT_TOGETHER[8:])
    ),
    *(
        Misconception(
            f"{mix.name}, and {step.name}",
            _rolled_out(mix, step),
            f"Two things: {mix.told}; and {step.told}. {_HALF_AND_PRODUCT}",
        )
        for mix in _MIXED_MAPS[:7]
        for step in _PUT_TOGETHER[:8]
        if (mix.name, step.name) not in _WITH_WORDS_OF_THEIR_OWN
    ),
    *_FINISHED_ROLLOUT,
)


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
        *_OTHER_ROLLOUTS,
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
