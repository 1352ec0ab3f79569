"""The first thing to move: one score, and how three keys share out 1."""

from __future__ import annotations

import ipywidgets
import torch

from course_utils.attention import softmax
from course_utils.plotting import svg
from course_utils.widgets.explorer import Explorer

WORDS = ("river", "muddy", "the")
OTHER_SCORES = (1.0, 0.0)


def sharing_picture(score: float) -> tuple[str, str]:
    """Weights of three keys when the first has the given score, the others 1 and 0: ``(svg, words)``."""
    weights = softmax(torch.tensor([score, *OTHER_SCORES])).tolist()
    told = ", ".join(f"{word} {weight:.2f}" for word, weight in zip(WORDS, weights))
    words = f"With a score of {score:.1f} for river: {told}. Together {sum(weights):.2f}."
    return svg.bars("Weights of river, muddy and the", {"weights": weights}, WORDS), words


def sharing_explorer() -> Explorer:
    """A slider for the score of *river*."""
    score = ipywidgets.FloatSlider(value=2.0, min=-4, max=6, step=0.5, description="score of river")
    return Explorer("Sharing out 1", sharing_picture, {"score": score})
