"""Real digits read as 16 patches: a Vision Transformer against a CNN, and whether its rollout shows what it uses.

Vision Transformer with and without positions, CNN and bag of patches have about 26,500 parameters each, the same
optimiser, steps and batches. Each has the learning rate that did best on the last fifth of the training digits (the
rest trained it) in seeds 10 to 12, which no result uses: the two ViTs' out of 5e-4, 1e-3, 2e-3, 3e-3 and 1e-2, the
CNN's out of 1e-3, 3e-3, 1e-2, 2e-2 and 4e-2, the bag's out of 3e-3, 1e-2, 2e-2, 4e-2 and 8e-2. A patch is ink when
the mean of its four pixels is at least half of full ink. To *delete* a patch is to blank it, or to swap in the patch
that another picture has at the same place.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from course_utils.datasets.digits import SIDE, Digits, load_digits
from course_utils.features.patches import cut_patches
from course_utils.interpretability import attention_mass, rank_correlation, rollout
from course_utils.models.vision_transformer import (
    PATCH,
    TOKENS,
    BagOfPatches,
    ConvolutionalClassifier,
    VisionTransformer,
)
from course_utils.reproducibility import generator, set_seed
from course_utils.training import count_parameters, fit, minibatches

STEPS = 600  # the training digits are all but known by heart by then, in about five CPU seconds
LONGER = 3 * STEPS  # does the ViT only need longer?
BATCH = 64  # 600 batches are 28 times through the training digits
MODELS: dict[str, Callable[[], nn.Module]] = {
    "vit": VisionTransformer,
    "vit_no_positions": lambda: VisionTransformer(positions=False),
    "cnn": ConvolutionalClassifier,
    "bag": BagOfPatches,
}
LEARNING_RATES = {"vit": 3e-3, "vit_no_positions": 1e-3, "cnn": 2e-2, "bag": 1e-2}
INK = 0.5  # of full ink, in the mean of a patch's pixels
DELETED = 4  # patches of 16: a quarter
CURVE = (0, 1, 2, 3, 4, 6, 8)
DONORS = 4  # other pictures that patches are swapped in from, one after the other
COMPARED = ("last_layer", "ink", "variance", "occlusion", "swapping", "rollout_mean")
GRID = SIDE // PATCH


def loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Cross-entropy of the digit, in nats; a guess among ten costs ln 10 = 2.30."""
    images, labels = batch
    return F.cross_entropy(model(images)[0], labels)


def train(kind: str, seed: int, order: Tensor | None = None, steps: int = STEPS) -> tuple[nn.Module, list[float]]:
    """A model of ``MODELS`` after so many steps on the training digits, their patches in this order, and its losses.

    Raises ValueError for another kind.
    """
    if kind not in MODELS:
        raise ValueError(f"train: kind is {kind!r}, expected one of {', '.join(map(repr, MODELS))}.")
    digits = load_digits()[0]
    images = digits.images if order is None else shuffled(digits.images, order)
    set_seed(seed)
    model = MODELS[kind]()
    batches = minibatches((images, digits.labels), BATCH, generator(1_000 + seed))
    return model, fit(model, loss, batches, steps, LEARNING_RATES[kind])


@torch.no_grad()
def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Share of pictures whose digit gets the greatest logit."""
    return float((model(images)[0].argmax(-1) == labels).double().mean())


def shuffled(images: Tensor, order: Tensor) -> Tensor:
    """The pictures with their patches laid out anew: place ``i`` gets patch ``order[i]``.

    Shapes: images ``(batch, 8, 8)``, order ``(16,)``, or ``(batch, 16)`` with an order for each picture.
    """
    patches = cut_patches(images, PATCH)  # (batch, 16, 4)
    order = order.expand(len(images), TOKENS)[..., None].expand_as(patches)
    blocks = patches.gather(1, order).unflatten(2, (PATCH, PATCH)).unflatten(1, (GRID, GRID))
    return blocks.transpose(2, 3).reshape(images.shape)


def multiplications(model: nn.Module) -> int:
    """Multiplications of one picture's matrix products and convolutions, by PyTorch's counter."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, SIDE, SIDE))
    return counter.get_total_flops() // 2  # which counts an addition for each


def amount_of_ink(images: Tensor) -> Tensor:
    """The mean of each patch's pixels, ``(batch, 16)``; 1 is full of ink."""
    return cut_patches(images, PATCH).mean(dim=-1)


def shown(weights: Tensor) -> Tensor:
    """What a map ``(batch, 17, 17)`` shows of the patches: the class token's row, without itself, to sum to 1."""
    row = weights[:, 0, 1:]
    return row / row.sum(dim=-1, keepdim=True)


@torch.no_grad()
def effects(model: VisionTransformer, images: Tensor, donors: Tensor | None = None) -> Tensor:
    """By how much the answer's log-probability falls when one patch is deleted, for each patch: ``(batch, 16)``.

    Blanked, or with ``donors`` ``(draws, batch)``, pictures by number, swapped and averaged over the draws.
    """
    patches = cut_patches(images, PATCH)
    before = model.read_patches(patches)[0].log_softmax(-1)
    answer = before.argmax(-1, keepdim=True)
    falls = torch.zeros(len(images), TOKENS)
    fillings = [torch.zeros_like(patches)] if donors is None else [patches[donor] for donor in donors]
    for filling in fillings:
        for place in range(TOKENS):
            changed = patches.clone()
            changed[:, place] = filling[:, place]
            after = model.read_patches(changed)[0].log_softmax(-1)
            falls[:, place] += (before - after).gather(1, answer)[:, 0] / len(fillings)
    return falls


@torch.no_grad()
def accuracy_without(
    model: VisionTransformer, digits: Digits, score: Tensor, deleted: int, donors: Tensor | None = None
) -> float:
    """Accuracy once the patches of the greatest scores are blanked, or swapped with ``donors``, as in ``effects``.

    Shape: score ``(batch, 16)``.
    """
    patches = cut_patches(digits.images, PATCH)
    gone = torch.zeros_like(score, dtype=torch.bool).scatter_(1, score.topk(deleted, dim=-1).indices, True)[..., None]
    fillings = [torch.zeros_like(patches)] if donors is None else [patches[donor] for donor in donors]
    answers = [model.read_patches(torch.where(gone, filling, patches))[0].argmax(-1) for filling in fillings]
    return float((torch.stack(answers) == digits.labels).double().mean())


def draw_donors(digits: Digits, seed: int) -> Tensor:
    """For each picture ``DONORS`` others, drawn at random: ``(DONORS, batch)``."""
    random = generator(2_000 + seed)
    return torch.stack([torch.randperm(len(digits.labels), generator=random) for _ in range(DONORS)])


@torch.no_grad()
def scores(model: VisionTransformer, digits: Digits, seed: int) -> dict[str, Tensor]:
    """Who says which patches matter, ``(batch, 16)`` each.

    ``'rollout'``; ``'rollout_mean'``, the mean rollout of all pictures, the same for each; ``'last_layer'``, its
    weights averaged over heads; ``'ink'``; ``'variance'``, how much the training digits differ at that place (no
    network); ``'occlusion'`` and ``'swapping'``, the measured ``effects``; ``'random'``.
    """
    _, weights = model(digits.images)
    rolled = shown(rollout(weights))
    random = generator(3_000 + seed)
    untie = 1e-4 * torch.rand(rolled.shape, generator=random)  # equal amounts of ink: any of them first
    variance = cut_patches(load_digits()[0].images, PATCH).var(dim=0).sum(dim=-1)  # (16,)
    return {
        "rollout": rolled,
        "rollout_mean": rolled.mean(dim=0).expand_as(rolled),
        "last_layer": shown(weights[-1].mean(dim=1)),
        "ink": amount_of_ink(digits.images) + untie,
        "variance": variance.expand_as(rolled),
        "occlusion": effects(model, digits.images),
        "swapping": effects(model, digits.images, draw_donors(digits, seed)),
        "random": torch.rand(rolled.shape, generator=random),
    }


def run(seed: int) -> dict:
    """All metrics of one seed."""
    test = load_digits()[1]
    order = torch.randperm(TOKENS, generator=generator(4_000 + seed))
    metrics: dict = {}
    models = {kind: train(kind, seed)[0] for kind in MODELS}
    for kind, model in models.items():
        metrics[f"accuracy_{kind}"] = accuracy(model, *test)
        metrics[f"training_accuracy_{kind}"] = accuracy(model, *load_digits()[0])
        metrics[f"shuffled_accuracy_{kind}"] = accuracy(model, shuffled(test.images, order), test.labels)
        metrics[f"parameters_{kind}"] = count_parameters(model)
        metrics[f"multiplications_{kind}"] = multiplications(model)
    for kind in ("vit", "cnn"):
        model, _ = train(kind, seed, order)
        metrics[f"always_shuffled_accuracy_{kind}"] = accuracy(model, shuffled(test.images, order), test.labels)
    metrics["accuracy_vit_longer"] = accuracy(train("vit", seed, steps=LONGER)[0], *test)
    metrics |= judged(models["vit"], test, seed)
    return {name: value if isinstance(value, list) else round(value, 4) for name, value in metrics.items()}


def judged(model: VisionTransformer, test: Digits, seed: int) -> dict:
    """Where the scores point, how far they agree, and what deleting their first patches does."""
    said, donors = scores(model, test, seed), draw_donors(test, seed)
    on_ink = amount_of_ink(test.images) >= INK
    metrics: dict = {"ink_share": float(on_ink.double().mean())}
    for name in ("rollout", "last_layer"):
        metrics[f"ink_mass_{name}"] = attention_mass(said[name], on_ink)
    for name in ("occlusion", "swapping"):
        falls = said[name].clamp_min(0)
        metrics[f"ink_mass_{name}"] = float(falls[on_ink].sum() / falls.sum())
    for name in COMPARED:
        metrics[f"spearman_rollout_{name}"] = rank_correlation(said["rollout"], said[name])
    for effect in ("occlusion", "swapping"):
        for name in ("ink", "last_layer", "variance"):
            metrics[f"spearman_{effect}_{name}"] = rank_correlation(said[effect], said[name])
    for name, score in said.items():
        for way, filling in (("blank", None), ("swap", donors)):
            curve = [accuracy_without(model, test, score, deleted, filling) for deleted in CURVE]
            metrics[f"{way}_{name}"] = curve[CURVE.index(DELETED)]
            metrics[f"{way}_curve_{name}"] = [round(value, 4) for value in curve]
        first = torch.zeros_like(score).scatter_(1, score.topk(DELETED, dim=-1).indices, 1.0) / DELETED
        metrics[f"ink_of_deleted_{name}"] = attention_mass(first, on_ink)
    metrics["rollout_mean_map"] = [round(value, 4) for value in said["rollout_mean"][0].tolist()]
    return metrics
