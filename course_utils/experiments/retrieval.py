"""Lesson 02, C1: does attention learn whom to look at, and does anything else do as well on the same budget?"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.datasets.retrieval import COLOURS, FEATURES, Retrieval, draw, stream
from course_utils.interpretability import attention_mass, hit_rate
from course_utils.models.retrieval import (
    FixedWeights,
    LearnedAttention,
    MatchWithoutSoftmax,
    MeanOfEncodings,
    PlainAttention,
)
from course_utils.reproducibility import generator, set_seed
from course_utils.training import count_parameters, fit

ITEMS = 6  # people in each question
STEPS = 400  # for every model alike
BATCH = 64
LEARNING_RATE = 1e-2  # for every model; with 3e-3 or 3e-2 no rival gains more than 0.01
TEST = 2_000  # fresh questions
D_K = 16
LONG = 4_000  # steps of the rivals that get ten times the training
QUIET = 8**-0.5  # noise whose eight features are together as long as a name

MODELS: dict[str, Callable[[], nn.Module]] = {
    "attention": lambda: LearnedAttention(FEATURES, D_K, len(COLOURS)),
    "shared": lambda: LearnedAttention(FEATURES, D_K, len(COLOURS), shared=True),
    "no_softmax": lambda: MatchWithoutSoftmax(FEATURES, D_K, len(COLOURS)),
    "plain": lambda: PlainAttention(FEATURES, len(COLOURS)),
    "fixed": lambda: FixedWeights(FEATURES, ITEMS, 16, len(COLOURS)),
    "deep_sets": lambda: MeanOfEncodings(FEATURES, 12, len(COLOURS)),
    "deep_sets_wide": lambda: MeanOfEncodings(FEATURES, 64, len(COLOURS)),  # ten times the parameters
}
KINDS = ("attention", "plain", "fixed", "deep_sets")  # what the lesson trains live


def loss(model: nn.Module, batch: Retrieval) -> Tensor:
    """Cross-entropy of the answer, in nats; a blind guess costs ln 4 = 1.39."""
    return F.cross_entropy(model(batch.query, batch.items)[0], batch.answer)


def train(kind: str, seed: int, steps: int = STEPS) -> tuple[nn.Module, list[float]]:
    """A model of ``MODELS`` after so many steps, and its losses. Raises ValueError for another kind."""
    if kind not in MODELS:
        raise ValueError(f"train: kind is {kind!r}, expected one of {', '.join(map(repr, MODELS))}.")
    set_seed(seed)
    model = MODELS[kind]()
    return model, fit(model, loss, stream(BATCH, ITEMS, generator(1_000 + seed)), steps, LEARNING_RATE)


@torch.no_grad()
def score(model: nn.Module, seed: int, noise: float = 1.0) -> dict[str, float]:
    """How well a model does on fresh questions, and where it puts its weight.

    ``accuracy``; ``mass``, the mean weight on the item asked for; ``hit_rate``, how often that item
    gets the largest weight, and ``lowest_rate``, how often the smallest.
    """
    test = draw(TEST, ITEMS, generator(2_000_000 + seed), noise)
    logits, weights = model(test.query, test.items)
    right = F.one_hot(test.target, ITEMS).bool()  # (batch, T_k)
    return {
        "accuracy": (logits.argmax(-1) == test.answer).float().mean().item(),
        "mass": attention_mass(weights, right),
        "hit_rate": hit_rate(weights, right),
        "lowest_rate": hit_rate(-weights, right),
    }


def run(seed: int) -> dict[str, float]:
    """Parameters and scores of every model, and of the Deep Sets that get ten times the steps."""
    metrics: dict[str, float] = {}
    trainings = [(kind, kind, STEPS) for kind in MODELS]
    trainings += [("deep_sets_long", "deep_sets", LONG), ("deep_sets_large", "deep_sets_wide", LONG)]
    for name, kind, steps in trainings:
        model, _ = train(kind, seed, steps)
        metrics[f"parameters_{name}"] = count_parameters(model)
        metrics |= {f"{metric}_{name}": round(value, 4) for metric, value in score(model, seed).items()}
        if kind == "plain":
            metrics["hit_rate_plain_quiet"] = round(score(model, seed, QUIET)["hit_rate"], 4)
    return metrics
