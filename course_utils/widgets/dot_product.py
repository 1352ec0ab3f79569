"""Two things to move in the lesson on dot-product attention: the scale of the scores, a soft look-up on a curve."""

from __future__ import annotations

import functools
import math

import ipywidgets
import torch

from course_utils.attention import scaled_dot_product_attention, softmax
from course_utils.plotting import svg
from course_utils.reproducibility import generator
from course_utils.widgets.explorer import Explorer

KEYS = 6
QUERIES = 500
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)  # numbers of features on the slider


@functools.cache
def _largest_draw(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    source = generator(seed)
    query = torch.randn(QUERIES, 1, SIZES[-1], generator=source)
    return query, torch.randn(QUERIES, KEYS, SIZES[-1], generator=source)


def random_queries_and_keys(d_k: int, seed: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    """500 queries with six keys each, every feature an independent standard normal.

    Shapes: queries ``(500, 1, d_k)``, keys ``(500, 6, d_k)``.
    With more features the earlier ones stay as they were, so dot products grow as on a walk.
    """
    query, key = _largest_draw(seed)
    return query[..., :d_k].clone(), key[..., :d_k].clone()


def scale_picture(d_k: int) -> tuple[str, str]:
    """Softmax of one query's dot products, left alone and divided by the root of d_k: ``(svg, words)``."""
    query, key = random_queries_and_keys(d_k)
    dots = (query * key).sum(-1)  # (500, 6)
    plain, scaled = softmax(dots), softmax(dots / math.sqrt(d_k))
    words = (
        f"{d_k} features: this query's dot products lie between {dots[0].min():.1f} and {dots[0].max():.1f}. "
        f"The winner takes {plain[0].max():.2f} without scaling and {scaled[0].max():.2f} with it; "
        f"over {QUERIES} queries {plain.amax(-1).mean():.2f} and {scaled.amax(-1).mean():.2f}."
    )
    names = [f"key {index + 1}" for index in range(KEYS)]
    groups = {"softmax(q·k)": plain[0].tolist(), "softmax(q·k / √d_k)": scaled[0].tolist()}
    return svg.bars(f"Weights of {KEYS} keys with {d_k} features", groups, names), words


def scale_explorer() -> Explorer:
    """A slider for the number of features."""
    size = ipywidgets.SelectionSlider(options=SIZES, value=4, description="features d_k")
    return Explorer("What the scale does", scale_picture, {"d_k": size})


def noisy_curve(points: int = 30, seed: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    """Examples to look things up in: x evenly spaced on 0 to 10, y a wave with noise; both ``(points,)``."""
    x = torch.linspace(0, 10, points)
    return x, torch.sin(x) + 0.5 * torch.sin(2.5 * x) + 0.25 * torch.randn(points, generator=generator(seed))


def soft_look_up(
    query: torch.Tensor, x: torch.Tensor, y: torch.Tensor, temperature: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Predict y at each query as a mixture of the examples, the nearer the heavier.

    Shapes: query ``(T_q,)``, x and y ``(T_k,)``; returns predictions ``(T_q,)`` and weights
    ``(T_q, T_k)``. The score is ``-(query - x)² / 2``, divided by the temperature. Expanded, it is
    a dot product of ``(query, 1)`` with ``(x, -x²/2)``, plus a part that is the same for every key
    and so drops out: this is attention.

    Source: Nadaraya 1964 and Watson 1964, kernel regression.
    """
    sharp = math.sqrt(2) / temperature  # undoes the division by the root of d_k = 2
    queries = torch.stack([query, torch.ones_like(query)], -1) * sharp  # (T_q, 2)
    keys = torch.stack([x, -(x**2) / 2], -1)  # (T_k, 2)
    context, weights = scaled_dot_product_attention(queries, keys, y[:, None])
    return context[:, 0], weights


def regression_picture(query: float, temperature: float) -> tuple[str, str]:
    """The mixture at one query, every example drawn as large as its weight: ``(svg, words)``."""
    x, y = noisy_curve()
    grid = torch.linspace(0, 10, 101)
    curve, _ = soft_look_up(grid, x, y, temperature)
    answer, weights = soft_look_up(torch.tensor([query]), x, y, temperature)
    counted = int((weights[0] > 0.05).sum())
    words = (
        f"Query x = {query:.1f}, temperature {temperature:g}: the answer is {answer.item():.2f}. "
        f"The heaviest example has {weights.max():.2f} of the weight; {counted} have more than 0.05."
    )
    picture = svg.curves(
        "Examples, each as large as its weight, and the curve that attention predicts",
        {
            "attention's prediction": list(zip(grid.tolist(), curve.tolist())),
            "the query": [(query, -2.0), (query, 2.0)],
        },
        points=list(zip(x.tolist(), y.tolist(), weights[0].tolist())),
        x_label="x: keys, and the query",
        y_label="y: values",
        x_limits=(0, 10),
        y_limits=(-2, 2),
    )
    return picture, words


def regression_explorer() -> Explorer:
    """Sliders for the query and the temperature."""
    query = ipywidgets.FloatSlider(value=3.0, min=0, max=10, step=0.1, description="query x")
    temperature = ipywidgets.SelectionSlider(
        options=(0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0), value=0.1, description="temperature"
    )
    return Explorer("A soft look-up on a curve", regression_picture, {"query": query, "temperature": temperature})
