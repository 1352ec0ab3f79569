"""Two photographs, four textures, and collages of the textures in which it is known what stands where."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.datasets.files import read_verified

FILE = "textures.npz"
TEXTURES = ("brick", "grass", "gravel", "ripples")  # a label is an index into these
PHOTOGRAPHS = {"temple": "china.jpg", "flower": "flower.jpg"}  # as scikit-learn calls them
PHOTOGRAPH = (200, 320)  # height, width in pixels
COLLAGE = (160, 240)
HILLS = (4, 5)  # heights drawn at random from top to bottom and from left to right; their contours part the regions


class Collage(NamedTuple):
    """Four textures in one picture, each on a quarter of its pixels."""

    image: Tensor  # COLLAGE, floats from 0 to 1
    labels: Tensor  # COLLAGE, the texture of each pixel, an index into TEXTURES


@cache
def load_photograph(name: str) -> Tensor:
    """A photograph of scikit-learn's, grey and at half its size: ``PHOTOGRAPH``, floats from 0 to 1.

    Some pixels at the top and bottom are cut off. Raises ValueError for a name not in ``PHOTOGRAPHS``.
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"load_photograph: name is {name!r}, expected one of {', '.join(map(repr, PHOTOGRAPHS))}.")
    from sklearn.datasets import load_sample_image  # takes a second to import, and only photographs need it

    colours = torch.from_numpy(load_sample_image(PHOTOGRAPHS[name]).copy()).float() / 255  # (427, 640, 3)
    grey = colours @ torch.tensor([0.299, 0.587, 0.114])  # brightness as television weighs it, ITU-R BT.601
    small = F.avg_pool2d(grey[None], 2)[0]  # (213, 320)
    top = (small.shape[0] - PHOTOGRAPH[0]) // 2
    return small[top : top + PHOTOGRAPH[0]].contiguous()


def load_textures(folder: Path | None = None) -> dict[str, Tensor]:
    """The four textures by name, each ``(256, 256)``, floats from 0 to 1.

    Raises DataError, with the remedy, when ``data/textures.npz`` is missing or is not the published file.
    """
    with np.load(io.BytesIO(read_verified(FILE, folder)), allow_pickle=False) as arrays:
        return {name: torch.from_numpy(arrays[name]).float() / 255 for name in TEXTURES}


def draw_collage(generator: torch.Generator) -> Collage:
    """Four irregular regions of equal area, each filled with a fresh crop of its texture.

    A landscape of smooth random hills is cut at its median height, and each half again by a landscape of its own.

    Raises TypeError when the generator is no torch.Generator; DataError as ``load_textures`` does.
    """
    if not isinstance(generator, torch.Generator):
        raise TypeError(f"draw_collage: generator must be a torch.Generator, got {type(generator).__name__}.")
    upper = _upper_half(torch.ones(COLLAGE, dtype=torch.bool), generator)
    first, second = (_upper_half(half, generator) for half in (upper, ~upper))
    quarters = torch.where(upper, first.long(), 2 + second.long())
    labels = torch.randperm(len(TEXTURES), generator=generator)[quarters]
    image = torch.zeros(COLLAGE)
    for label, texture in enumerate(_textures().values()):
        top, left = (
            int(torch.randint(have - need + 1, (1,), generator=generator)) for have, need in zip(texture.shape, COLLAGE)
        )
        crop = texture[top : top + COLLAGE[0], left : left + COLLAGE[1]]
        image = torch.where(labels == label, crop, image)
    return Collage(image, labels)


def patch_labels(labels: Tensor, size: int) -> Tensor:
    """The texture that has most pixels in each patch, in reading order: ``(N,)``; of equals the first.

    Shape: labels ``(H, W)``, indices into ``TEXTURES``.

    Raises TypeError when the labels are no tensor of whole numbers or the size is none; ValueError when the size does
    not divide H and W, the labels are empty, or one is no texture's.
    """
    if not isinstance(labels, Tensor) or labels.is_floating_point():
        kind = labels.dtype if isinstance(labels, Tensor) else type(labels).__name__
        raise TypeError(f"patch_labels: labels must be a tensor of whole numbers, got {kind}.")
    if isinstance(size, bool) or not isinstance(size, int):
        raise TypeError(f"patch_labels: size must be a whole number of pixels, got {type(size).__name__}.")
    if labels.dim() != 2 or not labels.numel() or size < 1 or labels.shape[0] % size or labels.shape[1] % size:
        raise ValueError(
            f"patch_labels: labels have shape {tuple(labels.shape)} and size is {size}; expected (H, W), both of which "
            "the size divides."
        )
    if not 0 <= labels.min() <= labels.max() < len(TEXTURES):
        raise ValueError(
            f"patch_labels: labels run from {int(labels.min())} to {int(labels.max())}, expected 0 to "
            f"{len(TEXTURES) - 1}."
        )
    counts = [F.avg_pool2d((labels == label).float()[None], size)[0] for label in range(len(TEXTURES))]
    return torch.stack(counts).argmax(0).flatten()


def _upper_half(region: Tensor, generator: torch.Generator) -> Tensor:
    """Those pixels of the region that lie above its median in a smooth random landscape."""
    hills = torch.randn(1, 1, *HILLS, generator=generator)
    landscape = F.interpolate(hills, COLLAGE, mode="bicubic", align_corners=True)[0, 0]
    return region & (landscape > landscape[region].median())


@cache
def _textures() -> dict[str, Tensor]:
    return load_textures()
