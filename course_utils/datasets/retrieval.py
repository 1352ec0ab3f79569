"""Key-value retrieval: who wears which colour? Every query has exactly one item to look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hal")
COLOURS = ("red", "green", "blue", "gold")
NOISE = 8  # features that say nothing, of the same size as those that do
FEATURES = len(NAMES) + len(COLOURS) + NOISE
NAME_FEATURES = slice(0, len(NAMES))
COLOUR_FEATURES = slice(len(NAMES), len(NAMES) + len(COLOURS))
NOISE_FEATURES = slice(len(NAMES) + len(COLOURS), FEATURES)


class Retrieval(NamedTuple):
    """A batch of questions. ``items`` are both keys and values; ``target`` is the item asked for."""

    query: Tensor  # (batch, 1, FEATURES): one name, no colour, noise
    items: Tensor  # (batch, T_k, FEATURES): a name and a colour each, and noise
    answer: Tensor  # (batch,): index into COLOURS
    target: Tensor  # (batch,): the position of the item asked for


def draw(batch: int, items: int, generator: torch.Generator, noise: float = 1.0) -> Retrieval:
    """Draw questions about ``items`` people with different names; colours may repeat.

    ``noise`` is the standard deviation of the features that say nothing.

    Raises ValueError when the batch is empty or there are more items than names.
    """
    if batch < 1 or not 1 <= items <= len(NAMES):
        raise ValueError(
            f"draw: batch is {batch} and items is {items}; expected batch >= 1 and items between 1 and {len(NAMES)}."
        )
    names = torch.rand(batch, len(NAMES), generator=generator).argsort(-1)[:, :items]  # (batch, T_k), all different
    colours = torch.randint(len(COLOURS), (batch, items), generator=generator)
    target = torch.randint(items, (batch,), generator=generator)
    rows = torch.arange(batch)

    item = noise * torch.randn(batch, items, FEATURES, generator=generator)
    item[..., NAME_FEATURES] = torch.eye(len(NAMES))[names]
    item[..., COLOUR_FEATURES] = torch.eye(len(COLOURS))[colours]
    query = noise * torch.randn(batch, 1, FEATURES, generator=generator)
    query[..., NAME_FEATURES] = torch.eye(len(NAMES))[names[rows, target]][:, None]
    query[..., COLOUR_FEATURES] = 0.0
    return Retrieval(query, item, colours[rows, target], target)


def stream(batch: int, items: int, generator: torch.Generator) -> Iterator[Retrieval]:
    """Endless batches of fresh questions."""
    while True:
        yield draw(batch, items, generator)
