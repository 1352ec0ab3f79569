"""Exercise 1.4: models compared, each at its own best learning rate."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import torch

from course_utils.exercises.exercise import Exercise, Misconception


def _grid(seed: int, models: int, rates: int, seeds: int) -> np.ndarray:
    """Accuracies of rates that differ, of seeds that differ more, and of some runs that only guess.

    The seed is one with which all mistakes differ.
    """
    generator = np.random.default_rng(seed)
    of_rate = generator.uniform(0.4, 0.7, size=(models, rates, 1))
    accuracy = of_rate + generator.normal(scale=0.2, size=(models, rates, seeds))
    guesses = generator.uniform(size=accuracy.shape) < 0.15
    return np.where(guesses, generator.uniform(0.03, 0.09, size=accuracy.shape), np.clip(accuracy, 0.1, 0.98)).round(3)


_ACCURACIES = (_grid(507, 4, 7, 6), _grid(1, 2, 3, 4))
_AXES, _IN_WORDS = ("models", "rates", "seeds"), {"mean": "mean", "max": "best"}
_CHOSEN_BY = {  # (models, rates, seeds) -> (models, rates): largest for the rate that is chosen
    "the median": lambda accuracy: np.median(accuracy, 2),
    "the best seed": lambda accuracy: accuracy.max(2),
    "the worst seed": lambda accuracy: accuracy.min(2),
    "the first seed": lambda accuracy: accuracy[:, :, 0],
    "the last seed": lambda accuracy: accuracy[:, :, -1],
    "the mean less the spread": lambda accuracy: accuracy.mean(2) - accuracy.std(2),
    "the mean over the spread": lambda accuracy: accuracy.mean(2) / accuracy.std(2),
    "the mean and the spread": lambda accuracy: accuracy.mean(2) + accuracy.std(2),
    "the smallest spread": lambda accuracy: -accuracy.std(2),
    "how many seeds it wins": lambda accuracy: (accuracy == accuracy.max(1, keepdims=True)).sum(2),
    "the mean without the best and the worst seed": lambda accuracy: np.sort(accuracy, 2)[:, :, 1:-1].mean(2),
    "the mean of all models": lambda accuracy: np.repeat(accuracy.mean((0, 2))[None], len(accuracy), 0),
    "the first model alone": lambda accuracy: np.repeat(accuracy.mean(2)[:1], len(accuracy), 0),
    "the last model alone": lambda accuracy: np.repeat(accuracy.mean(2)[-1:], len(accuracy), 0),
    "its place: always the first": lambda accuracy: np.arange(accuracy.shape[1], 0, -1) + 0 * accuracy.mean(2),
    "its place: always the last": lambda accuracy: np.arange(accuracy.shape[1]) + 0 * accuracy.mean(2),
}
_NOT_BY_CHANCE = {"the best seed", "the worst seed", "the first seed", "the last seed"}
_TOLD = {  # (models, seeds) at the chosen rate -> what is given back
    "the best seed": lambda seeds: seeds.max(1),
    "the worst seed": lambda seeds: seeds.min(1),
    "the median of the seeds": lambda seeds: np.median(seeds, 1),
    "the first seed": lambda seeds: seeds[:, 0],
    "the last seed": lambda seeds: seeds[:, -1],
    "the spread of the seeds": lambda seeds: seeds.std(1),
    "the mean less the spread": lambda seeds: seeds.mean(1) - seeds.std(1),
    "the mean without the best and the worst seed": lambda seeds: np.sort(seeds, 1)[:, 1:-1].mean(1),
}
_CHOSEN_AND_TOLD = {  # the same number chooses, and is given back: it stands in both tables above
    "the best seed": ("the best seed", "the best seed"),
    "the median": ("the median", "the median of the seeds"),
    "the worst seed": ("the worst seed", "the worst seed"),
    "the first seed": ("the first seed", "the first seed"),
    "the last seed": ("the last seed", "the last seed"),
    "the mean less the spread": ("the mean less the spread", "the mean less the spread"),
    "the mean without two seeds": (
        "the mean without the best and the worst seed",
        "the mean without the best and the worst seed",
    ),
}


def _at_rate(chosen_by: Callable, told: Callable = lambda seeds: seeds.mean(1)) -> Callable[[np.ndarray], np.ndarray]:
    def mistaken(accuracy):
        return told(accuracy[np.arange(len(accuracy)), np.argmax(chosen_by(accuracy), axis=1)])

    return mistaken


def _means(accuracy: np.ndarray) -> np.ndarray:
    return accuracy.mean(2)


def _reduced(steps: tuple[tuple[str, int], ...]) -> Callable[[np.ndarray], np.ndarray]:
    """A mean or a maximum over one axis after the other."""

    def mistaken(accuracy):
        for name, axis in steps:
            accuracy = getattr(accuracy, name)(axis, keepdims=True)
        return accuracy.squeeze(tuple(axis for _, axis in steps))

    return mistaken


def _without_guesses(limit: float) -> Callable[[np.ndarray], np.ndarray]:
    """Seeds that only guess are left out of the means."""

    def mistaken(accuracy):
        kept = accuracy > limit
        return (np.where(kept, accuracy, 0).sum(2) / np.maximum(kept.sum(2), 1)).max(1)

    return mistaken


_AXES_IN_WORDS = (
    "The axes are (models, rates, seeds): the mean over seeds, the last; then the best over rates, in the middle."
)
_RULE = "Average over the seeds first, then choose one rate by that mean (section 6)."

BEST_OF_GRID = Exercise(
    id="1.4",
    answer="at_own_best_rate",
    title="Write at_own_best_rate(accuracy): each model's mean over seeds, at the rate where that mean is highest.",
    objective="compare models fairly over learning rates and seeds",
    kind="write",
    minutes=6,
    difficulty=2,
    cases=tuple((accuracy,) for accuracy in _ACCURACIES),
    right=lambda accuracy: torch.as_tensor(accuracy).mean(2).amax(1),
    misconceptions=(
        Misconception(
            "the place instead of the accuracy",
            lambda accuracy: accuracy.mean(2).argmax(1),
            "{got} is the place of the best rate, from argmax. Give back the accuracy there: max.",
        ),
        Misconception(
            "the place, counted from 1",
            lambda accuracy: accuracy.mean(2).argmax(1) + 1,
            "{got} is the number of the best rate. Give back the accuracy there: max.",
        ),
        Misconception(
            "the place of the best run",
            lambda accuracy: accuracy.reshape(len(accuracy), -1).argmax(1),
            f"{{got}} are places, of single runs at that. Give back accuracies: {_RULE}",
        ),
        Misconception(
            "the best seed picked",
            lambda accuracy: accuracy.max(axis=(1, 2)),
            "You took the best single run, {got}: lucky seeds win. Average over the seeds first, then choose the rate "
            "(section 6).",
            seen="https://github.com/JingweiToo/Wrapper-Feature-Selection-Toolbox/issues/4",
        ),
        Misconception(
            "best seed of each rate, then averaged",
            lambda accuracy: accuracy.max(2).mean(1),
            "You took the best seed of each rate, then the mean over rates. It is the other way round: mean over seeds "
            "(the last axis), best over rates (section 6).",
        ),
        Misconception(
            "a new best rate for every seed",
            lambda accuracy: accuracy.max(1).mean(1),
            "You let every seed choose its own rate, {got}: nobody knows beforehand which seed they will get. Average "
            "over the seeds first, then choose one rate (section 6).",
        ),
        Misconception(
            "rates and seeds swapped",
            lambda accuracy: accuracy.mean(1).max(1),
            "You averaged over the rates and took the best seed, {got}. The axes are (models, rates, seeds): seeds are "
            "the last one, rates the one in the middle.",
        ),
        Misconception(
            "averaged over the rates too",
            lambda accuracy: accuracy.mean(axis=(1, 2)),
            "You averaged over the rates as well, {got}: a model pays for rates nobody would choose. Mean over seeds, "
            "then the best rate (section 6).",
        ),
        Misconception(
            "one rate for all",
            _at_rate(_CHOSEN_BY["the mean of all models"]),
            "You chose one rate for all models together: that is section 5. In section 6 each has its own.",
            seen="https://github.com/AI-secure/Transferability-Reduced-Smooth-Ensemble/issues/2",
        ),
        *(
            Misconception(
                f"rate chosen by {which}",
                _at_rate(chosen_by),
                f"{{got}}: you report means over the seeds, as asked; but the rate was chosen by {which}. "
                f"{'One run decides nothing. ' if which in _NOT_BY_CHANCE else ''}"
                "It is the rate with the highest mean of the model (section 6).",
            )
            for which, chosen_by in _CHOSEN_BY.items()
            if which != "the mean of all models"
        ),
        *(
            Misconception(
                f"{told_as} at the right rate",
                _at_rate(_means, told),
                f"The right rate, but of its runs you give {told_as}: {{got}}. Give their mean.",
            )
            for told_as, told in _TOLD.items()
        ),
        *(
            Misconception(
                f"{which}, instead of the mean",
                _at_rate(_CHOSEN_BY[chosen_by], _TOLD[told]),
                f"You went by {which} of the runs: {{got}}. Asked for is the mean over the seeds, to choose the rate "
                "and to report.",
            )
            for which, (chosen_by, told) in _CHOSEN_AND_TOLD.items()
            if which != "the best seed"
        ),
        *(
            Misconception(
                f"{name} left out",
                lambda accuracy, cut=cut: accuracy[:, cut].mean(2).max(1),
                f"{{got}}: you never looked at {name}. All the rates count: how far does the loop go?",
            )
            for name, cut in (("the last rate", slice(None, -1)), ("the first rate", slice(1, None)))
        ),
        *(
            Misconception(
                f"{name} left out",
                lambda accuracy, cut=cut: accuracy[:, :, cut].mean(2).max(1),
                f"{{got}}: you never looked at {name}. All the seeds count in the mean.",
            )
            for name, cut in (("the last seed", slice(None, -1)), ("the first seed", slice(1, None)))
        ),
        *(
            Misconception(
                "seeds left out by their result",
                left_out,
                "You left out seeds because of their result: {got}. A network that only guesses with one seed in five "
                "does so for its user, too: all seeds count in the mean.",
            )
            for left_out in (
                *map(_without_guesses, (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)),
                lambda accuracy: np.sort(accuracy, 2)[:, :, 1:].mean(2).max(1),
                lambda accuracy: np.sort(accuracy, 2)[:, :, :-1].mean(2).max(1),
            )
        ),
        Misconception(
            "the second best rate",
            lambda accuracy: np.sort(accuracy.mean(2), 1)[:, -2],
            "{got} belongs to the second best rate. The highest mean is the last of a sorted row, [-1], or max.",
        ),
        Misconception(
            "the lowest mean",
            lambda accuracy: accuracy.mean(2).min(1),
            "You took the lowest mean, as if it were a loss: {got}. Of accuracies the highest is the best: max.",
        ),
        Misconception(
            "the spread of the means",
            lambda accuracy: accuracy.mean(2).std(1),
            "{got} is how much the means of the rates differ. Asked for is the highest of them.",
        ),
        Misconception(
            "the median of the means",
            lambda accuracy: np.median(accuracy.mean(2), 1),
            "{got} is the middle one of the rates' means. Asked for is the highest.",
        ),
        Misconception(
            "the sum of the means",
            lambda accuracy: accuracy.mean(2).sum(1),
            "{got} adds up the means of all rates. Asked for is the highest of them.",
        ),
        Misconception(
            "no mean, a sum",
            lambda accuracy: accuracy.sum(2).max(1),
            "{got}: you added up the seeds. Divide by their number, accuracy.shape[2], for the mean.",
        ),
        *(
            Misconception(
                "divided by another number than that of the seeds",
                lambda accuracy, divisor=divisor: accuracy.sum(2).max(1) / divisor(accuracy),
                "{got}: the right sums, divided by something else than the number of seeds. It is accuracy.shape[2], "
                "or let mean do it.",
            )
            for divisor in (
                lambda accuracy: 3,
                lambda accuracy: 5 if accuracy.shape[2] != 5 else 4,
                lambda accuracy: 10,
                lambda accuracy: accuracy.shape[2] - 1,
                lambda accuracy: accuracy.shape[2] + 1,
                lambda accuracy: accuracy.shape[1] + accuracy.shape[2],
            )
        ),
        Misconception(
            "per cent",
            lambda accuracy: 100 * accuracy.mean(2).max(1),
            "{got} per cent is right; asked for are accuracies, from 0 to 1.",
        ),
        Misconception(
            "misses",
            lambda accuracy: 1 - accuracy.mean(2).max(1),
            "{got} is the share of misses. Asked for is the accuracy.",
        ),
        *(
            Misconception(
                "another axis",
                _reduced(steps),
                f"You took the {_IN_WORDS[steps[0][0]]} over the {_AXES[steps[0][1]]}, then the "
                f"{_IN_WORDS[steps[1][0]]} over the {_AXES[steps[1][1]]}. {_AXES_IN_WORDS}",
            )
            for names in (("mean", "max"), ("max", "mean"), ("max", "max"), ("mean", "mean"))
            for axes in permutations(range(3), 2)
            for steps in [tuple(zip(names, axes))]
            if 0 in axes and (names[0] != names[1] or axes[0] < axes[1])
        ),
        *(
            Misconception(
                "one axis too many",
                _reduced((step,)),
                f"You took the {_IN_WORDS[step[0]]} over the {_AXES[step[1]]}, and stopped there. One number for "
                f"each model is asked for. {_AXES_IN_WORDS}",
            )
            for step in ((name, axis) for name in ("mean", "max") for axis in range(3))
        ),
        Misconception(
            "the runs at the best rate",
            lambda accuracy: accuracy[np.arange(len(accuracy)), accuracy.mean(2).argmax(1)],
            "The right rate; you give all of its runs. Give their mean, one number for each model.",
        ),
        *(
            Misconception(
                "every model at every chosen rate",
                paired,
                "accuracy[:, rate] takes *every* model at every chosen rate. Each model has its own: "
                "accuracy[np.arange(len(accuracy)), rate], or max instead of argmax.",
            )
            for paired in (
                lambda accuracy: accuracy[:, accuracy.mean(2).argmax(1)].mean(-1),
                lambda accuracy: accuracy[:, accuracy.mean(2).argmax(1)],
                lambda accuracy: accuracy.mean(2)[:, accuracy.mean(2).argmax(1)],
            )
        ),
        Misconception(
            "accuracy and rate together",
            lambda accuracy: np.stack([accuracy.mean(2).max(1), accuracy.mean(2).argmax(1)], axis=1),
            "The accuracies are right; the rate's place beside them is not asked for. One number for each model.",
        ),
        Misconception(
            "rate and accuracy together",
            lambda accuracy: np.stack([accuracy.mean(2).argmax(1), accuracy.mean(2).max(1)], axis=1),
            "The accuracies are right; the rate's place beside them is not asked for. One number for each model.",
        ),
        Misconception(
            "averaged over the models",
            lambda accuracy: accuracy.mean(2).max(1).mean(),
            "One number is left, {got}: you averaged over the models as well. Give back one number for each.",
        ),
        Misconception(
            "the best model alone",
            lambda accuracy: accuracy.mean(2).max(),
            "One number is left, {got}: the best of all models. Give back one number for each: max over axis 1 only.",
        ),
        Misconception(
            "the best run of all",
            lambda accuracy: accuracy.max(),
            f"One number is left, {{got}}: the best of all runs. One number for each model is asked for. {_RULE}",
        ),
        Misconception(
            "the mean of all",
            lambda accuracy: accuracy.mean(),
            f"One number is left, {{got}}: the mean of all runs. One number for each model is asked for. {_RULE}",
        ),
        *(
            Misconception(
                f"{which} model alone",
                lambda accuracy, place=place: accuracy.mean(2).max(1)[[place]],
                f"The number of {which} model is right, the others are missing. Is 'return' inside the loop, or a list "
                "made anew each time?",
            )
            for which, place in (("the first", 0), ("the last", -1))
        ),
        *(
            Misconception(
                "models in order of success",
                lambda accuracy, step=step: np.sort(accuracy.mean(2).max(1))[::step],
                "The right numbers, sorted: {got}. Keep the order of the models, so that each is known by its place.",
            )
            for step in (1, -1)
        ),
        *(
            Misconception(
                "rounded",
                lambda accuracy, digits=digits: accuracy.mean(2).max(1).round(digits),
                "{got}: rounded. Small differences between models would be lost; give the means as they are.",
            )
            for digits in (0, 1, 2)
        ),
        *(
            Misconception(
                "one place in the whole table",
                placed,
                "{got} is one place, counted through the whole table. Asked for are accuracies, one number for each "
                "model: the mean over the seeds, then max(axis=1).",
            )
            for placed in (lambda accuracy: accuracy.mean(2).argmax(), np.argmax)
        ),
        *(
            Misconception(
                "argmax over the whole table, taken for a rate",
                stopped,
                "argmax without an axis counts through the whole table, not through the rates of one model. With "
                "means of shape (models, rates), means.argmax(axis=1) gives each model's best rate; max(axis=1) the "
                "accuracy there.",
            )
            for stopped in (
                lambda accuracy: accuracy.mean(2)[:, accuracy.mean(2).argmax()],
                lambda accuracy: accuracy.mean(2)[accuracy.mean(2).argmax()],
                lambda accuracy: accuracy[:, accuracy.argmax()],
                lambda accuracy: accuracy[accuracy.argmax()],
                lambda accuracy: [model.mean(1)[model.argmax()] for model in accuracy],
            )
        ),
        *(
            Misconception(
                "Python's max for rows",
                stopped,
                "Python's max cannot compare rows of numbers. Take the mean over the seeds, then the largest along the "
                "axis of the rates: accuracy.mean(axis=2).max(axis=1).",
            )
            for stopped in (
                lambda accuracy: [max(model) for model in accuracy],
                lambda accuracy: max(accuracy.mean(2)),
            )
        ),
    ),
    hints=(
        "accuracy has shape (models, rates, seeds). Which axis is chance, and which is a choice?",
        "accuracy.mean(axis=2) has shape (models, rates): chance is gone. Now take the best along the axis of choice.",
    ),
    praise="Average over chance, choose over choices. In this order a lucky seed cannot win.",
)
