"""The oldest language model: count what followed the last few tokens, and say that again."""

from __future__ import annotations

from collections import Counter, defaultdict

import torch
from torch import Tensor


class CountingModel:
    """An n-gram model: the next token's probabilities from how often each followed the last ``n - 1`` tokens.

    Where the counts are few they are mixed with those after one token less, and so on down to equal chances: at every
    level the shorter context counts as much as ``shorter`` sightings. It answers with log-probabilities in place of
    logits, so it can be scored and can write like any other model here.

    Raises ValueError when ``n`` or ``shorter`` is not positive.

    Source: Shannon 1951 for the counts; MacKay & Peto 1995 for the mixture.
    """

    def __init__(self, n: int, vocabulary_size: int, shorter: float = 1.0) -> None:
        if n < 1 or not shorter > 0:
            raise ValueError(f"CountingModel: n is {n} and shorter {shorter}; expected at least 1 and above 0.")
        self.n, self.vocabulary_size, self.shorter = n, vocabulary_size, shorter
        self._counts: dict[tuple[int, ...], Counter] = defaultdict(Counter)
        self._known: dict[tuple[int, ...], Tensor] = {}

    def count(self, tokens: Tensor, padding: int) -> None:
        """Add the sequences ``(batch, T)`` to the counts, each up to its first ``padding``."""
        self._known.clear()
        for row in tokens.tolist():
            row = row[: row.index(padding)] if padding in row else row
            for place in range(1, len(row)):
                for length in range(min(self.n, place + 1)):
                    self._counts[tuple(row[place - length : place])][row[place]] += 1

    def __call__(self, tokens: Tensor, need_weights: bool = False) -> tuple[Tensor, None]:
        """Log-probabilities ``(batch, T, vocabulary_size)`` of the next token from tokens ``(batch, T)``, and None."""
        rows = [
            [self._probabilities(tuple(row[max(0, end - self.n + 1) : end])) for end in range(1, len(row) + 1)]
            for row in tokens.tolist()
        ]
        return torch.stack([torch.stack(row) for row in rows]).log(), None

    def _probabilities(self, context: tuple[int, ...]) -> Tensor:
        if context not in self._known:
            if context:
                shorter = self._probabilities(context[1:])
            else:
                shorter = torch.full((self.vocabulary_size,), 1 / self.vocabulary_size)
            followers = self._counts.get(context, Counter())
            counts = torch.zeros(self.vocabulary_size)
            if followers:
                counts[list(followers)] = torch.tensor(list(followers.values()), dtype=torch.float)
            self._known[context] = (counts + self.shorter * shorter) / (counts.sum() + self.shorter)
        return self._known[context]
