"""Something to move in the lesson on vision: a patch of a picture, and which other patches it looks at."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ipywidgets
import numpy as np
import torch
from torch import Tensor

from course_utils.attention import softmax
from course_utils.features.patches import edges_alike, patch_features, patch_grid, patch_orientations
from course_utils.plotting import svg
from course_utils.plotting.figures import COLOURS
from course_utils.widgets.explorer import Explorer

WIDEST = 640  # pixels of the drawn picture
BETAS = (0, 3, 10, 30, 100, 300)
START_BETA = 30
FAINTEST, STRONGEST = 0.05, 0.75  # of the largest weight, drawn from here on; how opaque the largest is
NAMED = 3  # patches whose place the words tell


@dataclass(frozen=True)
class Scene:
    """A picture cut into patches, with all that the drawing of any query needs, computed once."""

    grid: tuple[int, int]  # rows, columns
    cell: float  # drawn pixels on a side of a patch
    background: str  # the picture as SVG
    similarity: Tensor  # (N, N)
    degrees: Tensor  # (N,): direction of the edges in each patch
    alike: Tensor  # (N, N) boolean: edges of the same direction
    labels: Tensor | None  # (N,): which texture
    names: Sequence[str]  # of the textures


def scene(image: Tensor, size: int, labels: Tensor | None = None, names: Sequence[str] = ()) -> Scene:
    """Prepare a grey picture ``(H, W)`` cut into patches of ``size`` pixels; ``labels`` are one for each patch.

    ``names`` are those of the textures that the labels are indices into.

    Raises as ``course_utils.features.patches.patch_grid`` does, and ValueError when the picture is a batch or a single
    patch, there is not one label for each patch, or a label has no name.
    """
    rows, columns = patch_grid(image, size)
    if image.dim() != 2:
        raise ValueError(f"scene: image has shape {tuple(image.shape)}, expected one picture (H, W).")
    if rows * columns < 2:
        raise ValueError(f"scene: size is {size}, so that there is one patch; expected another for it to look at.")
    if labels is not None and labels.shape != (rows * columns,):
        raise ValueError(f"scene: labels have shape {tuple(labels.shape)}, expected ({rows * columns},).")
    if labels is not None and not 0 <= labels.min() <= labels.max() < len(names):
        raise ValueError(
            f"scene: labels run from {int(labels.min())} to {int(labels.max())}, but names are {len(names)}; expected "
            "a name for each label."
        )
    features = patch_features(image, size)
    cell = min(24, WIDEST / columns)
    pixels = (image.clamp(0, 1) * 255).round().byte().numpy()
    background = svg.image(0, 0, cell * columns, cell * rows, np.ascontiguousarray(pixels))
    degrees, _ = patch_orientations(image, size)
    return Scene(
        (rows, columns), cell, background, features @ features.T, degrees, edges_alike(image, size), labels, names
    )


def patches_picture(row: int, column: int, beta: float, shown: Scene) -> tuple[str, str]:
    """Where the patch in that row and column, both counted from 1, looks: ``(svg, words)``.

    Its weights are softmax(beta · similarity) over all other patches. Raises ValueError when it lies off the picture.
    """
    rows, columns = shown.grid
    if not (1 <= row <= rows and 1 <= column <= columns):
        raise ValueError(
            f"patches_picture: row is {row} and column is {column}; expected a row from 1 to {rows} and a column "
            f"from 1 to {columns}."
        )
    query = (row - 1) * columns + column - 1
    others = torch.ones(rows * columns, dtype=torch.bool)
    others[query] = False
    weights = softmax(beta * shown.similarity[query], others)
    return _picture(shown, query, weights), _words(shown, query, weights)


def patches_explorer(scenes: Mapping[str, Scene], row: int = 1, column: int = 1) -> Explorer:
    """A choice of picture, a slider each for the query's row and column, one for beta. Arrow keys move the sliders.

    Raises ValueError when there is no scene, or the row or the column lies off the first picture.
    """
    if not scenes:
        raise ValueError("patches_explorer: scenes is empty, expected at least one, by the name of its picture.")
    picture = ipywidgets.Dropdown(options=tuple(scenes), description="picture")
    rows, columns = scenes[picture.value].grid
    if not (1 <= row <= rows and 1 <= column <= columns):
        raise ValueError(f"patches_explorer: row {row}, column {column} lies off a picture of {rows} by {columns}.")
    down = ipywidgets.IntSlider(value=row, min=1, max=rows, description="query: row")
    right = ipywidgets.IntSlider(value=column, min=1, max=columns, description="query: column")
    beta = ipywidgets.SelectionSlider(options=BETAS, value=START_BETA, description="beta: how choosy")

    def fit_sliders(_change: object) -> None:
        down.max, right.max = scenes[picture.value].grid

    picture.observe(fit_sliders, names="value")  # before the picture is drawn, so that the query lies on it
    draw = functools.partial(_chosen_picture, scenes=scenes)
    return Explorer("Where a patch looks", draw, {"picture": picture, "row": down, "column": right, "beta": beta})


def _chosen_picture(picture: str, row: int, column: int, beta: float, scenes: Mapping[str, Scene]) -> tuple[str, str]:
    return patches_picture(row, column, beta, scenes[picture])


def _words(shown: Scene, query: int, weights: Tensor) -> str:
    """What the picture shows, for those who do not see it."""
    place = _place(shown, query)
    others = len(weights) - 1
    if shown.labels is not None:
        own = shown.labels == shown.labels[query]
        name = shown.names[int(shown.labels[query])]
        told = (
            f"The patch at {place} is {name}. {float(weights[own].sum()):.2f} of its weight lies on {name}, "
            f"{(int(own.sum()) - 1) / others:.2f} of the other patches."
        )
    elif shown.alike[query].any():
        alike = shown.alike[query]
        mass, share = float(weights[alike].sum()), int(alike.sum()) / others
        told = (
            f"The patch at {place} has edges at {_whole(shown.degrees[query])} degrees. {mass:.2f} of its weight "
            f"lies on edges of that direction, {share:.2f} of the others."
        )
    else:
        told = f"The patch at {place} has no clear direction, or none that another has."
    if weights.max() <= 1.0001 / others:
        return f"{told} All others get the same weight."
    best = weights.argsort(descending=True, stable=True)[:NAMED].tolist()
    return f"{told} Most weight: " + ", ".join(f"{weights[key]:.2f} at {_place(shown, key)}" for key in best) + "."


def _whole(degrees: Tensor) -> int:
    """Degrees from 0 to 179: 179.6 is rounded to 0."""
    return round(float(degrees)) % 180


def _place(shown: Scene, patch: int) -> str:
    row, column = divmod(patch, shown.grid[1])
    return f"row {row + 1}, column {column + 1}"


def _picture(shown: Scene, query: int, weights: Tensor) -> str:
    rows, columns = shown.grid
    cell, largest = shown.cell, float(weights.max())
    elements = [shown.background]
    for key, weight in enumerate(weights.tolist()):
        share = weight / largest
        if share >= FAINTEST:
            y, x = (cell * step for step in divmod(key, columns))
            elements.append(svg.rectangle(x, y, cell, cell, fill=COLOURS[1], opacity=STRONGEST * share))
    y, x = (cell * step for step in divmod(query, columns))
    elements.append(svg.rectangle(x, y, cell, cell, fill=COLOURS[0], opacity=0.9))
    below = f"Blue: the query. Orange: where it looks; the strongest orange is a weight of {largest:.3f}."
    elements.append(svg.text(0, cell * rows + 18, below, size=12))
    label = f"Where the patch at {_place(shown, query)} looks"
    return svg.document(cell * columns, cell * rows + 26, label, elements)
