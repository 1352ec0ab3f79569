"""Associative recall: read pairs of a key and a value one after the other, then name the value of one key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

KEYS = 64
VALUES = 16  # guessing is right one time in sixteen: 0.0625
ASKED = VALUES  # stands where the question would have its value


class KeyValueRecall(NamedTuple):
    """A batch of sequences. A token holds a key and its value; the last one holds the key asked for and no value."""

    keys: Tensor  # (batch, pairs + 1): from 0 to KEYS - 1
    values: Tensor  # (batch, pairs + 1): from 0 to VALUES - 1, and ASKED at the end
    answer: Tensor  # (batch,): the value of the key asked for
    place: Tensor  # (batch,): the position of its pair


def draw(batch: int, pairs: int, generator: torch.Generator) -> KeyValueRecall:
    """Draw sequences of so many pairs with different keys and any values; each pair is asked for equally often.

    Raises ValueError when the batch is empty or there are more pairs than keys.

    Source: the associative recall of Ba et al. 2016 (arXiv:1610.06258) and of Arora et al. 2023 (arXiv:2312.04927),
    made easier: key and value come in one token, so that none must be bound to its neighbour, and one key is asked.
    """
    if batch < 1 or not 1 <= pairs <= KEYS:
        raise ValueError(
            f"draw: batch is {batch} and pairs is {pairs}; expected batch >= 1 and pairs between 1 and {KEYS}."
        )
    keys = torch.rand(batch, KEYS, generator=generator).argsort(-1)[:, :pairs]  # (batch, pairs), all different
    values = torch.randint(VALUES, (batch, pairs), generator=generator)
    place = torch.randint(pairs, (batch,), generator=generator)
    asked, answer = (table.gather(1, place[:, None]) for table in (keys, values))
    nothing = torch.full_like(answer, ASKED)
    return KeyValueRecall(torch.cat([keys, asked], 1), torch.cat([values, nothing], 1), answer[:, 0], place)


def stream(batch: int, pairs: int, generator: torch.Generator) -> Iterator[KeyValueRecall]:
    """Endless batches of fresh sequences. Raises ValueError as ``draw`` does."""
    while True:
        yield draw(batch, pairs, generator)
