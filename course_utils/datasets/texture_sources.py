"""Make ``data/textures.npz``: three photographs of textures and one that we draw. No lesson needs this."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image

from course_utils.datasets.archive import npz_bytes

SIDE = 256  # pixels of a stored texture
PUBLISHED = {  # SHA-256 of the pictures in scikit-image 0.26.0, and by what factor they are shrunk
    "brick": ("7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf", 2),
    "grass": ("b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89", 2),
    "gravel": ("c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12", 1),
}
REMEDY = "'pip install --no-deps scikit-image==0.26.0' installs them."


def textures_file() -> bytes:
    """The content of ``data/textures.npz``: brick, grass, gravel and ripples, each ``(SIDE, SIDE)`` uint8.

    Raises SystemExit telling how to install scikit-image when its pictures are missing or are others.
    """
    package = importlib.util.find_spec("skimage")  # only its pictures are needed: it is not imported
    if package is None:
        raise SystemExit(f"The pictures of the package scikit-image are missing; {REMEDY}")
    folder = Path(package.submodule_search_locations[0]) / "data"
    textures = {}
    for name, (published, factor) in PUBLISHED.items():
        path = folder / f"{name}.png"
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != published:
            raise SystemExit(f"This scikit-image has no {name}.png, or another one; {REMEDY}")
        textures[name] = shrunk(np.asarray(Image.open(path)), factor)[:SIDE, :SIDE]
    return npz_bytes(textures | {"ripples": draw_ripples()})


def shrunk(picture: np.ndarray, factor: int) -> np.ndarray:
    """The mean of every ``factor`` by ``factor`` pixels, as uint8; halves are rounded up."""
    rows, columns = (length // factor for length in picture.shape)
    blocks = picture[: rows * factor, : columns * factor].astype(np.int64).reshape(rows, factor, columns, factor)
    return ((2 * blocks.sum(axis=(1, 3)) + factor**2) // (2 * factor**2)).astype(np.uint8)


def draw_ripples() -> np.ndarray:
    """Slanting stripes that bend, as sand under shallow water: ``(SIDE, SIDE)`` uint8."""
    down, right = np.mgrid[:SIDE, :SIDE] / SIDE
    slant = 29 * right + 21 * down  # 36 waves, each some 7 pixels from the next
    bend = 0.25 * np.sin(2 * np.pi * (1.7 * down + 0.4 * right)) + 0.2 * np.sin(2 * np.pi * (1.3 * right - 2.1 * down))
    return np.rint(120 + 40 * np.sin(2 * np.pi * (slant + bend))).astype(np.uint8)
