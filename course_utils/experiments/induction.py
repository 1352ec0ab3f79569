"""Induction heads: a repeated block of random tokens, foretold with two layers of attention or with one (lesson 06).

The second copy can be read off the first: find the earlier occurrence of the present token, and take the token after
it. Two layers can do that in two steps: in the first, every token notes who stood before it; in the second, the present
token asks who noted *it* (Elhage et al. 2021, "A mathematical framework for transformer circuits"). The layer that asks
then has a head whose map shows a stripe along the right places: an induction head (Olsson et al. 2022,
arXiv:2209.11895). One layer has nothing noted to ask for (Sanford, Hsu & Telgarsky 2024, arXiv:2408.14332: it would
need to be far larger). It gets 15% more parameters, twice the steps, and the best of the settings that were tried: its
learned positions start as large as the embeddings, which helps it, while two layers then sometimes stay with what one
layer does: ``..._large_positions`` says how two layers fare with that start. Settings were chosen on seeds 0 to 2.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.datasets.repeated_block import LENGTH, LONGEST, SHORTEST, VOCABULARY, RepeatedBlock, draw, stream
from course_utils.interpretability import attention_mass
from course_utils.models.language_model import LanguageModel
from course_utils.reproducibility import generator, set_seed
from course_utils.training import count_parameters, fit

HEADS = 2  # in every layer
BATCH = 48
TEST = 1_000  # fresh sequences, about 7,000 asked positions
WINDOW = 20  # batches, about 7,000 asked positions, that an accuracy during training is averaged over
EXAMPLE_BLOCK = 9  # tokens in the block of the sequence whose maps are shown
NOTED = (0.1, 0.4)  # weights on the token before: below the first it was not noted, above the second it was
LEVELS = (0.2, 0.5, 0.8)  # accuracies whose first step tells when the jump came and how steep it was


class Settings(NamedTuple):
    """What the number of layers is trained with."""

    d_model: int
    steps: int
    learning_rate: float
    positions: float  # standard deviation that the learned positions start with; the embeddings start with 1


SETTINGS = {
    1: Settings(d_model=48, steps=1_800, learning_rate=1e-2, positions=1.0),  # 5e-3 gets fewer right
    2: Settings(d_model=32, steps=900, learning_rate=3e-3, positions=0.02),  # as LearnedPositions starts by itself
}


class Trained(NamedTuple):
    """A model, and how its training went: one number a step, each of a batch it had not seen."""

    model: LanguageModel
    losses: list[float]  # nats for each asked position; ln 28 = 3.33 is a blind guess
    accuracies: list[float]  # share of the asked positions whose next token has the greatest logit


class Head(NamedTuple):
    """Which head, both counted from 0: ``weights[layer][:, head]``."""

    layer: int
    head: int


def build(layers: int, seed: int, positions: float | None = None) -> LanguageModel:
    """A fresh model of one layer or two; two layers of 32 features have 28,188 parameters, one of 48 has 32,428.

    ``positions`` is the standard deviation that the learned positions start with, that of ``SETTINGS`` unless given.

    Raises ValueError for another number of layers.
    """
    if layers not in SETTINGS:
        raise ValueError(f"build: layers is {layers!r}, expected one of {', '.join(map(str, SETTINGS))}.")
    set_seed(seed)
    model = LanguageModel(VOCABULARY, SETTINGS[layers].d_model, HEADS, layers, LENGTH)
    nn.init.normal_(model.positions.vectors, std=SETTINGS[layers].positions if positions is None else positions)
    return model


def train(layers: int, seed: int, steps: int | None = None, positions: float | None = None) -> Trained:
    """A model after ``steps`` steps (those of ``SETTINGS`` unless given), each on fresh sequences.

    ``positions`` and the errors are those of ``build``.

    Only asked positions count in the loss: all else is random, and no model can foretell it.
    """
    model, accuracies = build(layers, seed, positions), []

    def loss(model: LanguageModel, batch: RepeatedBlock) -> Tensor:
        logits, wanted = _asked(model(batch.tokens, need_weights=False)[0], batch)
        accuracies.append(_share_right(logits, wanted))
        return F.cross_entropy(logits, wanted)

    steps = SETTINGS[layers].steps if steps is None else steps
    losses = fit(model, loss, stream(BATCH, generator(1_000 + seed)), steps, SETTINGS[layers].learning_rate)
    return Trained(model, losses, accuracies)


@torch.no_grad()
def accuracy(model: LanguageModel, batch: RepeatedBlock) -> float:
    """Share of the asked positions at which the model foretells the next token."""
    return _share_right(*_asked(model(batch.tokens, need_weights=False)[0], batch))


def example() -> Tensor:
    """The sequence ``(LENGTH,)`` whose maps are shown; its block of ``EXAMPLE_BLOCK`` tokens is repeated."""
    batch = draw(100, generator(4_000_000))
    return batch.tokens[int((batch.block == EXAMPLE_BLOCK).nonzero()[0])]


def accuracy_by_block(model: LanguageModel, batch: RepeatedBlock) -> list[float]:
    """The accuracy for blocks of ``SHORTEST`` tokens, one more, and so on to ``LONGEST``.

    A reader of the content does not care how long a block is; one who guesses how far to look back does.
    """
    lengths = range(SHORTEST, LONGEST + 1)
    of_length = [batch._replace(asked=batch.asked & (batch.block == length)[:, None]) for length in lengths]
    return [accuracy(model, one) for one in of_length]


@torch.no_grad()
def stripe_masses(model: LanguageModel, batch: RepeatedBlock) -> Tensor:
    """For every head, the mean weight from the asked positions on the right place; shape ``(layers, heads)``.

    The right place is the token after the earlier occurrence of the present one. A head that looks at everything so
    far alike gets 0.06.
    """
    right = F.one_hot(batch.place.clamp(min=0), LENGTH).bool()[batch.asked]  # (asked, T)
    _, weights = model(batch.tokens)
    masses = [[attention_mass(head[batch.asked], right) for head in layer.unbind(1)] for layer in weights]
    return torch.tensor(masses)


@torch.no_grad()
def previous_masses(model: LanguageModel, batch: RepeatedBlock) -> Tensor:
    """For every head, the mean weight on the token just before, from all positions but the first two.

    Shape ``(layers, heads)``. From the second position on a head has at least two tokens to choose from; the first two
    are left out because there the token just before is nearly all there is.
    """
    _, weights = model(batch.tokens)
    return torch.stack([layer.diagonal(-1, -2, -1)[..., 1:].mean((0, 2)) for layer in weights])


@torch.no_grad()
def stripe_masses_by_noted(model: LanguageModel, batch: RepeatedBlock, head: Head) -> tuple[float, float]:
    """The head's mean weight on the right place, first where that place noted who stands before it, then where not.

    It noted it where some head of the first layer gives the token before it more than ``NOTED[1]``, and did not where
    all give it less than ``NOTED[0]``; what lies between counts in neither mean. NaN where there is no such place.
    """
    _, weights = model(batch.tokens)
    row, position = batch.asked.nonzero(as_tuple=True)
    place = batch.place[row, position]
    noted = weights[0][row, :, place, place - 1].amax(-1)  # (asked,)
    found = weights[head.layer][row, head.head, position, place]
    return found[noted > NOTED[1]].mean().item(), found[noted < NOTED[0]].mean().item()


def best_head(masses: Tensor) -> Head:
    """The head with the greatest of the masses ``(layers, heads)``.

    Choose it on one batch and score it on another: the best of several is flattered by the batch it was chosen on.
    """
    return Head(*divmod(int(masses.argmax()), masses.shape[1]))


@torch.no_grad()
def head_weights(model: LanguageModel, tokens: Tensor, head: Head) -> Tensor:
    """One head's weights, ``(T, T)``, on one sequence of tokens ``(T,)``: rows ask, columns are attended to."""
    _, weights = model(tokens[None])
    return weights[head.layer][0, head.head]


@torch.no_grad()
def accuracy_with_uniform(model: LanguageModel, batch: RepeatedBlock, layer: int) -> float:
    """Accuracy when all heads of a layer look at everything so far alike: what does the layer's looking bring?"""
    block = model.blocks[layer]
    kept = [parameter.detach().clone() for parameter in block.attention.W_q.parameters()]
    try:
        for parameter in block.attention.W_q.parameters():
            parameter.zero_()  # a query of zeros scores every key alike
        return accuracy(model, batch)
    finally:
        for parameter, old in zip(block.attention.W_q.parameters(), kept):
            parameter.copy_(old)


def guess_by_place() -> float:
    """The accuracy of a reader who knows where a position stands and nothing of the tokens' order, in closed form.

    It knows how likely each block length is there, and looks back by the likeliest one.
    """
    chances = torch.zeros(LENGTH, LONGEST + 1)  # of being asked at a position, with a block of so many tokens
    for block in range(SHORTEST, LONGEST + 1):
        starts = LENGTH - 2 * block + 1
        for start in range(starts):
            chances[start + block : start + 2 * block - 1, block] += 1 / starts
    return float(chances.amax(1).sum() / chances.sum())


def first_step(accuracies: list[float], level: float) -> int | None:
    """After how many steps the accuracy, averaged over the last ``WINDOW`` batches, first reaches the level.

    None when it never does.
    """
    for end in range(WINDOW, len(accuracies) + 1):
        if sum(accuracies[end - WINDOW : end]) >= level * WINDOW:
            return end
    return None


def run(seed: int) -> dict[str, float | int | None | list[float]]:
    """Accuracy of both models, where their heads look, what each layer's looking brings, and when the jump came.

    ``stripe_mass`` is that of the two layers' best head, ``previous_mass`` that of the first layer's best; each head is
    chosen on one batch and scored on another. ``stripe_mass_noted`` and ``stripe_mass_not_noted`` part that mass by
    what the first layer did at the right place (``stripe_masses_by_noted``). ``accuracy_uniform_layer_1`` and ``_2``
    are those of the two layers with one of them looking at everything alike (counted from 1 here).
    ``..._large_positions`` belong to two layers whose positions start as large as those of the one layer; ``map_...``
    is their best head's, on the ``example``. ``steps_to_...`` is None when a level was never reached.
    ``accuracy_by_block_...`` has a number for each block length; curves hold one for every ``WINDOW`` steps.
    """
    choosing, test = draw(TEST, generator(2_000_000 + seed)), draw(TEST, generator(3_000_000 + seed))
    metrics: dict[str, float | int | None | list[float]] = {"accuracy_by_place": guess_by_place()}
    for layers, name in ((1, "1_layer"), (2, "2_layers")):
        model, losses, accuracies = train(layers, seed)
        metrics[f"parameters_{name}"] = count_parameters(model)
        metrics[f"accuracy_{name}"] = accuracy(model, test)
        metrics[f"accuracy_by_block_{name}"] = [round(share, 4) for share in accuracy_by_block(model, test)]
        metrics[f"loss_curve_{name}"] = _averaged(losses)
        metrics[f"accuracy_curve_{name}"] = _averaged(accuracies)
        stripe = best_head(stripe_masses(model, choosing))
        metrics["stripe_mass" if layers == 2 else "stripe_mass_1_layer"] = float(stripe_masses(model, test)[stripe])
        if layers == 2:
            metrics["stripe_layer"] = stripe.layer + 1
            previous = best_head(previous_masses(model, choosing)[:1])
            metrics["previous_mass"] = float(previous_masses(model, test)[previous])
            noted, not_noted = stripe_masses_by_noted(model, test, stripe)
            metrics["stripe_mass_noted"], metrics["stripe_mass_not_noted"] = noted, not_noted
            for layer in (0, 1):
                metrics[f"accuracy_uniform_layer_{layer + 1}"] = accuracy_with_uniform(model, test, layer)
            for level in LEVELS:
                metrics[f"steps_to_{level}"] = first_step(accuracies, level)
    metrics |= _with_large_positions(seed, choosing, test)
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in metrics.items()}


def _with_large_positions(seed: int, choosing: RepeatedBlock, test: RepeatedBlock) -> dict[str, float | list]:
    model, _, _ = train(2, seed, positions=SETTINGS[1].positions)
    head = best_head(stripe_masses(model, choosing))
    rows = head_weights(model, example(), head).tolist()
    return {
        "accuracy_2_layers_large_positions": accuracy(model, test),
        "stripe_mass_large_positions": float(stripe_masses(model, test)[head]),
        "map_large_positions": [[round(weight, 2) for weight in row] for row in rows],
    }


def _asked(logits: Tensor, batch: RepeatedBlock) -> tuple[Tensor, Tensor]:
    """Logits ``(asked, VOCABULARY)`` and the tokens wanted, ``(asked,)``: what follows each asked position."""
    return logits[batch.asked], batch.tokens.roll(-1, dims=1)[batch.asked]  # the last position is never asked


def _share_right(logits: Tensor, wanted: Tensor) -> float:
    return (logits.argmax(-1) == wanted).float().mean().item()


def _averaged(numbers: list[float]) -> list[float]:
    rows = torch.tensor(numbers, dtype=torch.float64).unflatten(0, (-1, WINDOW))
    return [round(mean, 3) for mean in rows.mean(1).tolist()]
