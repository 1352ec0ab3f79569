"""A picture as a row of patches, and what a patch looks like in a few numbers that no training made.

Pictures are grey floats, ``(H, W)`` or ``(batch, H, W)``, 0 for black and 1 for white. Patches come in reading order:
the first row of patches from left to right, then the second.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

ORIENTATIONS = 8  # directions that an edge is sorted into: 0°, 22.5°, ..., 157.5°
BLUR = 5  # pixels on a side of the mean that leaves only the coarse structure
DARK_NOISE = 0.01  # brightness differences below this are not told from none
EDGE_STRENGTH, EDGE_AGREEMENT = 0.01, 0.6  # brightness per pixel, and how far directions agree, of what we call an edge
ALIKE = 15.0  # degrees between two edges of "the same" direction


def patch_grid(image: Tensor, size: int) -> tuple[int, int]:
    """How many patches of ``size`` by ``size`` pixels cover the picture: ``(rows, columns)``.

    Raises TypeError when the picture is no floating-point tensor or the size no whole number; ValueError when the
    picture is no ``(H, W)`` or ``(batch, H, W)``, is empty, holds NaN or infinity, or the size does not divide H and W.
    """
    if not isinstance(image, Tensor) or not image.dtype.is_floating_point:
        kind = image.dtype if isinstance(image, Tensor) else type(image).__name__
        raise TypeError(f"patch_grid: image must be a tensor of floats from 0 (black) to 1 (white), got {kind}.")
    shape = tuple(image.shape)
    if image.dim() not in (2, 3) or not image.numel():
        raise ValueError(f"patch_grid: image has shape {shape}, expected (H, W) or (batch, H, W), not empty.")
    if not bool(image.isfinite().all()):
        raise ValueError("patch_grid: image holds NaN or infinity.")
    if isinstance(size, bool) or not isinstance(size, int):
        raise TypeError(f"patch_grid: size must be a whole number of pixels, got {type(size).__name__}.")
    height, width = shape[-2:]
    if size < 1 or height % size or width % size:
        raise ValueError(
            f"patch_grid: size is {size}; expected a number of pixels that divides height {height} and width {width}."
        )
    return height // size, width // size


def cut_patches(image: Tensor, size: int) -> Tensor:
    """The picture cut into patches: ``(N, size*size)``, or ``(batch, N, size*size)``; pixels in reading order, too.

    Errors as in ``patch_grid``.
    """
    rows, columns = patch_grid(image, size)
    blocks = image.unflatten(-1, (columns, size)).unflatten(-3, (rows, size))  # (..., rows, size, columns, size)
    return blocks.transpose(-3, -2).flatten(-2).flatten(-3, -2)


def edge_strengths(image: Tensor, size: int) -> Tensor:
    """How strong the edges of each direction are in each patch: ``(..., N, ORIENTATIONS)``.

    Every pixel's gradient counts with its length for the two nearest directions. Directions are those of the edge, not
    of the gradient: direction 0 is a horizontal line, and it goes on counter-clockwise.
    Source: Dalal & Triggs 2005, section 6. Errors as in ``patch_grid``.
    """
    patch_grid(image, size)
    across, down = _gradients(image)
    place = (torch.atan2(-down, across) / math.pi + 0.5) % 1 * ORIENTATIONS  # the edge: a quarter turn on
    lower = place.floor()
    share, length = place - lower, torch.hypot(across, down)
    lower = lower.long() % ORIENTATIONS
    strengths = torch.zeros(*image.shape, ORIENTATIONS, dtype=image.dtype)
    strengths.scatter_add_(-1, lower[..., None], (length * (1 - share))[..., None])
    strengths.scatter_add_(-1, (lower[..., None] + 1) % ORIENTATIONS, (length * share)[..., None])
    return torch.stack([cut_patches(one, size).mean(-1) for one in strengths.unbind(-1)], dim=-1)


def patch_orientations(image: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """The direction of the edges in each patch, and how far they agree: ``(degrees (..., N), agreement (..., N))``.

    Degrees from 0 (horizontal) below 180, counter-clockwise; agreement from 0 (all directions alike, or no edge) to 1
    (all edges parallel). Source: Bigün & Granlund 1987 (angles are doubled before they are averaged).
    Errors as in ``patch_grid``.
    """
    patch_grid(image, size)
    across, down = _gradients(image)
    along_x = cut_patches(across.square() - down.square(), size).mean(-1)
    along_y = cut_patches(-2 * across * down, size).mean(-1)
    energy = cut_patches(across.square() + down.square(), size).mean(-1)
    degrees = (torch.atan2(along_y, along_x).rad2deg() / 2 + 90) % 180
    agreement = torch.hypot(along_x, along_y) / energy.clamp_min(torch.finfo(image.dtype).tiny)
    return degrees, agreement.clamp(max=1.0)


def edges_alike(image: Tensor, size: int) -> Tensor:
    """Which patches hold an edge of the same direction as which others: boolean ``(..., N, N)``, the diagonal False.

    A patch without a clear direction is like none: its row and its column are False. Errors as in ``patch_grid``.
    """
    degrees, agreement = patch_orientations(image, size)
    edges = (edge_strengths(image, size).sum(-1) >= EDGE_STRENGTH) & (agreement >= EDGE_AGREEMENT)
    apart = ((degrees[..., :, None] - degrees[..., None, :] + 90) % 180 - 90).abs()
    others = ~torch.eye(degrees.shape[-1], dtype=torch.bool)
    return (apart <= ALIKE) & edges[..., :, None] & edges[..., None, :] & others


def patch_features(image: Tensor, size: int) -> Tensor:
    """What each patch looks like, as a vector of length 1: ``(..., N, ORIENTATIONS + 3)``.

    First the share of each edge direction, then three energies as logarithms: fine edges, coarse edges (after a blur)
    and contrast. Each number is compared with its mean and spread over the picture; the directions together count as
    much as the energies; last, the vector is brought to length 1, so that a dot product is a similarity from -1 to 1.
    In a picture whose patches are all alike every vector is zero. Mean brightness is not among the features.

    Errors as in ``patch_grid``.
    """
    strengths = edge_strengths(image, size)
    fine = strengths.sum(-1, keepdim=True)
    directions = strengths / (fine + 2 * DARK_NOISE)
    coarse = edge_strengths(_blurred(image), size).sum(-1, keepdim=True)
    contrast = cut_patches(image, size).std(-1, keepdim=True, correction=0)
    energies = torch.log(torch.cat([fine, coarse, contrast], dim=-1) + DARK_NOISE)
    parts = [_standardised(part) / part.shape[-1] ** 0.5 for part in (directions, energies)]
    return F.normalize(torch.cat(parts, dim=-1), dim=-1)


def _gradients(image: Tensor) -> tuple[Tensor, Tensor]:
    """Brightness per pixel to the right and downwards; one-sided at the picture's edge."""
    framed = _framed(image, 1)
    return (framed[..., 1:-1, 2:] - framed[..., 1:-1, :-2]) / 2, (framed[..., 2:, 1:-1] - framed[..., :-2, 1:-1]) / 2


def _blurred(image: Tensor) -> Tensor:
    return F.avg_pool2d(_framed(image, BLUR // 2)[..., None, :, :], BLUR, stride=1)[..., 0, :, :]


def _framed(image: Tensor, width: int) -> Tensor:
    """The picture with its outermost pixels repeated."""
    batch = image if image.dim() == 3 else image[None]
    framed = F.pad(batch[:, None], (width,) * 4, mode="replicate")[:, 0]
    return framed if image.dim() == 3 else framed[0]


def _standardised(features: Tensor) -> Tensor:
    """Each feature minus its mean over the patches, in units of its spread; zero where it does not vary."""
    centred = features - features.mean(-2, keepdim=True)
    spread = centred.square().mean(-2, keepdim=True).sqrt()
    return torch.where(spread > 1e-6, centred / spread.clamp_min(1e-6), torch.zeros_like(centred))
