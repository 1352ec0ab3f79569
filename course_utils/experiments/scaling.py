"""Lesson 02: what dividing by the root of d_k buys in training, at two sizes and two learning rates."""

from __future__ import annotations

from course_utils.datasets.retrieval import COLOURS, FEATURES, stream
from course_utils.experiments.retrieval import BATCH, ITEMS, STEPS, loss, score
from course_utils.models.retrieval import LearnedAttention
from course_utils.reproducibility import generator, set_seed
from course_utils.training import fit

SIZES = (16, 512)  # the lesson's d_k, and one where scores get large
LEARNING_RATES = (1e-2, 3e-2)


def run(seed: int) -> dict[str, float]:
    """``accuracy_{scaled, unscaled}_{d_k}_rate_{rate}`` on the retrieval task."""
    metrics = {}
    for d_k in SIZES:
        for rate in LEARNING_RATES:
            for name, scaled in (("scaled", True), ("unscaled", False)):
                set_seed(seed)
                model = LearnedAttention(FEATURES, d_k, len(COLOURS), scaled=scaled)
                fit(model, loss, stream(BATCH, ITEMS, generator(1_000 + seed)), STEPS, rate)
                metrics[f"accuracy_{name}_{d_k}_rate_{rate}"] = round(score(model, seed)["accuracy"], 4)
    return metrics
