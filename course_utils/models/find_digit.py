"""Networks that name the one digit hidden in a canvas, alike but for how they pool the picture into one vector.

Two strided convolutions turn the canvas into a map of cells, ``(batch, C, rows, columns)``; a pool makes one vector of
all cells; a linear read-out names one of ten digits. About 3,900 parameters each, of which the pool has none to 24.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.datasets.digits import CLASSES
from course_utils.layers import AttentionPool, MaxPool, MeanPool

FEATURES = (16, 24)  # after the first convolution, and in each cell of the map
KERNEL, STRIDE = 3, 2  # of both convolutions; the picture is continued with paper, one pixel on each side
CELL = STRIDE**2  # pixels from one cell's centre to the next
RECEPTIVE_FIELD = KERNEL + STRIDE * (KERNEL - 1)  # 7 pixels: what a cell sees; a digit has 8
CONTRAST = 3.0  # the ink varies by about 1/3 over a canvas: times 3, by about 1, as networks like it
POOLS = ("mean", "max", "gate", "attention")


class SpatialGate(nn.Module):
    """Multiply every cell by a number from 0 to 1, and take the mean.

    The number is sigmoid(a convolution over two maps: the mean and the maximum of the cell's features). ``weights`` are
    the gate's numbers divided by their sum: each cell's share in the mean.

    Source: Woo et al. 2018, equation 3 (arXiv:1807.06521), the spatial half of CBAM; a 3 by 3 convolution for their
    7 by 7, and with the batch normalisation of their code.
    """

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(2, 1, KERNEL, padding=KERNEL // 2, bias=False)
        self.normalise = nn.BatchNorm2d(1)

    def gate(self, features: Tensor) -> Tensor:
        """The number for each cell, ``(batch, C, rows, columns)`` to ``(batch, 1, rows, columns)``.

        Raises ValueError for another shape.
        """
        if features.dim() != 4 or not features.numel():
            raise ValueError(f"SpatialGate: features have shape {tuple(features.shape)}, expected (batch, C, h, w).")
        maps = torch.cat([features.mean(1, keepdim=True), features.amax(1, keepdim=True)], dim=1)  # (batch, 2, h, w)
        return torch.sigmoid(self.normalise(self.convolution(maps)))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Shapes: features ``(batch, C, rows, columns)``; pooled ``(batch, C)``, weights ``(batch, rows, columns)``.

        Errors as in ``gate``.
        """
        gate = self.gate(features)
        return (features * gate).mean(dim=(2, 3)), gate[:, 0] / gate.sum(dim=(2, 3))[..., None]


class DigitFinder(nn.Module):
    """Name the digit in a canvas; ``pool`` is one of ``POOLS``.

    Raises ValueError for another pool.
    """

    def __init__(self, pool: str) -> None:
        super().__init__()
        first, second = FEATURES
        pools = {"mean": MeanPool, "max": MaxPool, "gate": SpatialGate, "attention": lambda: AttentionPool(second)}
        if pool not in pools:
            raise ValueError(f"DigitFinder: pool is {pool!r}, expected one of {', '.join(map(repr, POOLS))}.")
        self.first = nn.Conv2d(1, first, KERNEL, STRIDE, padding=KERNEL // 2)
        self.second = nn.Conv2d(first, second, KERNEL, STRIDE, padding=KERNEL // 2)
        self.pool = pools[pool]()
        self.output = nn.Linear(second, CLASSES)

    def features(self, images: Tensor) -> Tensor:
        """The map of cells: ``(batch, 1, H, W)`` to ``(batch, C, rows, columns)``, a cell for every ``CELL`` pixels.

        Raises TypeError when the images hold no floating-point numbers, ValueError for another shape.
        """
        if not isinstance(images, Tensor) or not images.dtype.is_floating_point:
            kind = images.dtype if isinstance(images, Tensor) else type(images).__name__
            raise TypeError(f"DigitFinder: images must be a tensor of floating-point numbers, got {kind}.")
        if images.dim() != 4 or images.shape[1] != 1 or not images.numel():
            raise ValueError(f"DigitFinder: images have shape {tuple(images.shape)}, expected (batch, 1, H, W).")
        return F.gelu(self.second(F.gelu(self.first(CONTRAST * images))))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Logits ``(batch, 10)`` and the weight of each cell, ``(batch, rows, columns)``, with sum 1.

        Shapes and errors as in ``features``.
        """
        features = self.features(images)
        if isinstance(self.pool, SpatialGate):
            pooled, weights = self.pool(features)
        else:
            pooled, weights = self.pool(features.flatten(2).mT)  # (batch, rows * columns, C), in reading order
            weights = weights.unflatten(1, features.shape[2:])
        return self.output(pooled), weights


@torch.no_grad()
def contributions(model: DigitFinder, images: Tensor) -> Tensor:
    """What each cell adds to the logit of the answer, less the mean of all ten logits: ``(batch, rows, columns)``.

    With the difference of the biases they add up to the difference of the logits exactly. Errors as in ``features``.

    Source: Zhou et al. 2016, equation 2 (arXiv:1512.04150), class activation maps, which are this for mean pooling.
    """
    features = model.features(images)  # (batch, C, rows, columns)
    logits, weights = model(images)
    if isinstance(model.pool, SpatialGate):
        shares = model.pool.gate(features) / weights[0].numel()
    elif isinstance(model.pool, MaxPool):
        places = features.flatten(2).argmax(-1)  # (batch, C): where each feature is taken from
        shares = F.one_hot(places, weights[0].numel()).view_as(features)
    else:
        shares = weights[:, None]
    towards = model.output.weight[logits.argmax(-1)] - model.output.weight.mean(dim=0)  # (batch, C)
    return torch.einsum("bcij,bc->bij", shares * features, towards)


def cell_centres(size: int) -> Tensor:
    """The pixel in the middle of what each row of cells sees, and each column, on a canvas of ``size`` pixels.

    0, 4, 8 and so on, each with three pixels on either side: ``RECEPTIVE_FIELD``. Returns ``(cells,)``.
    """
    return torch.arange(0, size, CELL)
