"""Find the digit, otherwise: more steps for every pool, and clutter in larger pieces (lesson 07).

All else as in ``find_digit``, learning rates included. Plain names are canvases of 32 pixels.
"""

from __future__ import annotations

from course_utils.experiments.find_digit import LEARNING_RATE, SIZE, STEPS, accuracy, fresh_canvases, judged, train
from course_utils.models.find_digit import POOLS, DigitFinder

CHECKPOINTS = tuple(STEPS * part // 4 for part in (1, 2, 3, 4, 6, 8, 12))  # up to three times the steps
LARGE_SIZE = 40  # pixels of the largest canvas
LARGE_PIECE = 4  # a quarter of a digit's area, for 2 by 2 pixels: clutter that looks more like digits


def curve(
    pool: str,
    seed: int,
    size: int = SIZE,
    checkpoints: tuple[int, ...] = CHECKPOINTS,
    learning_rate: float = LEARNING_RATE,
) -> list[float]:
    """The accuracy after each number of steps in one training."""
    test, reached = fresh_canvases(seed, size), []

    def note(model: DigitFinder, step: int) -> None:
        if step in checkpoints:
            reached.append(accuracy(model, test))

    train(pool, seed, size, checkpoints[-1], learning_rate, on_step=note)
    return [round(value, 4) for value in reached]


def run(seed: int) -> dict[str, object]:
    """Accuracies of every pool on the way to three times the steps; three of them in clutter of large pieces."""
    metrics: dict[str, object] = {"checkpoints": list(CHECKPOINTS)}
    for pool in POOLS:
        metrics[f"accuracy_curve_{pool}"] = curve(pool, seed)
    for pool in ("mean", "attention"):
        metrics[f"accuracy_{pool}_{LARGE_SIZE}_longer"] = curve(pool, seed, LARGE_SIZE, CHECKPOINTS[-1:])[0]
    test = fresh_canvases(seed, piece=LARGE_PIECE)
    for pool in ("mean", "max", "attention"):
        metrics |= judged(train(pool, seed, piece=LARGE_PIECE)[0], test, f"{pool}_large")
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in metrics.items()}
