"""Find the digit, controls: maps that need no network, clutter in place of paper, and half the rate (lesson 07).

All else as in ``find_digit``. Plain names are canvases of 32 pixels; ``_40`` says another size.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.datasets.digits import SIDE, Canvases, box_mask, draw_canvases, load_digits
from course_utils.experiments.find_digit import (
    LEARNING_RATE,
    SIZE,
    STEPS,
    accuracy,
    boxes_to_delete,
    fresh_canvases,
    train,
    true_cells,
)
from course_utils.experiments.find_digit_variants import LARGE_SIZE, curve
from course_utils.interpretability import hit_rate
from course_utils.models.find_digit import CELL, POOLS, RECEPTIVE_FIELD, DigitFinder
from course_utils.reproducibility import generator

HALF_RATE = LEARNING_RATE / 2
CHECKPOINTS = (STEPS, 3 * STEPS)
TRAINING = 10_000  # canvases, to choose a cell on


def ink_maps(images: Tensor) -> Tensor:
    """How much ink each cell sees, of a pixel in the mean: ``(batch, 1, H, W)`` to ``(batch, rows, columns)``."""
    return F.avg_pool2d(images, RECEPTIVE_FIELD, stride=CELL, padding=RECEPTIVE_FIELD // 2)[:, 0]


def pointing_without_network(seed: int) -> dict[str, float]:
    """How often the cell that sees most ink lies in the digit's box, and the one cell that did so most in training."""
    test = fresh_canvases(seed)
    right = true_cells(test).flatten(1)  # (batch, cells)
    training = draw_canvases(TRAINING, SIZE, generator(5_000_000 + seed), load_digits()[0])
    best = true_cells(training).flatten(1).float().mean(0).argmax()
    return {
        "pointing_ink": hit_rate(ink_maps(test.images).flatten(1), right),
        "pointing_fixed": right[:, best].float().mean().item(),
    }


def with_clutter(test: Canvases, boxes: Tensor, seed: int) -> Canvases:
    """The canvases with clutter in the boxes ``(batch, 4)``: what another canvas has there, one with no digit there.

    Boxes and digits are ``SIDE`` pixels wide. The other canvas is drawn with equal chances.

    Raises ValueError when a box has no such canvas.
    """
    apart = (boxes[:, None, :2] - test.boxes[:, :2]).abs().amax(-1)  # (batch, batch): boxes by digits
    free = (apart >= SIDE).float().fill_diagonal_(0)
    if not bool(free.any(-1).all()):
        raise ValueError(f"with_clutter: of {len(boxes)} canvases, none has clutter alone where one of the boxes lies.")
    others = torch.multinomial(free, 1, generator=generator(4_000_000 + seed))[:, 0]
    pixels = box_mask(boxes, torch.arange(test.images.shape[-1]))  # (batch, size, size)
    return test._replace(images=torch.where(pixels[:, None], test.images[others], test.images))


def cluttered(model: DigitFinder, test: Canvases, seed: int, name: str) -> dict[str, float]:
    """The accuracy lost by clutter at the top of either map, at random, and on the digit."""
    whole = accuracy(model, test)
    return {
        f"drop_clutter_{which}_{name}": whole - accuracy(model, with_clutter(test, boxes, seed))
        for which, boxes in boxes_to_delete(model, test, seed).items()
    }


def run(seed: int) -> dict[str, float]:
    """Pointing without a network; what clutter costs every pool; large canvases at half the rate, and for longer."""
    metrics = pointing_without_network(seed)
    test = fresh_canvases(seed)
    for pool in POOLS:
        metrics |= cluttered(train(pool, seed)[0], test, seed, pool)
    for pool in POOLS:
        reached = curve(pool, seed, LARGE_SIZE, CHECKPOINTS, HALF_RATE)
        names = (f"accuracy_{pool}_{LARGE_SIZE}_half_rate", f"accuracy_{pool}_{LARGE_SIZE}_half_rate_longer")
        metrics |= dict(zip(names, reached))
    for pool in ("max", "gate"):  # find_digit_variants has the other two
        metrics[f"accuracy_{pool}_{LARGE_SIZE}_longer"] = curve(pool, seed, LARGE_SIZE, CHECKPOINTS[-1:])[0]
    return {name: round(value, 4) for name, value in metrics.items()}
