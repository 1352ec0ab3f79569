"""Two jobs at once: can one softmax serve both, and what do more heads of the same budget do (lesson 05, claim C6)?

Every model has the same number of parameters, steps, batches and the same learning rate, whatever its number of heads.
An accuracy counts a token as right when *both* colours are, on fresh circles; each job's own stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.datasets.two_jobs import COLOURS, PLACES, TwoJobs, draw, stream
from course_utils.models.two_jobs import TwoJobsNetwork, head_contexts, without_heads
from course_utils.reproducibility import generator, set_seed
from course_utils.training import count_parameters, fit

HEADS = (1, 2, 4)
STEPS = 600  # two heads are all but perfect after half of it
BATCH = 64
LEARNING_RATE = 5e-3  # for all; with 3e-3, 1e-2 or 2e-2 one head gets no more than 0.003 on top: two_jobs_variants
TEST = 1_000  # fresh circles, 12,000 tokens
# How often both jobs have one answer: the twin is the left neighbour, or else has its colour by chance. 7/22.
SAME_COLOUR = 1 / (PLACES - 1) + (PLACES - 2) / (PLACES - 1) / len(COLOURS)


def build(num_heads: int, seed: int, **network: object) -> TwoJobsNetwork:
    """A fresh network; ``network`` holds the other arguments of ``TwoJobsNetwork``, with its errors."""
    set_seed(seed)
    return TwoJobsNetwork(num_heads, **network)


def loss(model: TwoJobsNetwork, batch: TwoJobs) -> Tensor:
    """Cross-entropy of the colour, in the mean over tokens and jobs."""
    logits, _ = model(batch.letters, batch.colours)
    return F.cross_entropy(logits.flatten(0, 2), batch.answers.flatten())


def train(
    num_heads: int, seed: int, steps: int = STEPS, learning_rate: float = LEARNING_RATE, **network: object
) -> tuple[TwoJobsNetwork, list[float]]:
    """A network after so many steps on fresh circles, and its losses; ``network`` goes to ``build``."""
    model = build(num_heads, seed, **network)
    return model, fit(model, loss, stream(BATCH, generator(1_000 + seed)), steps, learning_rate)


def fresh_circles(seed: int) -> TwoJobs:
    """The fresh circles that a seed is tested on."""
    return draw(TEST, generator(2_000_000 + seed))


@torch.no_grad()
def accuracies(model: TwoJobsNetwork, test: TwoJobs) -> dict[str, float]:
    """Share of tokens with ``'both'`` colours right, with the ``'left'`` neighbour's, with the ``'twin'``'s.

    ``'same'`` is the share of tokens for which the network gives one colour twice.
    """
    logits, _ = model(test.letters, test.colours)
    said = logits.argmax(-1)  # (batch, PLACES, jobs)
    right = said == test.answers
    left, twin = right.float().mean((0, 1)).tolist()
    both = right.all(-1).float().mean().item()
    return {"both": both, "left": left, "twin": twin, "same": (said[..., 0] == said[..., 1]).float().mean().item()}


def weights_on_sources(weights: Tensor, sources: Tensor) -> Tensor:
    """What each token gives to its left neighbour and to its twin: ``(batch, heads, PLACES, 2)``.

    Where the twin is the left neighbour, the one weight stands there twice.

    Shapes: weights ``(batch, heads, PLACES, PLACES)``, sources ``(batch, PLACES, 2)`` as ``draw`` makes them.
    """
    return weights.gather(-1, sources[:, None].expand(-1, weights.shape[1], -1, -1))


@torch.no_grad()
def head_masses_by_place(model: TwoJobsNetwork, test: TwoJobs) -> Tensor:
    """The mean weight on left neighbour and twin, for each head and each place: ``(heads, PLACES, 2)``."""
    _, weights = model(test.letters, test.colours)  # (batch, heads, T_q, T_k)
    return weights_on_sources(weights, test.sources).mean(0)


def head_masses(model: TwoJobsNetwork, test: TwoJobs) -> Tensor:
    """The same, in the mean over the places: ``(heads, 2)``."""
    return head_masses_by_place(model, test).mean(1)


@torch.no_grad()
def moved_by_colours(model: TwoJobsNetwork, test: TwoJobs) -> float:
    """The share of a token's weight that goes to other keys when all colours are drawn anew, the letters kept.

    0 for weights that do not depend on the colours; 1 if none of the weight stayed where it was. The mean over
    tokens and heads.
    """
    redrawn = torch.randint(len(COLOURS), test.colours.shape, generator=generator(3_000_000))
    _, before = model(test.letters, test.colours)
    _, after = model(test.letters, redrawn)
    return (after - before).abs().sum(-1).mean().item() / 2


def ablation(model: TwoJobsNetwork, test: TwoJobs, heads: Iterable[int], mean: bool = False) -> dict[str, float]:
    """``accuracies`` with some heads set to zero or, with ``mean``, to their average over the test."""
    average = None
    if mean:
        average = head_contexts(model.attention, model.embed(test.letters, test.colours)).mean((0, 2))
    return accuracies(without_heads(model, heads, average), test)


def run(seed: int) -> dict[str, float]:
    """Accuracies for each number of heads, where the heads look, and what is lost without each of them."""
    test = fresh_circles(seed)
    metrics: dict[str, float] = {}
    for num_heads in HEADS:
        name = f"{num_heads}_head" + "s" * (num_heads > 1)
        model, history = train(num_heads, seed)
        metrics["parameters"] = count_parameters(model)
        metrics[f"final_loss_{name}"] = sum(history[-20:]) / 20
        score = accuracies(model, test)
        metrics[f"accuracy_{name}"] = score["both"]
        metrics |= {f"{job}_{name}": score[job] for job in ("left", "twin", "same")}
        metrics[f"moved_by_colours_{name}"] = moved_by_colours(model, test)
        by_place = head_masses_by_place(model, test)[..., 0]  # (heads, PLACES), on the left neighbour
        metrics[f"left_best_head_{name}"] = by_place.mean(1).amax().item()  # the best head for all places
        metrics[f"left_best_head_of_each_place_{name}"] = by_place.amax(0).mean().item()
        for head, (left, twin) in enumerate(head_masses(model, test).tolist(), start=1):
            metrics[f"mass_left_{name}_head_{head}"], metrics[f"mass_twin_{name}_head_{head}"] = left, twin
            if num_heads > 1:
                for how in ("zero", "mean"):
                    rest = ablation(model, test, [head - 1], mean=how == "mean")
                    metrics |= {f"{how}_{job}_{name}_head_{head}": rest[job] for job in ("left", "twin")}
    return {name: round(value, 4) for name, value in metrics.items()}
