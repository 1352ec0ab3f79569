"""How much attention stays on its own texture when patches look for patches like them, nothing learned (lesson 07).

Each patch of a collage attends to all others: softmax of beta times a similarity. Rivals: pixels, brightness, and
nearness in place. Beta was chosen on seeds 10 to 12, which no result uses: for the rivals the best of those tried; for
the features one that spreads over more patches and costs two hundredths.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.attention import softmax
from course_utils.datasets.pictures import TEXTURES, Collage, draw_collage, load_photograph, patch_labels
from course_utils.features.patches import ORIENTATIONS, cut_patches, edges_alike, patch_features, patch_grid
from course_utils.interpretability import attention_mass
from course_utils.reproducibility import generator

SIZE = 10  # pixels on a side of a patch
COLLAGES = 10  # for each seed
BETA = 30.0
BETAS = (0, 3, 10, 30, 100, 300)
RIVAL_BETAS = {"directions": 300.0, "pixels": 300.0, "brightness": 30_000.0, "place": 3.0}
EDGE_KINDS = {  # how the metrics name them: by what, and how sharply
    "": ("features", BETA),
    "_pixels": ("pixels", RIVAL_BETAS["pixels"]),
    "_place": ("place", RIVAL_BETAS["place"]),
}
FAR = 5  # patches: nearer ones are closed when it is asked what is found elsewhere


class Attending(NamedTuple):
    """What each patch of a picture looks at. N patches; rows are queries."""

    similarities: dict[str, Tensor]  # by kind, each (N, N)
    others: Tensor  # (N, N) boolean: True everywhere but on the diagonal
    elsewhere: Tensor  # (N, N) boolean: True where the key is more than FAR patches away


def similarities(image: Tensor) -> dict[str, Tensor]:
    """How alike the patches of a picture are, ``(N, N)``, by their features and by each of ``RIVAL_BETAS``."""
    features, pixels = patch_features(image, SIZE), cut_patches(image, SIZE)
    directions = F.normalize(features[:, :ORIENTATIONS], dim=-1)
    # did better than each patch minus its mean, and than distance
    centred = F.normalize(pixels - pixels.mean(), dim=-1)
    brightness = pixels.mean(-1, keepdim=True)
    places = _places(image)
    return {
        "features": features @ features.T,
        "directions": directions @ directions.T,
        "pixels": centred @ centred.T,
        "brightness": -(brightness - brightness.T).square(),
        "place": -torch.cdist(places, places).square(),
    }


def attending(image: Tensor) -> Attending:
    """The similarities of a picture's patches, and who may be looked at."""
    places = _places(image)
    distances = torch.cdist(places, places)
    return Attending(similarities(image), distances > 0, distances > FAR)


def draw_collages(seed: int) -> Iterator[Collage]:
    """The collages of one seed."""
    source = generator(seed)
    return (draw_collage(source) for _ in range(COLLAGES))


def edge_masses(image: Tensor, looking: Attending, name: str = "") -> dict[str, float]:
    """How much of an edge's attention goes to edges of its own direction, and how many of the open keys those are.

    By features, pixels and nearness in place; ``_elsewhere`` with the near keys closed. Means over all patches that are
    edges and have one like them among the open keys. Shape: image ``(H, W)``; ``looking`` is ``attending(image)``.
    """
    alike, masses = edges_alike(image, SIZE), {}
    for ending, keys in (("", looking.others), ("_elsewhere", looking.elsewhere)):
        right = alike & keys
        queries = right.any(-1)
        shares = right[queries].sum(-1) / keys[queries].sum(-1)
        masses[f"edge_share{name}{ending}"] = shares.mean().item()
        for suffix, (kind, beta) in EDGE_KINDS.items():
            weights = softmax(beta * looking.similarities[kind], keys)
            masses[f"edge_mass{name}{suffix}{ending}"] = attention_mass(weights[queries], right[queries])
    return masses


def run(seed: int) -> dict[str, float]:
    """Mass on the own texture, everywhere and elsewhere, by kind and by beta; an edge's mass on edges like it."""
    sums: dict[str, float] = {}

    def add(name: str, value: float) -> None:
        sums[name] = sums.get(name, 0.0) + value / COLLAGES

    for collage in draw_collages(seed):
        labels = patch_labels(collage.labels, SIZE)
        own = labels[:, None] == labels
        looking = attending(collage.image)
        kinds, others, elsewhere = looking
        weights = softmax(BETA * kinds["features"], others)
        add("own_mass", attention_mass(weights, own))
        add("own_mass_elsewhere", attention_mass(softmax(BETA * kinds["features"], elsewhere), own))
        add("own_area", attention_mass(softmax(torch.zeros_like(weights), others), own))
        add("own_area_elsewhere", attention_mass(softmax(torch.zeros_like(weights), elsewhere), own))
        by_pixels = softmax(RIVAL_BETAS["pixels"] * kinds["pixels"], others)
        for label in labels.unique().tolist():
            rows = labels == label
            add(f"own_mass_{TEXTURES[label]}", attention_mass(weights[rows], own[rows]))
            add(f"own_mass_pixels_{TEXTURES[label]}", attention_mass(by_pixels[rows], own[rows]))
        for kind, beta in RIVAL_BETAS.items():
            add(f"own_mass_{kind}", attention_mass(softmax(beta * kinds[kind], others), own))
            add(f"own_mass_{kind}_elsewhere", attention_mass(softmax(beta * kinds[kind], elsewhere), own))
        for beta in BETAS:
            swept = softmax(beta * kinds["features"], others)
            add(f"own_mass_beta_{beta}", attention_mass(swept, own))
            add(f"patches_beta_{beta}", _patches_looked_at(swept))
        for name, value in edge_masses(collage.image, looking).items():
            add(name, value)
    sums["edge_ratio"] = sums["edge_mass"] / sums["edge_share"]
    for name in ("temple", "flower"):  # no chance in these: the same for every seed
        image = load_photograph(name)
        sums |= edge_masses(image, attending(image), f"_{name}")
        sums[f"edge_ratio_{name}"] = sums[f"edge_mass_{name}"] / sums[f"edge_share_{name}"]
    return {name: round(value, 4) for name, value in sums.items()}


def _places(image: Tensor) -> Tensor:
    """Row and column of each patch, ``(N, 2)``."""
    rows, columns = patch_grid(image, SIZE)
    return torch.cartesian_prod(torch.arange(rows), torch.arange(columns)).float()


def _patches_looked_at(weights: Tensor) -> float:
    """Over how many keys the weight would be as uncertain if it were spread evenly: exp of the entropy in nats."""
    return torch.special.entr(weights).sum(-1).exp().mean().item()
