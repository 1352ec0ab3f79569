"""Translation, what else was tried: states as values, additive scores, and a fixed context given more (lesson 03)."""

from __future__ import annotations

from course_utils.datasets.number_words import load_number_words
from course_utils.experiments.translation import (
    LONG,
    STEPS,
    accuracy,
    alignment_rate,
    crossing_rate,
    follow_rate,
    train,
)
from course_utils.training import count_parameters

MORE_STEPS = 2 * STEPS  # the honest counterpart: does the fixed context only need longer?


def run(seed: int) -> dict[str, float]:
    """Accuracy and crossing rate of two other attentions; the fixed context read twice, trained longer, or wider."""
    _, held_out = load_number_words()
    metrics: dict[str, float] = {}
    for name, kind, steps in (
        ("states", "states", STEPS),
        ("additive", "additive", STEPS),
        ("fixed_bidirectional", "fixed_bidirectional", STEPS),
        ("fixed_twice_the_steps", "fixed", MORE_STEPS),
        ("fixed_twice_the_width", "fixed_wide", STEPS),
    ):
        model, _ = train(kind, seed, steps)
        metrics[f"parameters_{name}"] = count_parameters(model)
        metrics[f"accuracy_{name}"] = accuracy(model, held_out)
        metrics[f"accuracy_{name}_long"] = accuracy(model, held_out, LONG)
        if kind in ("states", "additive"):
            metrics[f"crossing_rate_{name}"] = crossing_rate(model, held_out)
            metrics[f"alignment_rate_{name}"] = alignment_rate(model, held_out)
            metrics[f"follows_units_{name}"] = follow_rate(model, 0)
            metrics[f"follows_und_{name}"] = follow_rate(model, 1)
    return {name: round(value, 4) for name, value in metrics.items()}
