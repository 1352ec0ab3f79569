"""A training loop that knows nothing of the task: a model, a loss, batches, a number of steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor, nn


def count_parameters(model: nn.Module) -> int:
    """How many numbers training may change."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def minibatches(
    tensors: tuple[Tensor, ...], batch_size: int, generator: torch.Generator
) -> Iterator[tuple[Tensor, ...]]:
    """Endless shuffled batches of rows that belong together.

    Shapes: every tensor ``(examples, ...)`` with the same number of examples; every batch holds
    ``batch_size`` rows of each. The order depends on the generator alone. Rows that do not fill
    a last batch are left out until the next shuffle.

    Raises ValueError when the tensors differ in length or hold less than one batch.
    """
    sizes = [len(tensor) for tensor in tensors]
    if len(set(sizes)) != 1:
        raise ValueError(f"minibatches: all tensors need the same number of rows, got {sizes}.")
    if not 1 <= batch_size <= sizes[0]:
        raise ValueError(
            f"minibatches: batch_size is {batch_size}, expected between 1 and the {sizes[0]} rows there are."
        )
    return _shuffled(tensors, batch_size, generator)  # apart, so that the errors come with the call


def _shuffled(tensors: tuple[Tensor, ...], batch_size: int, generator: torch.Generator) -> Iterator[tuple[Tensor, ...]]:
    examples = len(tensors[0])
    while True:
        order = torch.randperm(examples, generator=generator)
        for start in range(0, examples - batch_size + 1, batch_size):
            rows = order[start : start + batch_size]
            yield tuple(tensor[rows] for tensor in tensors)


def fit(
    model: nn.Module,
    loss: Callable[[nn.Module, tuple[Tensor, ...]], Tensor],
    batches: Iterable[tuple[Tensor, ...]],
    steps: int,
    learning_rate: float = 1e-3,
    clip_norm: float = 1.0,
    on_step: Callable[[int, float], None] | None = None,
) -> list[float]:
    """Train with Adam for a fixed number of steps and return the loss of each step.

    ``loss(model, batch)`` gives the number to make small. The gradient's norm is cut at
    ``clip_norm``. Steps, never seconds, decide when to stop, so a run can be repeated.
    ``on_step(step, loss)`` is called after each step, counted from 1, to show how far it has come.

    Raises ValueError when there are fewer batches than steps or ``clip_norm`` is not positive,
    FloatingPointError when the loss or its gradient stops being finite; the model then keeps the
    parameters of the step before.
    """
    if steps < 1:
        raise ValueError(f"fit: steps is {steps}, expected at least 1.")
    if not clip_norm > 0:
        raise ValueError(f"fit: clip_norm is {clip_norm}, expected a positive number.")
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    model.train()
    history: list[float] = []
    for _, batch in zip(range(steps), batches):
        optimizer.zero_grad()
        step_loss = loss(model, batch)
        step_loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        history.append(float(step_loss.detach()))
        for name, number in (("loss", history[-1]), ("gradient's norm", float(norm))):
            if not math.isfinite(number):
                raise FloatingPointError(
                    f"fit: the {name} became {number} at step {len(history)}; try a smaller learning_rate."
                )
        optimizer.step()
        if on_step is not None:
            on_step(len(history), history[-1])
    if len(history) < steps:
        raise ValueError(f"fit: the batches ended after {len(history)} steps, expected {steps}.")
    model.eval()
    return history
