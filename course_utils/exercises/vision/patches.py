"""Exercise 7.1: a picture cut into patches."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations, product

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception

_GENERATOR = np.random.default_rng(7)

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
    )
)  # fmt: skip
_OTHER_PATCHES = tuple(
    Misconception(name, mistake, told)
    for name, mistake, told in (
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
         "nothing: your first square holds neighbours in one row of the picture. Cut both axes first. And a token is "
         "flat."),
        ("a plain reshape, in columns", lambda image, size: image.reshape(-1, size * size).T, "A reshape moves "
         "nothing: cut both axes first. And patches are rows, (N, size·size)."),
        ("a reshape to pixels", lambda image, size: image.reshape(size * size, -1), "A reshape moves nothing: cut both "
         "axes first. And rows are patches, (N, size·size)."),
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
        *(
            Misconception(
                f"patches of unequal size, {collected}",
                lambda image, size, collect=collect: collect(_two_brackets(image, size)),
                "Your patches are not all of one size. If you wrote image[a:b][c:d]: that takes rows, and then *rows "
                "of these*. One bracket with a comma takes rows and columns, image[a:b, c:d]. Is the comma there? Then "
                "a slice runs past an edge: rows end at H = image.shape[0], columns at W = image.shape[1], and a slice "
                "is size long, row : row + size.",
            )
            for collected, collect in (
                ("stacked", np.stack),
                ("in an array", lambda patches: np.array([patch.ravel() for patch in patches])),
                ("in a list", lambda patches: [patch.ravel() for patch in patches]),
            )
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
        Misconception(
            "pixels divided by 255",
            lambda image, size: _cut(image, size) / 255,
            "Every number is 1/255 of what is expected: the pixels are to stay as they are.",
        ),
        *_OTHER_ORDERS,
        *_OTHER_CUTS,
        *_OTHER_PATCHES,
    ),
    hints=(
        "Two loops will do: for row in range(0, H, size), and inside it for column in range(0, W, size).",
        "image[row : row + size, column : column + size] is one patch; .reshape(-1) makes a row of it.",
        "Without a loop: image.reshape(H // size, size, W // size, size) has the axes (row of the grid, row in the "
        "patch, column of the grid, column in the patch). Which two have to change places?",
    ),
    praise="Equal to PyTorch's unfold. A picture is a sequence now: rows are positions, and a position is a patch.",
)
