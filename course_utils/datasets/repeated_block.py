"""A block of random tokens, and the same block again: the second copy can be foretold by looking back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

VOCABULARY = 28  # tokens 0 .. 27; guessing is right one time in 28
LENGTH = 28  # tokens in a sequence
SHORTEST, LONGEST = 4, 12  # tokens in a block: nine lengths


class RepeatedBlock(NamedTuple):
    """A batch of sequences, with where each token that can be foretold is to be read."""

    tokens: Tensor  # (batch, LENGTH)
    asked: Tensor  # (batch, LENGTH), boolean: the next token can be foretold from here
    place: Tensor  # (batch, LENGTH): where to look from each asked position; -1 at all others
    start: Tensor  # (batch,): where the first copy begins
    block: Tensor  # (batch,): tokens in the block


def draw(batch: int, generator: torch.Generator) -> RepeatedBlock:
    """Draw sequences of ``LENGTH`` tokens in which one block is followed by its own copy.

    The block has ``SHORTEST`` to ``LONGEST`` tokens, each length with an equal chance, and starts anywhere that both
    copies fit. Before and after it stand other tokens. No token occurs twice, but for those of the block, which occur
    once in each copy. So a position of the second copy has exactly one right place to look: the token *after* the
    earlier occurrence of its own token; a perfect reader is right every time. Asked are all positions of the second
    copy but the last, whose next token is new. Since length and start vary, where a token stands does not tell how
    far back its earlier occurrence is.

    Shapes are those of ``RepeatedBlock``. Raises ValueError when the batch is empty.

    Source: the repeated random tokens of Olsson et al. 2022 (arXiv:2209.11895), with lengths that vary.
    """
    if batch < 1:
        raise ValueError(f"draw: batch is {batch}, expected at least 1.")
    block = torch.randint(SHORTEST, LONGEST + 1, (batch,), generator=generator)
    room = LENGTH - 2 * block  # the last possible start
    start = (torch.rand(batch, generator=generator) * (room + 1)).long()
    different = torch.rand(batch, VOCABULARY, generator=generator).argsort(-1)  # every token once, in random order

    positions = torch.arange(LENGTH)
    second = (start + block)[:, None]  # where the second copy begins
    back = torch.where(positions >= second, block[:, None], 0)
    tokens = different.gather(-1, positions - back)  # from the second copy on, the order goes on a block earlier
    asked = (positions >= second) & (positions < second + block[:, None] - 1)
    place = torch.where(asked, positions - block[:, None] + 1, -1)
    return RepeatedBlock(tokens, asked, place, start, block)


def stream(batch: int, generator: torch.Generator) -> Iterator[RepeatedBlock]:
    """Endless batches of fresh sequences."""
    while True:
        yield draw(batch, generator)
