"""Small vector pictures as text, quick enough to be drawn anew at every move of a slider.

All text is escaped. Lines and letters take the page's own colour, so that a picture is readable
on light and dark pages.
"""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from course_utils.plotting.figures import COLOURS

STROKES = ("none", "7 4", "2 3", "9 3 2 3")
LINE_HEIGHT = 26


def document(width: float, height: float, label: str, elements: Sequence[str]) -> str:
    """An SVG of the given size whose ``label`` is what a screen reader says."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(label)}" '
        f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" style="max-width:100%;height:auto" '
        f'font-family="sans-serif" font-size="13" fill="currentColor">{"".join(elements)}</svg>'
    )


def text(x: float, y: float, content: object, *, anchor: str = "start", size: int = 13, bold: bool = False) -> str:
    """Escaped text whose baseline begins, or by ``anchor`` is centred or ends, at the point (in pixels)."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{weight}>'
        f"{html.escape(str(content))}</text>"
    )


def rectangle(x: float, y: float, width: float, height: float, *, fill: str, opacity: float = 1.0) -> str:
    """A rectangle from its upper left corner (in pixels); a negative width is drawn as none."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" '
        f'fill="{fill}" fill-opacity="{opacity:.3f}" stroke="currentColor" stroke-opacity="0.35"/>'
    )


def line(
    x1: float, y1: float, x2: float, y2: float, *, opacity: float = 0.6, colour: str = "currentColor", width: float = 1
) -> str:
    """A straight line, thin and in the page's own colour unless told otherwise (in pixels)."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}" stroke-width="{width:.2f}" stroke-opacity="{opacity}"/>'
    )


def image(x: float, y: float, width: float, height: float, pixels: np.ndarray) -> str:
    """A picture of pixels, stretched to the given size without smoothing, its upper left corner at the point.

    Shapes: pixels ``(rows, columns)`` in grey or ``(rows, columns, 3)`` in red, green and blue, whole numbers from 0
    to 255 (uint8).

    Raises TypeError or ValueError when the pixels are something else.
    """
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8:
        kind = pixels.dtype if isinstance(pixels, np.ndarray) else type(pixels).__name__
        raise TypeError(f"image: pixels must be a NumPy array of uint8, got {kind}.")
    if not (pixels.ndim == 2 or pixels.shape[2:] == (3,)) or not pixels.size:
        raise ValueError(
            f"image: pixels have shape {pixels.shape}, expected (rows, columns) or (rows, columns, 3), not empty."
        )
    return (
        f'<image x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" preserveAspectRatio="none" '
        f'style="image-rendering:pixelated" href="{data_url(pixels)}"/>'
    )


def data_url(pixels: np.ndarray) -> str:
    """The pixels as a PNG in an address that needs no file; shapes as of ``image``."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="png", compress_level=1)  # quick: it is drawn anew at every move
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def bars(
    label: str, groups: Mapping[str, Sequence[float]], names: Sequence[str], *, width: int = 560, limit: float = 1.0
) -> str:
    """Horizontal bars from 0 to ``limit``, one block for each group, with the number at each bar's end.

    Raises ValueError when a group has not one value for each name.
    """
    left, right = 110, 60
    scale = (width - left - right) / limit
    elements, y = [], 0.0
    for index, (group, values) in enumerate(groups.items()):
        if len(values) != len(names):
            raise ValueError(f"bars: group {group!r} has {len(values)} values for {len(names)} names.")
        y += 22
        elements.append(text(0, y, group, bold=True))
        y += 6
        for name, value in zip(names, values):
            elements.append(text(left - 8, y + 17, name, anchor="end"))
            elements.append(rectangle(left, y + 3, value * scale, 18, fill=COLOURS[index], opacity=0.85))
            elements.append(text(left + value * scale + 6, y + 17, f"{value:.3f}"))
            y += LINE_HEIGHT
    return document(width, y + 8, label, elements)


def curves(
    label: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    *,
    x_label: str,
    y_label: str,
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    points: Sequence[tuple[float, float, float]] = (),
    log_y: bool = False,
    width: int = 560,
    height: int = 300,
) -> str:
    """Curves through (x, y) points, told apart by colour and dash, cut at the limits.

    ``points`` adds dots (x, y, area from 0 to 1). With ``log_y`` both limits must be above 0 and
    the axis is marked in powers of ten.
    """
    left, top, right, bottom = 62, 30 + 18 * math.ceil(len(series) / 2), width - 12, height - 44
    height_of = (lambda y: math.log10(max(y, y_limits[0]))) if log_y else (lambda y: y)
    low, high = height_of(y_limits[0]), height_of(y_limits[1])

    def place(x: float, y: float) -> tuple[float, float]:
        share_x = (x - x_limits[0]) / (x_limits[1] - x_limits[0])
        share_y = (min(max(height_of(y), low), high) - low) / (high - low)
        return left + share_x * (right - left), bottom - share_y * (bottom - top)

    elements = [line(left, bottom, right, bottom), line(left, top, left, bottom)]
    elements += [
        text(left, 14, y_label, size=12),
        text((left + right) / 2, height - 8, x_label, anchor="middle", size=12),
    ]
    for tick in _ticks(*x_limits):
        x, _ = place(tick, y_limits[0])
        elements += [line(x, bottom, x, bottom + 4), text(x, bottom + 18, f"{tick:g}", anchor="middle", size=11)]
    for tick in _powers(*y_limits) if log_y else _ticks(*y_limits):
        _, y = place(x_limits[0], tick)
        elements += [line(left - 4, y, left, y), text(left - 8, y + 4, f"{tick:.3g}", anchor="end", size=11)]
    for x, y, area in points:
        cx, cy = place(x, y)
        elements.append(
            f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="{2 + 9 * math.sqrt(max(area, 0)):.1f}" fill="{COLOURS[1]}" '
            'fill-opacity="0.55" stroke="currentColor" stroke-opacity="0.6"/>'
        )
    for index, (name, path) in enumerate(series.items()):
        colour, stroke = COLOURS[index % len(COLOURS)], STROKES[index % len(STROKES)]
        corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in path))
        look = f'fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{stroke}"'
        elements.append(f'<polyline points="{corners}" {look}/>')
        x, y = left + (index % 2) * (right - left) / 2, 32 + 18 * (index // 2)
        elements += [f'<line x1="{x}" y1="{y - 4}" x2="{x + 34}" y2="{y - 4}" {look}/>', text(x + 42, y, name, size=12)]
    return document(width, height, label, elements)


def _ticks(low: float, high: float, most: int = 6) -> list[float]:
    rough = (high - low) / most
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 10) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def _powers(low: float, high: float, most: int = 7) -> list[float]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    return [10.0**k for k in range(first, last + 1, max(1, math.ceil((last - first) / most)))]
