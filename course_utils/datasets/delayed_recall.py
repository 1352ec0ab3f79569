"""Delayed recall: read a row of symbols, then name the first one."""

from __future__ import annotations

import torch
from torch import Tensor

NUM_SYMBOLS = 8  # guessing is right one time in eight: 0.125


def delayed_recall(num_sequences: int, length: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw sequences whose answer is their first token; what follows is distraction from the same alphabet.

    Shapes: returns tokens ``(num_sequences, length)`` and answers ``(num_sequences,)``, whole
    numbers from 0 to ``NUM_SYMBOLS - 1``, all drawn independently and with equal chances. The
    distractors look like answers, so a model cannot tell the first token by its kind, only by its place.

    Raises TypeError when a size is not a whole number or the generator is not a torch.Generator,
    ValueError when a size is below 1.

    Source: the latching task of Bengio, Simard & Frasconi 1994, section III, with eight symbols for two.
    """
    for name, size in (("num_sequences", num_sequences), ("length", length)):
        if isinstance(size, bool) or not isinstance(size, int):
            raise TypeError(f"delayed_recall: {name} must be a whole number, got {type(size).__name__}.")
        if size < 1:
            raise ValueError(f"delayed_recall: {name} is {size}, expected at least 1.")
    if not isinstance(generator, torch.Generator):
        raise TypeError(f"delayed_recall: generator must be a torch.Generator, got {type(generator).__name__}.")
    tokens = torch.randint(NUM_SYMBOLS, (num_sequences, length), generator=generator)
    return tokens, tokens[:, 0].clone()
