"""Something to move in the lesson on several heads: switch heads off, and see which job is lost."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

import ipywidgets
from torch import Tensor

from course_utils.plotting import svg
from course_utils.plotting.figures import COLOURS
from course_utils.widgets.explorer import Explorer

CELL, GAP = 11, 16  # pixels: side of a cell of a map, and between two maps
NAMES_WIDTH, BAR_WIDTH = 96, 300  # room for a job's or a token's name; a bar of 1
SWITCHED_OFF = 0.15  # opacity of the map of a head that is off
VISIBLE = 0.02  # smaller weights are left out of a map

Measure = Callable[[tuple[int, ...]], Mapping[str, float]]  # heads left out, from 0 -> share right, by job


def heads_picture(switches: Sequence[bool], maps: Tensor, tokens: Sequence[str], measure: Measure) -> tuple[str, str]:
    """How well each job is done by the heads that are on, above every head's map: ``(svg, words)``.

    Shapes: switches ``(heads,)``, True for on; maps ``(heads, T, T)``, the weights of one example; tokens ``(T,)``.
    Columns are marked with the tokens' first letters.

    Raises ValueError when these do not fit together.
    """
    if tuple(maps.shape) != (len(switches), len(tokens), len(tokens)):
        raise ValueError(
            f"heads_picture: maps have shape {tuple(maps.shape)}, but there are {len(switches)} switches and "
            f"{len(tokens)} tokens; expected (heads, T, T)."
        )
    right = measure(tuple(head for head, on in enumerate(switches) if not on))
    return _picture(switches, maps, tokens, right), _words(switches, right)


def heads_explorer(maps: Tensor, tokens: Sequence[str], measure: Measure) -> Explorer:
    """One switch for each head. Shapes as in ``heads_picture``; each setting is measured once."""
    measure = functools.lru_cache(maxsize=None)(measure)
    names = [f"head_{head}" for head in range(1, len(maps) + 1)]

    def draw(**switches: bool) -> tuple[str, str]:
        return heads_picture([switches[name] for name in names], maps, tokens, measure)

    controls = {name: ipywidgets.Checkbox(value=True, description=name.replace("_", " ")) for name in names}
    return Explorer("Heads on and off", draw, controls)


def _words(switches: Sequence[bool], right: Mapping[str, float]) -> str:
    """What the picture shows, for those who do not see it."""
    on = [str(head) for head, is_on in enumerate(switches, start=1) if is_on]
    heads = f"Heads on: {', '.join(on) if on else 'none'}."
    return f"{heads} Right: {', '.join(f'{job} {share:.2f}' for job, share in right.items())}."


def _picture(switches: Sequence[bool], maps: Tensor, tokens: Sequence[str], right: Mapping[str, float]) -> str:
    elements, y = [svg.text(0, 14, "share of tokens right", size=12, bold=True)], 22
    for job, share in right.items():
        elements.append(svg.text(NAMES_WIDTH - 8, y + 15, job, anchor="end", size=12))
        elements.append(svg.rectangle(NAMES_WIDTH, y + 2, BAR_WIDTH * share, 17, fill=COLOURS[0], opacity=0.85))
        elements.append(svg.text(NAMES_WIDTH + BAR_WIDTH * share + 6, y + 15, f"{share:.2f}"))
        y += 24
    side = CELL * len(tokens)
    top = y + 44
    for row, token in enumerate(tokens):
        elements.append(svg.text(NAMES_WIDTH - 8, top + (row + 0.85) * CELL, token, anchor="end", size=10))
    for head, is_on in enumerate(switches):
        left = NAMES_WIDTH + head * (side + GAP)
        name = f"head {head + 1}" if is_on else f"head {head + 1}: off"
        elements.append(svg.text(left, top - 18, name, size=12, bold=bool(is_on)))
        elements += [
            svg.text(left + (column + 0.5) * CELL, top - 4, token[:1], anchor="middle", size=10)
            for column, token in enumerate(tokens)
        ]
        elements.append(_map(left, top, maps[head], 1.0 if is_on else SWITCHED_OFF))
    elements.append(
        svg.text(NAMES_WIDTH, top + side + 18, "column: the token attended to; row: the token that attends")
    )
    width = NAMES_WIDTH + max(len(switches) * (side + GAP), BAR_WIDTH + 60)
    return svg.document(width, top + side + 26, "Share right for each job, and the map of each head", elements)


def _map(left: float, top: float, weights: Tensor, opacity: float) -> str:
    """One head's weights, stronger colour for more, in a frame."""
    rows, columns = weights.shape
    cells = [svg.rectangle(left, top, columns * CELL, rows * CELL, fill=COLOURS[0], opacity=0.0)]
    for row, line in enumerate(weights.tolist()):
        for column, weight in enumerate(line):
            if weight >= VISIBLE:
                corner = left + column * CELL, top + row * CELL
                cells.append(svg.rectangle(*corner, CELL, CELL, fill=COLOURS[0], opacity=weight * opacity))
    return "".join(cells)
