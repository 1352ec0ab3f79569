"""A slip in one step of a computation, and two of them in one answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from course_utils.exercises.exercise import Misconception


class Slip(NamedTuple):
    """A step done differently: which one, how the mistake is called, what is done, how one says it beside another."""

    step: str
    name: str
    do: Callable
    say: str


def both(
    first: Slip,
    second: Slip,
    with_steps: Callable[..., Callable],
    *,
    opening: str = "",
    joint: str = "; and ",
) -> Misconception:
    """Two slips in different steps; ``with_steps`` makes the answer, given by the names of the steps what is done."""
    return Misconception(
        f"{first.name}, and {second.name}",
        with_steps(**{first.step: first.do, second.step: second.do}),
        f"{opening}Two things: {first.say}{joint}{second.say}. Mend one, and check again.",
    )
