"""Retrieval: does attention learn whom to look at, and do fixed weights do as well? (lesson 02, claim C1)"""

from __future__ import annotations

from torch import nn
from torch.nn import functional as F

from course_utils.datasets.retrieval import COLOURS, FEATURES, Retrieval, draw, stream
from course_utils.models.retrieval import FixedWeights, LearnedAttention, MeanOfEncodings, PlainAttention
from course_utils.reproducibility import generator, set_seed
from course_utils.training import count_parameters, fit

ITEMS = 6  # people in each question
STEPS = 400  # for every model alike
BATCH = 64
LEARNING_RATE = 1e-2  # for every model; with 3e-3 or 3e-2 no rival gains more than 0.01
TEST = 2000  # fresh questions
D_K = 16
KINDS = ("attention", "plain", "fixed", "deep_sets")
LARGE_HIDDEN, LARGE_STEPS = 64, 4_000  # Deep Sets once more with ten times the parameters and the steps


def build(kind: str, seed: int) -> nn.Module:
    """A fresh model; the three that learn more than a read-out have 700 to 730 parameters each."""
    set_seed(seed)
    if kind == "attention":
        return LearnedAttention(FEATURES, D_K, len(COLOURS))
    if kind == "plain":
        return PlainAttention(FEATURES, len(COLOURS))
    if kind == "fixed":
        return FixedWeights(FEATURES, ITEMS, 16, len(COLOURS))
    if kind == "deep_sets":
        return MeanOfEncodings(FEATURES, 12, len(COLOURS))
    raise ValueError(f"build: kind is {kind!r}, expected one of {KINDS}.")


def loss(model: nn.Module, batch: Retrieval):
    """Cross-entropy of the answer."""
    return F.cross_entropy(model(batch.query, batch.items)[0], batch.answer)


def train(kind: str, seed: int) -> tuple[nn.Module, list[float]]:
    """A model after ``STEPS`` steps, and its losses."""
    model = build(kind, seed)
    batches = stream(BATCH, ITEMS, generator(1_000 + seed))
    return model, fit(model, loss, batches, STEPS, LEARNING_RATE)


def score(model: nn.Module, seed: int) -> dict[str, float]:
    """Accuracy on fresh questions, the weight on the item asked for, and how often it gets the most."""
    test = draw(TEST, ITEMS, generator(2_000_000 + seed))
    logits, weights = model(test.query, test.items)
    return {
        "accuracy": (logits.argmax(-1) == test.answer).float().mean().item(),
        "mass": weights.gather(1, test.target[:, None]).mean().item(),
        "hit_rate": (weights.argmax(-1) == test.target).float().mean().item(),
    }


def train_large(seed: int) -> nn.Module:
    """Deep Sets with about ten times the parameters and ten times the steps."""
    set_seed(seed)
    model = MeanOfEncodings(FEATURES, LARGE_HIDDEN, len(COLOURS))
    fit(model, loss, stream(BATCH, ITEMS, generator(1_000 + seed)), LARGE_STEPS, LEARNING_RATE)
    return model


def run(seed: int) -> dict[str, float]:
    """Metrics of the four models for one seed, and the accuracy of the large Deep Sets."""
    metrics: dict[str, float] = {}
    for kind in KINDS:
        model, _ = train(kind, seed)
        metrics[f"parameters_{kind}"] = count_parameters(model)
        metrics |= {f"{name}_{kind}": round(value, 4) for name, value in score(model, seed).items()}
    large = train_large(seed)
    metrics["parameters_deep_sets_large"] = count_parameters(large)
    metrics["accuracy_deep_sets_large"] = round(score(large, seed)["accuracy"], 4)
    return metrics
