"""The same numbers every time: seeds, threads, and the versions a result was made with."""

from __future__ import annotations

import platform
import random

import numpy as np
import torch


def set_seed(seed: int) -> None:
    """Start every random generator from ``seed`` and compute on one thread.

    One thread, because a sum that is split over threads is rounded in a different order. On one
    machine the same seed then gives the same bits; another processor may differ in the last ones.

    Raises TypeError when the seed is not a whole number, ValueError when it does not
    lie between 0 and 2**32 - 1.
    """
    seed = _require_seed("set_seed", seed)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(1)


def generator(seed: int) -> torch.Generator:
    """A random generator of one's own, so that drawing data does not disturb a model's start.

    Raises TypeError and ValueError as ``set_seed`` does.
    """
    return torch.Generator().manual_seed(_require_seed("generator", seed))


def versions() -> dict[str, str]:
    """The versions that decide a result's digits, for storing beside it."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "machine": f"{platform.system()} {platform.machine()}",
    }


def _require_seed(function: str, seed: object) -> int:
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"{function}: seed must be a whole number, got {type(seed).__name__}.")
    if not 0 <= seed < 2**32:
        raise ValueError(f"{function}: seed must lie between 0 and 2**32 - 1, got {seed}.")
    return int(seed)
