"""Measure what a computation takes on this machine, and how that grows with its size."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

SHORTEST = 0.05  # seconds that a reading takes at least: some clocks advance in steps of a sixtieth


class Slope(NamedTuple):
    """How steep a line in a log-log plot is, and the uncertainty of that."""

    slope: float
    standard_error: float


def cpu_seconds(function: Callable, *arguments: object, repeats: int = 5) -> float:
    """Median over ``repeats`` readings of the seconds that ``function(*arguments)`` takes, after one call to warm up.

    Processor time of all threads, so another program that runs at the same time counts little. With an argument on a
    GPU it is the time on the wall instead, and waits until the GPU has finished. A short function is called several
    times in a reading, which is then divided.

    Raises ValueError when ``repeats`` is no whole number from 1.
    """
    if isinstance(repeats, bool) or not isinstance(repeats, int) or repeats < 1:
        raise ValueError(f"cpu_seconds: repeats is {repeats!r}, expected a whole number from 1.")
    on_gpu = any(isinstance(argument, Tensor) and argument.is_cuda for argument in arguments)
    clock = _synchronised_clock if on_gpu else time.process_time

    def reading(calls: int) -> float:
        start = clock()
        for _ in range(calls):
            function(*arguments)
        return clock() - start

    reading(1)
    calls = 1
    while (first := reading(calls)) < SHORTEST:
        calls *= 2
    return statistics.median([first, *(reading(calls) for _ in range(repeats - 1))]) / calls


def _synchronised_clock() -> float:
    torch.cuda.synchronize()
    return time.perf_counter()


def log_log_slope(sizes: Sequence[float], costs: Sequence[float]) -> Slope:
    """Fit ``cost = a · size ** slope`` by least squares of the logarithms: 1 is linear growth, 2 quadratic.

    The standard error tells how well the points lie on a straight line; where the growth itself changes with the
    size, a single slope is a summary and no law.

    Raises ValueError when there are fewer than three points, lengths differ, the sizes are all equal or a number is
    not positive and finite.
    """
    if len(sizes) != len(costs) or len(sizes) < 3:
        raise ValueError(
            f"log_log_slope: {len(sizes)} sizes and {len(costs)} costs; expected equally many, at least 3."
        )
    for name, numbers in (("sizes", sizes), ("costs", costs)):
        if not all(math.isfinite(number) and number > 0 for number in numbers):
            raise ValueError(f"log_log_slope: {name} are {list(numbers)}, expected positive, finite numbers.")
    if len(set(sizes)) == 1:
        raise ValueError(f"log_log_slope: sizes are all {sizes[0]}, expected different ones.")
    x, y = [math.log(size) for size in sizes], [math.log(cost) for cost in costs]
    slope, intercept = statistics.linear_regression(x, y)
    residuals = sum((b - intercept - slope * a) ** 2 for a, b in zip(x, y))
    spread = sum((a - statistics.fmean(x)) ** 2 for a in x)
    return Slope(slope, math.sqrt(residuals / (len(x) - 2) / spread))
