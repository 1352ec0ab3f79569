"""A step of a computation, done another way."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Step(NamedTuple):
    """One step done another way: what it gives, and what to say. What it takes depends on the step."""

    name: str
    does: Callable
    told: str
