"""Two jobs at once: every token has to report the colour of its left neighbour and the colour of its twin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

LETTERS = ("a", "b", "c", "d", "e", "f")
COLOURS = ("red", "green", "blue", "gold")
PLACES = 2 * len(LETTERS)  # every letter stands there twice
JOBS = ("left neighbour", "twin")


class TwoJobs(NamedTuple):
    """A batch of circles of coloured letters. ``answers`` and ``sources`` have one entry for each job, as in JOBS."""

    letters: Tensor  # (batch, PLACES): index into LETTERS, each twice
    colours: Tensor  # (batch, PLACES): index into COLOURS
    answers: Tensor  # (batch, PLACES, 2): the colour to report
    sources: Tensor  # (batch, PLACES, 2): the place where it stands

    def words(self, row: int) -> list[str]:
        """The tokens of one circle as text, ``'a red'``."""
        pairs = zip(self.letters[row].tolist(), self.colours[row].tolist())
        return [f"{LETTERS[letter]} {COLOURS[colour]}" for letter, colour in pairs]


def draw(batch: int, generator: torch.Generator) -> TwoJobs:
    """Lay the twelve letters in any order in a circle, and colour each at random.

    The left neighbour of place ``i`` stands at ``i - 1``, that of the first at the last place. A token's twin is the
    other one with its letter.

    Raises ValueError when the batch is empty.
    """
    if batch < 1:
        raise ValueError(f"draw: batch is {batch}, expected at least 1.")
    letters = torch.rand(batch, PLACES, generator=generator).argsort(-1) % len(LETTERS)  # (batch, PLACES)
    colours = torch.randint(len(COLOURS), (batch, PLACES), generator=generator)
    left = (torch.arange(PLACES) - 1) % PLACES
    same = letters[:, :, None] == letters[:, None, :]  # (batch, PLACES, PLACES)
    twin = (same & ~torch.eye(PLACES, dtype=torch.bool)).float().argmax(-1)
    sources = torch.stack([left.expand(batch, PLACES), twin], -1)  # (batch, PLACES, 2)
    answers = colours[:, :, None].expand(-1, -1, 2).gather(1, sources)
    return TwoJobs(letters, colours, answers, sources)


def stream(batch: int, generator: torch.Generator) -> Iterator[TwoJobs]:
    """Endless batches of fresh circles."""
    while True:
        yield draw(batch, generator)
