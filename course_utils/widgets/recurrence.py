"""Something to move in the lesson on recurrent networks: how fast a gradient fades on its way back."""

from __future__ import annotations

import functools
from collections.abc import Callable

import ipywidgets
import torch
from torch import Tensor

from course_utils.plotting import svg
from course_utils.widgets.explorer import Explorer

RADII = tuple(round(0.5 + 0.05 * step, 2) for step in range(15))  # 0.5 to 1.2
DISTANCE = 50
LOWEST, HIGHEST = 1e-16, 1e4  # of the logarithmic axis

Measure = Callable[[float, Callable[[Tensor], Tensor], int, int], Tensor]


def gradient_picture(spectral_radius: float, measure: Measure) -> tuple[str, str]:
    """Gradient against distance, for a linear and a tanh network of this spectral radius: ``(svg, words)``.

    ``measure(spectral_radius, activation, seed, distance)`` gives the sizes at distances 0 to ``distance``.
    """
    sizes = {
        "linear": measure(spectral_radius, torch.nn.Identity(), 0, DISTANCE),
        "tanh": measure(spectral_radius, torch.tanh, 0, DISTANCE),
    }
    relative = {name: (size / size[0]).tolist() for name, size in sizes.items()}
    words = (
        f"Spectral radius {spectral_radius:g}: {DISTANCE} steps back, {relative['linear'][-1]:.2g} times the nearest "
        f"gradient arrives in the linear network, {relative['tanh'][-1]:.2g} times with tanh."
    )
    picture = svg.curves(
        "Size of the gradient against the distance it has travelled",
        {name: list(enumerate(values)) for name, values in relative.items()}
        | {"nothing lost": [(0, 1.0), (DISTANCE, 1.0)]},
        x_label="steps back",
        y_label="gradient, as a multiple of the nearest",
        x_limits=(0, DISTANCE),
        y_limits=(LOWEST, HIGHEST),
        log_y=True,
    )
    return picture, words


def gradient_explorer(measure: Measure) -> Explorer:
    """A slider for the spectral radius; every radius is measured once, beforehand, so that it moves at once."""
    radius = ipywidgets.SelectionSlider(options=RADII, value=0.9, description="spectral radius")
    draw = functools.cache(functools.partial(gradient_picture, measure=measure))
    for each in RADII:
        draw(spectral_radius=each)
    return Explorer("A gradient on its way back", draw, {"spectral_radius": radius})
