"""Lesson 01, C2 and C3: who can still name the first of N tokens, after 400 steps of training?

Every model has about 4,000 parameters and sees the same sequences in the same order. The table's
figures are at one learning rate for all, Adam's own default. That choice decides the result: so at
N = 20 every model is also given each rate of ``LEARNING_RATES``, and its best belongs beside the
table, as does ``lstm_open``, the LSTM whose forget gates start open. What fails here is *learning*
within a budget; that a recurrent net cannot remember is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.datasets.delayed_recall import delayed_recall
from course_utils.interpretability import attention_mass, hit_rate
from course_utils.models.recall import AttentionRecall, RecurrentRecall, raise_forget_bias, recall_model
from course_utils.reproducibility import generator, set_seed
from course_utils.training import fit

KINDS = ("rnn", "gru", "lstm", "attention")
OPEN = "lstm_open"  # an LSTM whose forget gates start open
SHORT, LONG = 5, 20  # everybody's length, and the one that separates
STEPS = 400  # the budget: enough for everybody at 5 tokens
BATCH_SIZE = 64  # with 16 and 32 the same models pass and fail at their best rates
LEARNING_RATE = 1e-3  # Adam's default (Kingma & Ba 2015), not tuned for anybody
LEARNING_RATES = (1e-3, 3e-3, 1e-2, 3e-2)  # above, at 0.1, nobody does better
FORGET_BIAS = 3.0  # of OPEN: sigmoid(3) = 0.95 of the memory cell kept at every step
TEST_SEQUENCES = 2_000  # standard error of a guesser's accuracy: 0.007
TEST_SEED = 1_000_000  # added to the seed, so that test sequences are drawn apart

Model = RecurrentRecall | AttentionRecall


def untrained(kind: str, seed: int) -> Model:
    """The model as training finds it; ``kind`` is one of ``KINDS`` or ``OPEN``.

    Raises ValueError for any other kind.
    """
    set_seed(seed)
    model = recall_model("lstm" if kind == OPEN else kind)
    if kind == OPEN:
        raise_forget_bias(model.cell, FORGET_BIAS)
    return model


def train(
    kind: str, length: int, seed: int, steps: int = STEPS, learning_rate: float = LEARNING_RATE
) -> tuple[Model, list[float]]:
    """Train one model to name the first of ``length`` tokens; returns it and the loss of every step (nats).

    ``kind`` is one of ``KINDS`` or ``OPEN``. The seed decides the starting weights and the sequences.
    """
    model = untrained(kind, seed)
    return model, fit(model, answer_loss, _batches(length, seed), steps, learning_rate)


def train_and_test(
    kind: str, length: int, seed: int, checkpoints: Sequence[int], learning_rate: float = LEARNING_RATE
) -> dict[int, float]:
    """Accuracy after each of these numbers of steps, along one training: ``{steps: accuracy}``.

    Raises ValueError when the checkpoints are not rising numbers from 0 on.
    """
    if list(checkpoints) != sorted(set(checkpoints)) or not checkpoints or checkpoints[0] < 0:
        raise ValueError(f"train_and_test: checkpoints are {list(checkpoints)}, expected rising numbers, 0 or more.")
    model, reached = untrained(kind, seed), {}

    def batches_with_tests() -> Iterator[tuple[Tensor, Tensor]]:
        for step, batch in enumerate(_batches(length, seed)):
            if step in checkpoints:  # this many steps lie behind
                reached[step] = accuracy(model, length, seed)
            yield batch

    fit(model, answer_loss, batches_with_tests(), checkpoints[-1], learning_rate)
    return reached | {checkpoints[-1]: accuracy(model, length, seed)}


def answer_loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Cross-entropy of the model's one answer per sequence, in nats; a guesser's is ln 8 = 2.08."""
    tokens, answers = batch
    logits, _ = model(tokens)
    return F.cross_entropy(logits, answers)


@torch.no_grad()
def accuracy(model: nn.Module, length: int, seed: int) -> float:
    """The share of ``TEST_SEQUENCES`` fresh sequences whose first token the model names."""
    tokens, answers = held_out_sequences(length, seed)
    logits, _ = model(tokens)
    return float((logits.argmax(dim=-1) == answers).double().mean())


@torch.no_grad()
def map_scores(model: AttentionRecall, length: int, seed: int) -> dict[str, float]:
    """``mass`` and ``hit_rate`` of the attention on the first token, the one right place of ``length``."""
    _, weights = model(held_out_sequences(length, seed)[0])
    right = torch.arange(length) == 0
    return {"mass": attention_mass(weights, right), "hit_rate": hit_rate(weights, right)}


def held_out_sequences(length: int, seed: int) -> tuple[Tensor, Tensor]:
    """Tokens ``(TEST_SEQUENCES, length)`` and answers ``(TEST_SEQUENCES,)`` that no training batch was drawn with."""
    return delayed_recall(TEST_SEQUENCES, length, generator(TEST_SEED + seed))


def run(seed: int) -> dict[str, float]:
    """``accuracy_{kind}_{length}`` at the common rate, ``accuracy_{kind}_20_rate_{rate}`` at every rate, map scores."""
    set_seed(seed)
    metrics = {}
    for kind in KINDS:
        model, _ = train(kind, SHORT, seed)
        metrics[f"accuracy_{kind}_{SHORT}"] = accuracy(model, SHORT, seed)
    for kind in (*KINDS, OPEN):
        for rate in LEARNING_RATES:
            model, _ = train(kind, LONG, seed, learning_rate=rate)
            metrics[f"accuracy_{kind}_{LONG}_rate_{rate}"] = accuracy(model, LONG, seed)
            if kind == "attention" and rate == LEARNING_RATE:
                metrics |= {f"{name}_{kind}_{LONG}": score for name, score in map_scores(model, LONG, seed).items()}
        metrics[f"accuracy_{kind}_{LONG}"] = metrics[f"accuracy_{kind}_{LONG}_rate_{LEARNING_RATE}"]
    return metrics


def _batches(length: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    random = generator(seed)
    while True:
        yield delayed_recall(BATCH_SIZE, length, random)
