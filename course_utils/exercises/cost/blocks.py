"""Keys and values that come block by block, once, with room for a few blocks."""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator

import numpy as np

from course_utils.exercises.cost.limited_memory import Watched

_GENERATOR = np.random.default_rng(9)
_ROOM = 4  # blocks that may be kept at a time


class OfABlock(Watched):
    """Keys or values of a block, which do not grow into those of more than four."""

    too_many = _ROOM * 4 * 4 + 1  # numbers of four blocks of four keys, each with four features, and one
    said = f"no room for an array larger than {_ROOM} blocks"


class Blocks:
    """Keys and values block by block, as an iterator: it can be read once, in as many pieces as one likes.

    Raises MemoryError when more than four blocks would be kept.
    """

    def __init__(self, key: np.ndarray, value: np.ndarray, lengths: tuple[int, ...]):
        self.key, self.value = key, value
        self._cuts = np.cumsum((0, *lengths)).tolist()
        self._handed_out: list[tuple[weakref.ref, ...]] = []

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return self

    def __next__(self) -> tuple[np.ndarray, np.ndarray]:
        if len(self._handed_out) == len(self._cuts) - 1:
            raise StopIteration
        kept = sum(any(array() is not None for array in block) for block in self._handed_out)
        if kept >= _ROOM:
            message = f"no room for another block: {_ROOM} of those before are still kept"
            raise MemoryError(message)
        start, stop = self._cuts[len(self._handed_out) :][:2]
        owners = self.key[start:stop].copy(), self.value[start:stop].copy()  # of the numbers: every view keeps them
        self._handed_out.append(tuple(map(weakref.ref, owners)))
        return owners[0].view(OfABlock), owners[1].view(OfABlock)


def _stream(lengths: tuple[int, ...], tops: tuple[float, ...], d_k: int = 4, d_v: int = 3) -> tuple[np.ndarray, Blocks]:
    """A query, and blocks whose largest scores, divided by √d_k, are about ``tops``."""
    query = _GENERATOR.normal(size=d_k)
    query *= math.sqrt(d_k) / np.linalg.norm(query)
    key = _GENERATOR.normal(size=(sum(lengths), d_k))
    wanted = np.repeat(tops, lengths) - _GENERATOR.uniform(0.0, 1.5, size=sum(lengths))
    key += np.outer(wanted * math.sqrt(d_k) - key @ query, query) / (query @ query)
    return query, Blocks(key, _GENERATOR.normal(size=(sum(lengths), d_v)), lengths)


# Keys, features of a key and features of a value are never equally many in the first, which tells scalings apart.
STREAMS = (
    _stream((5,), (1.0,)),
    _stream((2, 3, 2), (0.5, 2.0, 1.0)),
    _stream((2, 4, 3), (2.0, 0.5, 1.0)),
    _stream((2, 3), (900.0, 1000.0)),
    _stream((3, 2), (1000.0, 100.0)),
    _stream((2, 2), (-1000.0, -999.0)),
    _stream((2, 3), (-1000.0, 1000.0)),
    _stream((2,) * 12, tuple(np.linspace(-1.0, 1.0, 12))),
)
