"""The three charts that most of the course is made of: a map of weights, lines, and dots for seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.plotting.figures import COLOURS, DASHES, MARKERS, axes_style, new_figure

LARGEST_PRINTED = 12  # rows and columns up to which a map has room for its values


def heatmap(
    weights: object,
    *,
    queries: Sequence[str],
    keys: Sequence[str],
    title: str,
    axes: Axes | None = None,
    limits: tuple[float, float] = (0.0, 1.0),
    label: str | None = "attention weight",
    x_label: str = "key: attended to",
    y_label: str = "query: attends",
) -> Figure:
    """Draw one map: a row for each query, a column for each key, dark for little and light for much.

    Shapes: weights ``(T_q, T_k)``, array or tensor. The colour bar spans ``limits``, by default 0
    to 1, so that maps can be compared; with no ``label`` there is none. Values are printed where
    the map is at most 12 by 12.
    Draws into ``axes`` where they are given.

    Raises ValueError when the names do not fit the map or the weights are not finite.
    """
    grid = as_array("heatmap", "weights", weights, dimensions=2)
    if grid.shape != (len(queries), len(keys)):
        raise ValueError(
            f"heatmap: weights have shape {grid.shape}, but there are {len(queries)} queries and {len(keys)} keys."
        )
    if axes is None:
        cell = 0.5 if max(grid.shape) <= LARGEST_PRINTED else 0.24
        _, (axes,) = new_figure(width=1.9 + cell * max(len(keys), 6), height=1.5 + 0.75 * cell * max(len(queries), 4))
    with axes_style():
        image = axes.imshow(grid, vmin=limits[0], vmax=limits[1], cmap="cividis", aspect="auto")
        axes.set_xticks(
            range(len(keys)), keys, rotation=0 if _short(keys) else 45, ha="center" if _short(keys) else "right"
        )
        axes.set_yticks(range(len(queries)), queries)
        axes.set(xlabel=x_label, ylabel=y_label, title=title)
        if max(grid.shape) <= LARGEST_PRINTED:
            _print_values(axes, grid, limits)
        if label is not None:
            axes.get_figure().colorbar(image, ax=axes, label=label)
    return axes.get_figure()


def lines(
    x: Sequence[float],
    series: Mapping[str, object],
    *,
    x_label: str,
    y_label: str,
    title: str,
    spread: Mapping[str, object] | None = None,
    chance: float | None = None,
    axes: Axes | None = None,
) -> Figure:
    """Draw one line for each named series, told apart by colour, marker and dash.

    Shapes: every series ``(len(x),)``; ``spread`` gives a half-width of the same shape, drawn as a
    band. ``chance`` draws the level that guessing reaches. Draws into ``axes`` where they are given.

    Raises ValueError when a series does not fit x or a spread has no series.
    """
    if axes is None:
        _, (axes,) = new_figure()
    unknown = set(spread or {}) - set(series)
    if unknown:
        raise ValueError(f"lines: spread names {sorted(unknown)}, which no series has.")
    with axes_style():
        for index, (name, values) in enumerate(series.items()):
            y = as_array("lines", name, values, dimensions=1)
            if len(y) != len(x):
                raise ValueError(f"lines: series {name!r} has {len(y)} values for {len(x)} values of x.")
            look = index % len(COLOURS)
            marker = MARKERS[look] if len(y) <= 20 else None
            axes.plot(x, y, color=COLOURS[look], marker=marker, linestyle=DASHES[look], label=name)
            if spread and name in spread:
                half = as_array("lines", f"spread of {name}", spread[name], dimensions=1)
                axes.fill_between(x, y - half, y + half, color=COLOURS[look], alpha=0.15, linewidth=0)
        if chance is not None:
            axes.axhline(chance, color="0.45", linewidth=1, linestyle=":", label=f"guessing ({chance:.3g})")
        axes.set(xlabel=x_label, ylabel=y_label, title=title)
        if len(series) > 1 or chance is not None:
            axes.legend()
    return axes.get_figure()


def strip_plot(
    groups: Mapping[str, object],
    *,
    x_label: str,
    title: str,
    chance: float | Mapping[str, float] | None = None,
    axes: Axes | None = None,
) -> Figure:
    """Draw one dot for each seed in a row for each group, and a bar at the mean with its number.

    Shapes: every group ``(seeds,)``. ``chance`` draws the level that guessing reaches, or several
    levels by name.

    Raises ValueError when a group is empty or not finite.
    """
    if axes is None:
        _, (axes,) = new_figure(height=0.9 + 0.42 * len(groups))
    with axes_style():
        for row, (name, values) in enumerate(groups.items()):
            dots = as_array("strip_plot", name, values, dimensions=1)
            if not len(dots):
                raise ValueError(f"strip_plot: group {name!r} holds no value.")
            shift = np.linspace(-0.16, 0.16, len(dots)) if len(dots) > 1 else np.zeros(1)
            axes.plot(dots, row + shift, linestyle="", marker=MARKERS[0], color=COLOURS[0], alpha=0.6, markersize=5)
            axes.vlines(dots.mean(), row - 0.3, row + 0.3, color=COLOURS[1], linewidth=2.5)
            axes.annotate(
                f"{dots.mean():.2f}",
                (dots.mean(), row - 0.3),
                (0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=8,
            )
        levels = {"guessing": chance} if isinstance(chance, int | float) else dict(chance or {})
        for name, level in levels.items():
            axes.axvline(level, color="0.45", linewidth=1, linestyle=":", zorder=0)
            side = "left" if level < 0.3 else "right"  # where there is room
            axes.text(level, len(groups) - 0.5, f" {name}: {level:.3g} ", fontsize=8, color="0.3", ha=side)
        axes.set_yticks(range(len(groups)), groups)
        axes.set(xlabel=x_label, title=title, xlim=(-0.03, 1.06), ylim=(len(groups) - 0.45, -0.75))
    return axes.get_figure()


def as_array(function: str, name: str, values: object, *, dimensions: int) -> np.ndarray:
    """The values as floats, detached from any graph.

    Raises ValueError when they have another number of axes or are not all finite.
    """
    detached = values.detach() if hasattr(values, "detach") else values
    array = np.asarray(detached, dtype=float)
    if array.ndim != dimensions:
        raise ValueError(f"{function}: {name} has shape {array.shape}, expected {dimensions} axes.")
    if not np.isfinite(array).all():
        raise ValueError(f"{function}: {name} holds NaN or infinity, first at index {_first(~np.isfinite(array))}.")
    return array


def _print_values(axes: Axes, grid: np.ndarray, limits: tuple[float, float]) -> None:
    middle = (limits[0] + limits[1]) / 2
    for (row, column), cell in np.ndenumerate(grid):
        ink = "black" if cell > middle else "white"
        text = f"{cell:.2f}".replace("-0.00", "0.00")
        axes.text(column, row, text, ha="center", va="center", fontsize=8, color=ink)


def _short(names: Sequence[str]) -> bool:
    return len(names) <= LARGEST_PRINTED and max((len(name) for name in names), default=0) <= 6


def _first(where: np.ndarray) -> tuple[int, ...]:
    return tuple(int(index) for index in np.argwhere(where)[0])
