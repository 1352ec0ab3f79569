"""Lesson 09: what full, windowed and linear attention and a GRU recall, beside what each of them costs.

A model reads 4, 16 or 48 pairs of a key and a value and then names the value of one key. All kinds have about 7,500
parameters, the same steps, batches and sequences, and out of 1e-3, 3e-3, 1e-2 and 3e-2 the learning rate that did best
over the three lengths in seeds 10 to 12, which no result uses. The GRU is also given five times the steps, and with
them five times the units. Costs are counted on the forward pass of one sequence and are the same for every seed.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.cost import Cost, count
from course_utils.datasets.key_value_recall import KEYS, VALUES, KeyValueRecall, draw, stream
from course_utils.models.key_value_recall import HIDDEN, KINDS, WINDOW, KeyValueReader
from course_utils.reproducibility import generator, set_seed
from course_utils.training import count_parameters, fit

PAIRS = (4, 16, 48)
STEPS, BATCH = 800, 64  # one to six CPU seconds
LONGER = 5 * STEPS  # for the GRU
WIDER = 128  # its units then, where HIDDEN is 25
LEARNING_RATES = {"full": 3e-3, "window": 3e-3, "linear": 1e-2, "gru": 3e-3}
WIDTHS = (16, 64, 128)  # of the vectors, beside D_MODEL: linear attention's state grows with the square
WINDOWS = (16, 32)  # tokens, beside WINDOW
LONG = 1_024  # pairs; at this length costs are only counted
AGES = 6  # groups of pairs, from those read last to those read first
TEST = 2_000  # sequences; a guesser's accuracy has a standard error of 0.005


def build(kind: str, seed: int, **network: int) -> KeyValueReader:
    """A fresh model; ``network`` holds the other arguments of ``KeyValueReader``, with its errors."""
    set_seed(seed)
    return KeyValueReader(kind, **network)


def loss(model: KeyValueReader, batch: KeyValueRecall) -> Tensor:
    """Cross-entropy of the value asked for, in nats; a guesser's is ln 16 = 2.77."""
    logits, _ = model(batch.keys, batch.values)
    return F.cross_entropy(logits, batch.answer)


def train(
    kind: str, pairs: int, seed: int, steps: int = STEPS, learning_rate: float | None = None, **network: int
) -> tuple[KeyValueReader, list[float]]:
    """A model after so many steps on fresh sequences of so many pairs, and its losses; ``network`` as in ``build``.

    The learning rate is the kind's own of ``LEARNING_RATES`` unless given.
    """
    model = build(kind, seed, **network)
    rate = LEARNING_RATES[kind] if learning_rate is None else learning_rate
    return model, fit(model, loss, stream(BATCH, pairs, generator(1_000 + seed)), steps, rate)


def fresh_sequences(pairs: int, seed: int) -> KeyValueRecall:
    """The fresh sequences that a seed is tested on."""
    return draw(TEST, pairs, generator(2_000_000 + seed))


@torch.no_grad()
def right(model: KeyValueReader, test: KeyValueRecall) -> Tensor:
    """Which questions are answered right: boolean ``(batch,)``."""
    logits, _ = model(test.keys, test.values)
    return logits.argmax(-1) == test.answer


def accuracy(model: KeyValueReader, test: KeyValueRecall) -> float:
    """Share of questions answered right."""
    return right(model, test).double().mean().item()


def accuracy_by_age(model: KeyValueReader, test: KeyValueRecall) -> list[float]:
    """The same for pairs read last, before these, … and first, in ``AGES`` groups of as many pairs each.

    Raises ValueError when the pairs cannot be divided so.
    """
    pairs = test.keys.shape[1] - 1
    if pairs % AGES:
        raise ValueError(f"accuracy_by_age: there are {pairs} pairs, expected a multiple of {AGES}.")
    group, said = (pairs - 1 - test.place) // (pairs // AGES), right(model, test).double()
    return [said[group == age].mean().item() for age in range(AGES)]


def window_accuracy(pairs: int, window: int = WINDOW) -> float:
    """What a window can get at most: every pair that it holds, and one in ``VALUES`` of the others."""
    held = min(1.0, (window - 1) / pairs)
    return held + (1 - held) / VALUES


@torch.no_grad()
def cost(model: KeyValueReader, pairs: int) -> Cost:
    """What reading one sequence of so many pairs and answering costs, counted."""
    tokens = torch.arange(pairs + 1)[None]
    return count(model, tokens % KEYS, tokens % VALUES)


def run(seed: int) -> dict[str, float | list[float]]:
    """Accuracy, state and cost of each kind at each length; then larger states, and a longer time for the GRU."""
    metrics: dict[str, float | list[float]] = {}
    tests = {pairs: fresh_sequences(pairs, seed) for pairs in PAIRS}
    longest = PAIRS[-1]
    for kind in KINDS:
        for pairs in PAIRS:
            model, losses = train(kind, pairs, seed)
            metrics[f"accuracy_{kind}_{pairs}"] = accuracy(model, tests[pairs])
            metrics[f"final_loss_{kind}_{pairs}"] = sum(losses[-20:]) / 20
        metrics[f"ages_{kind}_{longest}"] = accuracy_by_age(model, tests[longest])
        metrics[f"parameters_{kind}"] = count_parameters(model)
        for pairs in (*PAIRS, LONG):
            counted = cost(model, pairs)
            metrics[f"state_{kind}_{pairs}"] = model.state_size(pairs)
            metrics[f"flops_{kind}_{pairs}"] = counted.flops
            metrics[f"bytes_{kind}_{pairs}"] = counted.peak_bytes
    for kind, sizes in (("linear", WIDTHS), ("full", WIDTHS[:1])):  # the state, or the parameters?
        for width in sizes:
            model, _ = train(kind, longest, seed, d_model=width)
            metrics[f"accuracy_{kind}_{longest}_width_{width}"] = accuracy(model, tests[longest])
            metrics[f"state_{kind}_{longest}_width_{width}"] = model.state_size(longest)
    for window in WINDOWS:
        model, _ = train("window", longest, seed, window=window)
        metrics[f"accuracy_window_{longest}_of_{window}"] = accuracy(model, tests[longest])
        metrics[f"state_window_{longest}_of_{window}"] = model.state_size(longest)
    for name, hidden in (("gru_longer", HIDDEN), ("gru_longer_wider", WIDER)):
        for pairs in PAIRS[:2]:
            model, _ = train("gru", pairs, seed, LONGER, hidden=hidden)
            metrics[f"accuracy_{name}_{pairs}"] = accuracy(model, tests[pairs])
        metrics[f"parameters_{name}"] = count_parameters(model)
        metrics[f"state_{name}"] = model.state_size(longest)
    return {name: _rounded(value) for name, value in metrics.items()}


def _rounded(value: float | list[float]) -> float | list[float]:
    return [round(part, 4) for part in value] if isinstance(value, list) else round(value, 4)
