"""The attention explorer for a picture: its positions are patches, and the hand moves in two dimensions."""

from __future__ import annotations

import numbers
import reprlib
from collections.abc import Mapping, Sequence

import numpy as np
import torch

from course_utils.plotting import svg
from course_utils.widgets.attention_explorer.checks import Checks
from course_utils.widgets.attention_explorer.explorer import AttentionShell
from course_utils.widgets.attention_explorer.problem import MOST, problem

WIDEST, TALLEST, LARGEST_CELL, SMALLEST_CELL = 640, 480, 96, 4  # pixels on the page
MOST_PIXELS = 2_000_000


class PictureAttentionExplorer(AttentionShell):
    """Choose a patch of a picture and see at which other patches it looks, laid over the picture.

    Shapes: ``image`` ``(H, W)`` in grey or ``(H, W, 3)`` in red, green and blue, floats from 0 to 1; it is cut into
    patches of ``size`` by ``size`` pixels, in reading order, which are the N positions. The other arguments are those
    of ``AttentionExplorer``: ``query`` and ``key`` ``(N, d_k)`` or ``(H, N, d_k)``, or ready ``weights`` ``(N, N)``.

    ``set`` and ``state`` have a patch as ``(row, column)``, both counted from 1: ``set(query=(3, 5))``.

    Raises TypeError or ValueError naming the argument, what came and what was expected; at most 4,096 patches.
    """

    def __init__(
        self,
        image: object,
        size: int,
        query: object = None,
        key: object = None,
        value: object = None,
        *,
        weights: object = None,
        score_bias: object = None,
        masks: Mapping[str, object] | None = None,
        head_names: Sequence[str] | None = None,
        temperature: float = 1.0,
        scaled: bool = True,
        marked: object = None,
        marked_as: Sequence[str] | None = None,
        name: str = "Picture attention explorer",
    ) -> None:
        pixels = _pixels(image)
        rows, columns = _grid(pixels, size)
        places = [f"row {row + 1}, column {column + 1}" for row in range(rows) for column in range(columns)]
        cell = min(WIDEST / columns, TALLEST / rows, LARGEST_CELL)
        given = problem(
            "PictureAttentionExplorer",
            places,
            query,
            key,
            value,
            weights=weights,
            score_bias=score_bias,
            masks=masks,
            head_names=head_names,
            unit="patch",
            temperature=temperature,
            marked=marked,
            marked_as=marked_as,
            name=name,
            labels=[f"the patch at {place}" for place in places],
            stage="picture",
            stage_data={
                "rows": rows,
                "columns": columns,
                "cell": max(int(cell), SMALLEST_CELL),
                "image": svg.data_url(pixels),
            },
        )
        self._grid = rows, columns
        super().__init__(given, scaled)

    @property
    def state(self) -> dict[str, object]:
        """The value of every control by name, as ``set`` takes it: query and key as (row, column), from 1."""
        state = super().state
        return state | {name: self._place(state[name]) for name in ("query", "key")}

    def set(self, **values: object) -> str:
        """Move the named controls, query and key as (row, column), and return what is now shown, in words.

        Raises ValueError when there is no control of that name or it does not take the value; then nothing moves.
        """
        places = {name: self._number(name, values[name]) for name in ("query", "key") if name in values}
        return super().set(**(values | places))

    def _place(self, number: int) -> tuple[int, int]:
        row, column = divmod(number - 1, self._grid[1])
        return row + 1, column + 1

    def _number(self, name: str, place: object) -> int:
        rows, columns = self._grid
        whole = isinstance(place, tuple | list) and len(place) == 2
        whole = whole and all(isinstance(n, numbers.Integral) and not isinstance(n, bool) for n in place)
        if not (whole and 1 <= place[0] <= rows and 1 <= place[1] <= columns):
            raise ValueError(
                f"{self.name}: {name} cannot be {reprlib.repr(place)}; expected (row, column), a row from 1 to {rows} "
                f"and a column from 1 to {columns}."
            )
        return int((place[0] - 1) * columns + place[1])


def _pixels(image: object) -> np.ndarray:
    """The picture as bytes."""
    said_by = "PictureAttentionExplorer: image"
    array = Checks("PictureAttentionExplorer").array("image", image) if isinstance(image, torch.Tensor) else image
    if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
        kind = array.dtype if isinstance(array, np.ndarray) else type(image).__name__
        raise TypeError(f"{said_by} must be a tensor or an array of floats from 0 (black) to 1 (white), got {kind}.")
    if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)) or not array.size:
        raise ValueError(f"{said_by} has shape {array.shape}, expected (H, W) or (H, W, 3), not empty.")
    if array.shape[0] * array.shape[1] > MOST_PIXELS:
        raise ValueError(f"{said_by} has shape {array.shape}, at most {MOST_PIXELS:,} pixels can be shown; shrink it.")
    if not np.isfinite(array).all():
        raise ValueError(f"{said_by} holds NaN or infinity.")
    if array.min() < -1e-3 or array.max() > 1 + 1e-3:
        raise ValueError(f"{said_by} runs from {array.min():g} to {array.max():g}, expected 0 (black) to 1 (white).")
    return np.ascontiguousarray((array.clip(0, 1) * 255).round().astype(np.uint8))


def _grid(pixels: np.ndarray, size: object) -> tuple[int, int]:
    """How many patches there are: rows, columns."""
    if isinstance(size, bool) or not isinstance(size, numbers.Integral):
        raise TypeError(f"PictureAttentionExplorer: size must be a whole number of pixels, got {reprlib.repr(size)}.")
    height, width = pixels.shape[:2]
    if size < 1 or height % size or width % size:
        raise ValueError(
            f"PictureAttentionExplorer: size is {size}; expected a number of pixels that divides height {height} and "
            f"width {width}."
        )
    rows, columns = int(height // size), int(width // size)
    if rows * columns > MOST["picture"]:
        raise ValueError(
            f"PictureAttentionExplorer: size is {size}, which makes {rows * columns:,} patches; at most "
            f"{MOST['picture']:,} can be shown: take larger patches or a part of the picture."
        )
    return rows, columns
