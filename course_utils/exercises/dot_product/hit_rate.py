"""Exercise 2.6: a map scored against a known right answer."""

from __future__ import annotations

import numpy as np
import torch

from course_utils.exercises import hits
from course_utils.exercises.exercise import Exercise, Misconception

_SMALL_MAP = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.35, 0.4, 0.25], [0.8, 0.12, 0.08], [0.15, 0.25, 0.6]])
_SMALL_TARGET = np.array([1, 2, 1, 0, 0])

HIT_RATE = Exercise(
    id="2.6",
    answer="hit_rate",
    title="Write hit_rate(weights, target): how often does the right key get the largest weight?",
    objective="score a map against a known right answer",
    kind="write",
    minutes=5,
    difficulty=2,
    cases=((_SMALL_MAP, _SMALL_TARGET), (hits.MAP, hits.TARGET)),
    right=lambda weights, target: (torch.as_tensor(weights).argmax(-1) == torch.as_tensor(target)).double().mean(),
    misconceptions=(
        Misconception(
            "mean weight instead of hits",
            lambda weights, target: weights[np.arange(len(target)), target].mean(),
            "{got} is the mean weight on the right key, the mass. It is worth knowing, too. A hit is a query whose "
            "largest weight is on the right key.",
            seen="https://github.com/davidsandberg/facenet/issues/954",
        ),
        Misconception(
            "hits counted, not shared",
            lambda weights, target: (weights.argmax(-1) == target).sum(),
            "{got} is the number of hits. Divide by the number of queries.",
        ),
        Misconception(
            "divided by the number of keys",
            lambda weights, target: (weights.argmax(-1) == target).sum() / weights.shape[-1],
            "{got} is the number of hits divided by the number of keys. Every query has one chance to hit: "
            "divide by the number of queries.",
        ),
        Misconception(
            "largest weight of each key",
            lambda weights, target: weights.argmax(0) == target,
            "argmax along axis 0 finds, for each key, the query that looks at it most. Look along each query's row: "
            "argmax(axis=-1).",
        ),
        Misconception(
            "largest weight of the whole map",
            lambda weights, target: (weights.argmax() == target).mean(),
            "{got}: argmax without an axis lays all rows end to end, and finds one place in the whole map. Each query "
            "has a row of its own: argmax(axis=-1).",
            seen="https://github.com/lisa-lab/DeepLearningTutorials/pull/15",
        ),
        Misconception(
            "one answer for each query",
            lambda weights, target: weights.argmax(-1) == target,
            "These are hits and misses, query by query: {got}. Their mean is the rate.",
        ),
        Misconception(
            "any weight counts",
            lambda weights, target: (weights[np.arange(len(target)), target] > 0).mean(),
            "{got}: you asked whether the right key gets any weight at all, and nearly always it does. A hit needs the "
            "largest weight of the row.",
        ),
        Misconception(
            "compared with the query's own place",
            lambda weights, target: (weights.argmax(-1) == np.arange(len(target))).mean(),
            "{got}: you compared with 0, 1, 2, …, the place of the query itself. The right place is in target.",
        ),
        *hits.MISTAKES,
    ),
    hints=(
        "weights.argmax(axis=-1) gives, for each query, the place of its largest weight.",
        "== compares two arrays place by place; the mean of True and False is the share of True.",
    ),
    praise="A map with a number is a measurement. This one scored the models of section 9.",
)
