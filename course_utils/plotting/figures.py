"""One look for all figures, and one way to show them: with a text that states the finding."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

# Okabe and Ito's colours (2008), told apart with any kind of colour vision, with a marker and a dash each.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "figure.titleweight": "bold",
    "figure.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "white",
    "legend.frameon": False,
    "image.cmap": "cividis",
    "axes.prop_cycle": matplotlib.cycler(color=COLOURS),
}
DOTS_PER_INCH = 100
PALETTE = 128  # colours of a stored picture


def new_figure(
    columns: int = 1,
    *,
    title: str | None = None,
    titles: Sequence[str] = (),
    width: float = 6.4,
    height: float = 3.4,
    **subplots,
) -> tuple[Figure, np.ndarray]:
    """An empty figure in the course's style, and a flat array of its axes, left to right.

    ``title`` stands above all axes, ``titles`` one above each. Width and height are in inches for
    the whole figure; ``subplots`` goes to ``Figure.subplots``.

    Raises ValueError when there are titles, but not one for each column.
    """
    if titles and len(titles) != columns:
        raise ValueError(f"new_figure: {len(titles)} titles came for {columns} columns.")
    with axes_style():
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(1, columns, squeeze=False, **subplots)
        for panel, panel_title in zip(axes.ravel(), titles):
            panel.set_title(panel_title)
        if title is not None:
            figure.suptitle(title)
    return figure, axes.ravel()


def axes_style() -> matplotlib.rc_context:
    """The course's style for whatever is drawn inside ``with axes_style():``."""
    return matplotlib.rc_context(STYLE)


def show(figure: Figure | Axes, *, alt: str, numbers: Mapping[str, Sequence[object]] | None = None) -> None:
    """Show a figure as an image whose alt text says what is to be seen in it.

    ``numbers`` adds the figure's numbers as a table, column by column, folded away. Floats are
    given to three digits.

    Raises ValueError when the alt text is empty or the columns differ in length.
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError("show: alt must say in words what the figure shows; it came empty.")
    if isinstance(figure, Axes):
        figure = figure.get_figure()
    buffer = io.BytesIO()
    with axes_style():
        figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, bbox_inches="tight", pad_inches=0.06)
    image = base64.b64encode(_smaller(buffer)).decode("ascii")
    picture = f'<img alt="{html.escape(alt)}" style="max-width:100%" src="data:image/png;base64,{image}">'
    table = _table(numbers) if numbers else ""
    display({"text/plain": f"Figure: {alt}", "text/html": picture + table}, raw=True)


def _smaller(picture: io.BytesIO) -> bytes:
    """The same picture with a palette: a third of the bytes, no difference to the eye, nothing about its maker."""
    small = io.BytesIO()
    Image.open(picture).convert("RGB").quantize(PALETTE).save(small, format="png", optimize=True)
    return small.getvalue()


def _table(numbers: Mapping[str, Sequence[object]]) -> str:
    lengths = {name: len(column) for name, column in numbers.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"show: the columns of numbers differ in length: {lengths}.")
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in numbers)
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_number(cell))}</td>" for cell in row) + "</tr>"
        for row in zip(*numbers.values())
    )
    return (
        "<details><summary>The numbers in this figure</summary>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _number(cell: object) -> str:
    if isinstance(cell, float | np.floating):
        return f"{cell:.3g}" if abs(cell) < 1000 else f"{cell:,.0f}"
    return str(cell)
