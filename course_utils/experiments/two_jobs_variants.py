"""Two jobs, what else was tried: one head given more of everything, and heads too narrow (lesson 05)."""

from __future__ import annotations

import torch

from course_utils.experiments.two_jobs import (
    STEPS,
    accuracies,
    fresh_circles,
    head_masses,
    moved_by_colours,
    train,
    weights_on_sources,
)
from course_utils.models.two_jobs import D_MODEL
from course_utils.training import count_parameters

ONE_HEAD: dict[str, dict] = {  # what a single head is given beyond its share
    "rate_3e-3": {"learning_rate": 3e-3},
    "rate_1e-2": {"learning_rate": 1e-2},
    "rate_2e-2": {"learning_rate": 2e-2},
    "twice_the_steps": {"steps": 2 * STEPS},
    "ten_times_the_steps": {"steps": 10 * STEPS},
    "twice_the_width": {"d_model": 2 * D_MODEL},
    "residual": {"residual": True},  # as the two layers have it, so what they gain is not due to that
    "two_layers": {"layers": 2},
    "mlp": {"read_out": "mlp"},
}
MANY_HEADS = (8, 16, 32)  # 4, 2 and 1 features for each


def run(seed: int) -> dict[str, float]:
    """Accuracies and parameters of each variant; for one head also where it looks."""
    test = fresh_circles(seed)
    metrics: dict[str, float] = {}
    for name, more in ONE_HEAD.items():
        model, _ = train(1, seed, **more)
        score = accuracies(model, test)
        metrics[f"parameters_{name}"] = count_parameters(model)
        metrics |= {f"{metric}_{name}": score[job] for metric, job in _NAMES.items()}
        ((left, twin),) = head_masses(model, test).tolist()
        metrics[f"mass_left_{name}"], metrics[f"mass_twin_{name}"] = left, twin
        metrics[f"moved_by_colours_{name}"] = moved_by_colours(model, test)
        if model.first is not None:
            with torch.no_grad():
                _, weights = model.first(model.embed(test.letters, test.colours))
            left, twin = weights_on_sources(weights, test.sources).mean((0, 1, 2)).tolist()
            metrics[f"mass_left_{name}_first"], metrics[f"mass_twin_{name}_first"] = left, twin
    for num_heads in MANY_HEADS:
        score = accuracies(train(num_heads, seed)[0], test)
        metrics |= {f"{metric}_{num_heads}_heads": score[job] for metric, job in _NAMES.items()}
    return {name: round(value, 4) for name, value in metrics.items()}


_NAMES = {"accuracy": "both", "left": "left", "twin": "twin", "same": "same"}
