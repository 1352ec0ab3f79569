"""Handwritten digits, 8 by 8 pixels, as scikit-learn brings them; and canvases that hide one of them in clutter.

The 1,797 digits are real; 13 people wrote them. Who wrote which is not told, but the file goes from hand to hand: in
59 % of the cases the digit most like a given one stands within 140 places of it, a random one of its class in 15 %.
So the split keeps the file's order: the last ``TEST`` digits are the test, probably most of them by other hands.

Source: Alpaydin & Kaynak 1998, *Optical recognition of handwritten digits*, UCI Machine Learning Repository, CC BY 4.0.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

SIDE = 8  # pixels of a digit
CLASSES = 10
TEST = 450  # the last quarter
BRIGHTEST = 16  # ink of a pixel in scikit-learn's file: how many of the 16 pixels it was made from were black
PIECE = 2  # pixels of a piece of clutter: about as many as a stroke is thick
COVER = 0.6  # pixels of pieces for every pixel of the canvas; they overlap, so that more than half stays free


class Digits(NamedTuple):
    """Digits and what they are."""

    images: Tensor  # (N, 8, 8), float32, 0 is paper and 1 is ink
    labels: Tensor  # (N,), int64, 0 to 9


class Canvases(NamedTuple):
    """Pictures in which one digit hides, what it is and where it is."""

    images: Tensor  # (N, 1, size, size), float32, 0 to 1
    labels: Tensor  # (N,), int64, 0 to 9
    boxes: Tensor  # (N, 4), int64: top, left, height, width of the digit, in pixels


def load_digits() -> tuple[Digits, Digits]:
    """The digits to learn from, 1,347, and those to test with, the last 450. Always the same, in the file's order."""
    from sklearn import datasets  # takes a second to load: only for those who need it

    file = datasets.load_digits()
    images = torch.tensor(file.images / BRIGHTEST, dtype=torch.float32)
    labels = torch.tensor(file.target, dtype=torch.int64)
    return Digits(images[:-TEST], labels[:-TEST]), Digits(images[-TEST:], labels[-TEST:])


def draw_canvases(count: int, size: int, generator: torch.Generator, digits: Digits, piece: int = PIECE) -> Canvases:
    """Hide one of the digits, drawn at random, at a random place of a square canvas full of clutter.

    The clutter is squares of ``piece`` by ``piece`` pixels, cut anywhere out of randomly drawn digits of the same
    collection and put at random places; where two overlap, the darker pixel counts. So its ink is the digits' own, and
    no whole digit is among it. There are as many as would cover ``COVER`` of the canvas if they did not overlap; the
    larger they are, the more they look like digits. The box of the hidden digit holds that digit and nothing else.

    Raises TypeError when count, size or piece is not a whole number, generator no torch.Generator or digits no
    ``Digits`` of float32 images; ValueError when count is below 1, size below 8, piece not 1 to 7, or the digits have
    other shapes.
    """
    for name, number, least in (("count", count, 1), ("size", size, SIDE), ("piece", piece, 1)):
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError(f"draw_canvases: {name} must be a whole number, got {type(number).__name__}.")
        if number < least:
            raise ValueError(f"draw_canvases: {name} is {number}, expected at least {least}.")
    if piece >= SIDE:
        raise ValueError(f"draw_canvases: piece is {piece}, expected at most {SIDE - 1}: less than a digit.")
    if not isinstance(generator, torch.Generator):
        raise TypeError(f"draw_canvases: generator must be a torch.Generator, got {type(generator).__name__}.")
    if not isinstance(digits, Digits):
        raise TypeError(f"draw_canvases: digits must be Digits, as load_digits gives; got {type(digits).__name__}.")
    if not isinstance(digits.images, Tensor) or digits.images.dtype != torch.float32:
        kind = digits.images.dtype if isinstance(digits.images, Tensor) else type(digits.images).__name__
        raise TypeError(f"draw_canvases: digits.images must be a tensor of torch.float32, got {kind}.")
    if digits.images.shape != (len(digits.labels), SIDE, SIDE) or not len(digits.labels):
        raise ValueError(
            f"draw_canvases: digits have images of shape {tuple(digits.images.shape)} and labels of shape "
            f"{tuple(digits.labels.shape)}; expected (N, {SIDE}, {SIDE}) and (N,), with N at least 1."
        )
    images = _clutter(count, size, generator, digits.images, piece)
    chosen = torch.randint(len(digits.labels), (count,), generator=generator)
    corners = torch.randint(size - SIDE + 1, (count, 2), generator=generator)  # top, left
    images.scatter_(1, _pixels(corners, SIDE, size), digits.images[chosen].flatten(1))
    boxes = torch.cat([corners, torch.full_like(corners, SIDE)], dim=1)
    return Canvases(images.view(count, 1, size, size), digits.labels[chosen], boxes)


def box_mask(boxes: Tensor, centres: Tensor) -> Tensor:
    """Which cells of a grid lie in the box: those whose centre does.

    Shapes: boxes ``(N, 4)``: top, left, height, width; centres ``(cells,)``: the place of each row of cells on the
    canvas, and of each column. All in pixels; pixel 0 is the first, and a box from 0 of height 8 holds the centres from
    0 up to, not including, 8. Returns ``(N, cells, cells)``, boolean.

    Raises ValueError for other shapes.
    """
    if boxes.dim() != 2 or boxes.shape[1] != 4 or centres.dim() != 1:
        raise ValueError(
            f"box_mask: boxes have shape {tuple(boxes.shape)} and centres {tuple(centres.shape)}; "
            "expected (N, 4) = top, left, height, width, and (cells,)."
        )
    top, left, height, width = (column[:, None] for column in boxes.unbind(1))  # (N, 1) each
    rows = (centres >= top) & (centres < top + height)  # (N, cells)
    columns = (centres >= left) & (centres < left + width)
    return rows[:, :, None] & columns[:, None, :]


def _clutter(count: int, size: int, generator: torch.Generator, images: Tensor, piece: int) -> Tensor:
    """Canvases with pieces of digits alone, ``(count, size * size)``."""
    shape = (count, round(COVER * (size / piece) ** 2))
    cuts = images.unfold(1, piece, 1).unfold(2, piece, 1).reshape(-1, piece * piece)  # from every place of every digit
    pieces = cuts[torch.randint(len(cuts), shape, generator=generator)]  # (count, pieces, piece * piece)
    corners = torch.randint(size - piece + 1, (*shape, 2), generator=generator)
    places = _pixels(corners.flatten(0, 1), piece, size).view(count, -1)
    return torch.zeros(count, size * size).scatter_reduce_(1, places, pieces.flatten(1), "amax")


def _pixels(corners: Tensor, side: int, size: int) -> Tensor:
    """Numbers, in reading order of the canvas, of the pixels of squares: corners ``(N, 2)`` to ``(N, side * side)``."""
    grid = torch.arange(side)[:, None] * size + torch.arange(side)
    return (corners[:, 0] * size + corners[:, 1])[:, None] + grid.flatten()
