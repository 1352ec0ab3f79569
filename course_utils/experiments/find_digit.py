"""Find the digit: one real digit in clutter, pooled by mean, maximum, a gate or attention (lesson 07, claim C8).

All have 3,890 to 3,914 parameters, the same optimiser, steps, batches and learning rate: 1e-2 did best for each on
canvases of 32 pixels in seeds 10 to 12, which no result uses; there, the last 347 digits of the training split stood
for the test. Tried were 5e-3, 1e-2 and 2e-2, for mean and gate 4e-2 as well; with 2e-2 and above no pool but the
maximum had begun to learn by then in seed 10. Every batch is drawn afresh from the training split, every test from the
test split.

Plain names are canvases of 32 pixels; ``_20`` and ``_40`` say another size. A ``contribution`` is what a cell adds to
the logit of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.datasets.digits import PIECE, SIDE, Canvases, Digits, box_mask, draw_canvases, load_digits
from course_utils.interpretability import attention_mass, hit_rate
from course_utils.layers import MeanPool
from course_utils.models.find_digit import POOLS, DigitFinder, cell_centres, contributions
from course_utils.reproducibility import generator, set_seed
from course_utils.training import count_parameters, fit

SIZE = 32
SIZES = (20, 32, 40)
STEPS = 1_200  # attention is past three in four by then, in about four CPU seconds
BATCH = 64
LEARNING_RATE = 1e-2
TEST = 2_000  # canvases


def loss(model: DigitFinder, batch: Canvases) -> Tensor:
    """Cross-entropy of the digit, in nats; a guess among ten costs ln 10 = 2.30."""
    logits, _ = model(batch.images)
    return F.cross_entropy(logits, batch.labels)


def train(
    pool: str,
    seed: int,
    size: int = SIZE,
    steps: int = STEPS,
    learning_rate: float = LEARNING_RATE,
    piece: int = PIECE,
    on_step: Callable[[DigitFinder, int], None] | None = None,
) -> tuple[DigitFinder, list[float]]:
    """A network with this pool after so many steps on fresh canvases, and its losses.

    ``piece`` is the side of a piece of clutter; ``on_step(model, step)`` is called after each step. Raises ValueError
    for another pool or a canvas that cannot be drawn.
    """
    set_seed(seed)
    model = DigitFinder(pool)
    batches = _stream(size, generator(1_000 + seed), _splits()[0], piece)

    def note(step: int, _: float) -> None:
        if on_step is not None:
            model.eval()  # the gate's normalisation as in a test
            on_step(model, step)
            model.train()

    return model, fit(model, loss, batches, steps, learning_rate, on_step=note)


def fresh_canvases(seed: int, size: int = SIZE, piece: int = PIECE) -> Canvases:
    """The canvases that a seed is tested on; their digits, and the pieces of the clutter, are from the test split."""
    return draw_canvases(TEST, size, generator(2_000_000 + seed), _splits()[1], piece)


@torch.no_grad()
def accuracy(model: DigitFinder, test: Canvases) -> float:
    """Share of canvases whose digit is named."""
    return (model(test.images)[0].argmax(-1) == test.labels).float().mean().item()


def true_cells(test: Canvases) -> Tensor:
    """Which cells of the map lie in the digit's box: ``(batch, rows, columns)``, boolean.

    Those whose receptive field, 7 pixels wide, has its centre there: always 2 by 2. Their neighbours see a part of the
    digit as well, and do not count.
    """
    return box_mask(test.boxes, cell_centres(test.images.shape[-1]))


def mass_and_pointing(maps: Tensor, test: Canvases) -> tuple[float, float]:
    """The share of each map in the digit's box, and how often the map's maximum lies there, both in the mean.

    Shape: maps ``(batch, rows, columns)``; for the first of the two numbers to be a share, each must sum to 1.
    """
    maps, right = maps.detach().flatten(1), true_cells(test).flatten(1)
    return attention_mass(maps, right), hit_rate(maps, right)


def top_cells(maps: Tensor) -> Tensor:
    """Row and column of each map's maximum: ``(batch, rows, columns)`` to ``(batch, 2)``."""
    tops = maps.flatten(1).argmax(-1)
    return torch.stack([tops // maps.shape[2], tops % maps.shape[2]], dim=1)


def boxes_round(cells: Tensor, size: int) -> Tensor:
    """A digit's size of pixels round the given cells, as boxes: ``(batch, 2)``, row and column, to ``(batch, 4)``.

    A box is moved into the canvas of ``size`` pixels where it would stick out, so that all are equally large.
    """
    corners = (cell_centres(size)[cells] - SIDE // 2).clamp(0, size - SIDE)
    return torch.cat([corners, torch.full_like(corners, SIDE)], dim=1)


def random_boxes(test: Canvases, seed: int) -> Tensor:
    """A box round a cell of each canvas, drawn with equal chances, the digit's own included: ``(batch, 4)``."""
    size = test.images.shape[-1]
    cells = torch.randint(len(cell_centres(size)), (len(test.labels), 2), generator=generator(3_000_000 + seed))
    return boxes_round(cells, size)


def without(test: Canvases, boxes: Tensor) -> Canvases:
    """The canvases with paper in the boxes ``(batch, 4)``."""
    pixels = box_mask(boxes, torch.arange(test.images.shape[-1]))  # (batch, size, size)
    return test._replace(images=test.images.masked_fill(pixels[:, None], 0.0))


@torch.no_grad()
def maps_of(model: DigitFinder, images: Tensor) -> tuple[Tensor, Tensor]:
    """Two maps of where the answer comes from, ``(batch, rows, columns)`` each: the pool's weights, and contributions.

    A contribution is here what the cell adds in favour of the answer; those against it are zero, and the map sums to 1.
    """
    added = contributions(model, images).clamp_min(0)
    return model(images)[1], added / added.sum((1, 2), keepdim=True).clamp_min(1e-9)


def judged(model: DigitFinder, test: Canvases, name: str) -> dict[str, float]:
    """Accuracy, and mass and pointing of both maps, under the name; no weights of the mean, which are all alike."""
    weights, added = maps_of(model, test.images)
    metrics = {f"accuracy_{name}": accuracy(model, test)}
    maps = {"contribution_": added} if isinstance(model.pool, MeanPool) else {"": weights, "contribution_": added}
    for which, one in maps.items():
        metrics[f"mass_{which}{name}"], metrics[f"pointing_{which}{name}"] = mass_and_pointing(one, test)
    return metrics


def boxes_to_delete(model: DigitFinder, test: Canvases, seed: int) -> dict[str, Tensor]:
    """The boxes, ``(batch, 4)``, at the top of either map, at random, and of the digit; no top weight of the mean."""
    weights, added = maps_of(model, test.images)
    size = test.images.shape[-1]
    boxes = {"contribution": boxes_round(top_cells(added), size), "random": random_boxes(test, seed)}
    boxes["digit"] = test.boxes
    if not isinstance(model.pool, MeanPool):
        boxes["top"] = boxes_round(top_cells(weights), size)
    return boxes


def deleted(model: DigitFinder, test: Canvases, seed: int, name: str) -> dict[str, float]:
    """The accuracy lost by paper at the top of either map, at random, and on the digit; and how sure the map is.

    ``top_weight`` is the greatest weight in the mean over the canvases; ``_no_digit`` where paper lies on the digit.
    """
    weights, _ = maps_of(model, test.images)
    whole = accuracy(model, test)
    metrics = {
        f"drop_{which}_{name}": whole - accuracy(model, without(test, boxes))
        for which, boxes in boxes_to_delete(model, test, seed).items()
    }
    empty, _ = maps_of(model, without(test, test.boxes).images)
    metrics[f"top_weight_{name}"] = weights.amax((1, 2)).mean().item()
    metrics[f"top_weight_no_digit_{name}"] = empty.amax((1, 2)).mean().item()
    return metrics


def run(seed: int) -> dict[str, float]:
    """For each pool and canvas: accuracy, where its two maps lie, and what it loses without the places they name."""
    metrics: dict[str, float] = {}
    for size in SIZES:
        suffix = "" if size == SIZE else f"_{size}"
        test = fresh_canvases(seed, size)
        metrics[f"area{suffix}"] = true_cells(test).float().mean().item()
        for pool in POOLS:
            model, _ = train(pool, seed, size)
            metrics[f"parameters_{pool}{suffix}"] = count_parameters(model)
            metrics |= judged(model, test, f"{pool}{suffix}")
            if size == SIZE:
                metrics |= deleted(model, test, seed, pool)
    return {name: round(value, 4) for name, value in metrics.items()}


def _stream(size: int, source: torch.Generator, digits: Digits, piece: int) -> Iterator[Canvases]:
    while True:
        yield draw_canvases(BATCH, size, source, digits, piece)


@cache
def _splits() -> tuple[Digits, Digits]:
    return load_digits()
