"""Three small classifiers of pictures, of equally many numbers: a Vision Transformer, a CNN, and a bag of patches."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from course_utils.datasets.digits import CLASSES, SIDE
from course_utils.features.patches import cut_patches
from course_utils.layers import LearnedPositions, TransformerBlock

PATCH = 2  # pixels of a patch
TOKENS = (SIDE // PATCH) ** 2  # 16 patches, without the class token
D_MODEL, NUM_HEADS, NUM_LAYERS = 32, 4, 2
CHANNELS = 36  # of the CNN's first layer, twice as many in the second: as many numbers as the ViT has
BAG_SIZE = 111  # features of a patch in the bag: the same


class VisionTransformer(nn.Module):
    """Cuts a picture into patches, one token each; a class token reads them through two Transformer blocks.

    Every patch is embedded by one linear map of its pixels. The class token, a learned vector, stands before the
    patches, and a learned position is added to each of the 17; without ``positions`` nothing tells where a patch was.
    The blocks are pre-norm; after a last layer norm the class token's vector is read out.

    Source: Dosovitskiy et al. 2021, section 3.1, equations 1 to 4 (arXiv:2010.11929).
    """

    def __init__(self, positions: bool = True) -> None:
        super().__init__()
        self.embed = nn.Linear(PATCH * PATCH, D_MODEL)
        self.class_token = nn.Parameter(0.02 * torch.randn(D_MODEL))  # small, as the positions start
        self.positions = LearnedPositions(1 + TOKENS, D_MODEL) if positions else nn.Identity()
        self.blocks = nn.ModuleList(TransformerBlock(D_MODEL, NUM_HEADS) for _ in range(NUM_LAYERS))
        self.norm = nn.LayerNorm(D_MODEL)
        self.output = nn.Linear(D_MODEL, CLASSES)

    def forward(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits ``(batch, 10)`` and for each layer the weights ``(batch, heads, 17, 17)``; token 0 is the class token.

        Shapes: images ``(batch, 8, 8)``. Raises TypeError or ValueError naming what came and what was expected.
        """
        return self.read_patches(_patches_of("VisionTransformer", images))

    def read_patches(self, patches: Tensor) -> tuple[Tensor, list[Tensor]]:
        """As ``forward``, from patches ``(batch, 16, 4)`` in whatever order they are to be read.

        Raises TypeError or ValueError when the patches are not floats of that shape.
        """
        _require_floats("VisionTransformer", "patches", patches, (TOKENS, PATCH * PATCH))
        class_token = self.class_token.expand(len(patches), 1, -1)
        x = self.positions(torch.cat([class_token, self.embed(patches)], dim=1))  # (batch, 17, d_model)
        all_weights = []
        for block in self.blocks:
            x, weights = block(x)
            all_weights.append(weights)
        return self.output(self.norm(x[:, 0])), all_weights


class ConvolutionalClassifier(nn.Module):
    """Two 3 by 3 convolutions, each followed by ReLU and a halving of the picture, and a linear read-out.

    Source: LeCun et al. 1998, section II, in small; max pooling in place of averages.
    """

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, CHANNELS, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (batch, CHANNELS, 4, 4)
            nn.Conv2d(CHANNELS, 2 * CHANNELS, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (batch, 2 * CHANNELS, 2, 2)
            nn.Flatten(),
            nn.Linear(2 * CHANNELS * 4, CLASSES),
        )

    def forward(self, images: Tensor) -> tuple[Tensor, None]:
        """Logits ``(batch, 10)``, and None: there are no weights to look at. Shapes and errors as in the ViT."""
        _require_floats("ConvolutionalClassifier", "images", images, (SIDE, SIDE))
        return self.layers(images[:, None]), None


class BagOfPatches(nn.Module):
    """Embeds each patch by itself, takes the mean of all, and reads the digit from it: no patch meets another one.

    Source: Zaheer et al. 2017, *Deep Sets*, theorem 2 (arXiv:1703.06114).
    """

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(PATCH * PATCH, BAG_SIZE), nn.ReLU(), nn.Linear(BAG_SIZE, BAG_SIZE))
        self.output = nn.Sequential(nn.Linear(BAG_SIZE, BAG_SIZE), nn.ReLU(), nn.Linear(BAG_SIZE, CLASSES))

    def forward(self, images: Tensor) -> tuple[Tensor, None]:
        """Logits ``(batch, 10)``, and None: every patch counts alike. Shapes and errors as in the ViT."""
        return self.output(self.embed(_patches_of("BagOfPatches", images)).mean(dim=1)), None


def _patches_of(model: str, images: object) -> Tensor:
    _require_floats(model, "images", images, (SIDE, SIDE))
    return cut_patches(images, PATCH)


def _require_floats(model: str, name: str, tensor: object, shape: tuple[int, int]) -> None:
    if not isinstance(tensor, Tensor) or not tensor.dtype.is_floating_point:
        kind = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
        raise TypeError(f"{model}: {name} must be a tensor of floats, got {kind}.")
    if tensor.dim() != 3 or tuple(tensor.shape[1:]) != shape or not len(tensor):
        raise ValueError(f"{model}: {name} have shape {tuple(tensor.shape)}, expected (batch, {shape[0]}, {shape[1]}).")
