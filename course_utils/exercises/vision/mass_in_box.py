"""Exercise 7.3: the share of all weight that lies in a box."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.Generator(np.random.PCG64(7).advance(243))  # behind the numbers of exercise 7.2
Weights = np.ndarray  # (H, W)

# The weights of the first sum to 1, the greatest lies outside the box, and neither the box nor the map leaves room for
# two mistakes with the same number; the second is a map of gates, which do not sum to 1.
_RAISED = np.random.default_rng(32).integers(1, 100, size=(16, 13)) ** 1.5
_BRIGHT = _RAISED / _RAISED.sum()
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


_A_SHARE = "Asked for is the weight in the box, divided by all weight."
_MEASURED = tuple(
    Misconception(name, does, f"{told} {_A_SHARE}")
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
    *_MEASURED,
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
            lambda weights, box: float(_inner(weights, box).mean()),
            "{got} is the mean weight of a *cell* of the box: you divided by its area. The share is the sum in the "
            "box, divided by the sum of all weights.",
        ),
        Misconception(
            "divided by the area of the picture",
            lambda weights, box: float(_inner(weights, box).sum() / weights.size),
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
            lambda weights, box: float(_inner(weights, box).sum()),
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
            lambda weights, box: float(_inner(weights, box).max()),
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
            lambda weights, box: float(_inner(weights, box).sum() / _inner(weights, box).sum()),
            "{got}: you divided the weight in the box by itself, so that it is 1 for every box. Divide by the weight "
            "of the whole picture.",
        ),
        Misconception(
            "a softmax on top",
            lambda weights, box: _share(
                softmax(weights.ravel()).reshape(weights.shape), box[0], box[1], box[0] + box[2], box[1] + box[3]
            ),
            "{got}: you put the weights through a softmax, which makes them nearly even. To get a share, divide by the "
            "sum: weights.sum().",
        ),
        Misconception(
            "per cent",
            lambda weights, box: 100 * _mass(weights, box),
            "{got} is the share in per cent, and right as such. Give it as a share of 1.",
        ),
        Misconception(
            "the weights in the box",
            _slice,
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
