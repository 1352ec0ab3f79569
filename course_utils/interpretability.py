"""Looking inside: what a state still holds, how far back a gradient reaches, whether a map looks at the right place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def fit_linear_probe(features: Tensor, labels: Tensor, num_classes: int, penalty: float = 1e-3) -> Tensor:
    """Fit, in closed form, the linear read-out that names the label from the features (ridge regression on one-hot).

    Minimises the summed squared error plus ``penalty`` times the squared weights; the intercept is
    free. Shapes: features ``(examples, d)``, labels ``(examples,)`` whole numbers below
    ``num_classes``. Returns ``(d + 1, num_classes)``, float64, the intercept in the last row.

    Raises ValueError when shapes, labels or penalty do not fit.

    Source: Alain & Bengio 2017 (arXiv:1610.01644) for probes; Hoerl & Kennard 1970 for the ridge.
    """
    _require_examples("fit_linear_probe", features, labels)
    if penalty < 0:
        raise ValueError(f"fit_linear_probe: penalty is {penalty}, expected 0 or more.")
    if not 0 <= int(labels.min()) <= int(labels.max()) < num_classes:
        raise ValueError(
            f"fit_linear_probe: labels run from {int(labels.min())} to {int(labels.max())}, "
            f"expected 0 to {num_classes - 1}."
        )
    features = features.detach().double()
    targets = torch.nn.functional.one_hot(labels, num_classes).double()
    feature_means, target_means = features.mean(dim=0), targets.mean(dim=0)
    centred = features - feature_means
    gram = centred.T @ centred + penalty * torch.eye(features.shape[1], dtype=torch.float64)
    weights = torch.linalg.solve(gram, centred.T @ (targets - target_means))  # (d, num_classes)
    intercept = target_means - feature_means @ weights
    return torch.cat([weights, intercept[None]])


def probe_accuracy(probe: Tensor, features: Tensor, labels: Tensor) -> float:
    """The share of examples for which the probe's greatest output is the label.

    Shapes: probe ``(d + 1, num_classes)`` as ``fit_linear_probe`` returns it; features
    ``(examples, d)``; labels ``(examples,)``. Use examples that the probe was not fitted on.

    Raises ValueError when the shapes do not fit.
    """
    _require_examples("probe_accuracy", features, labels)
    if probe.dim() != 2 or probe.shape[0] != features.shape[1] + 1:
        raise ValueError(
            f"probe_accuracy: probe has shape {tuple(probe.shape)}, expected ({features.shape[1] + 1}, num_classes) "
            f"for features of shape {tuple(features.shape)}."
        )
    answers = features.detach().double() @ probe[:-1] + probe[-1]  # (examples, num_classes)
    return float((answers.argmax(dim=-1) == labels).double().mean())


def gradient_by_distance(read: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """How strongly the final output answers to the input ``k`` steps before the end, for every ``k``.

    ``read`` maps inputs ``(batch, T, d)`` to outputs ``(batch, d_out)`` and keeps the sequences of
    a batch apart. Returns ``(T,)``: entry ``k`` is the Frobenius norm of the Jacobian of the output
    with respect to the input at position ``T - 1 - k``, averaged over the batch.

    Raises ValueError when the inputs or the outputs do not have these shapes.

    Source: Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013 (arXiv:1211.5063), section 2.
    """
    if inputs.dim() != 3:
        raise ValueError(f"gradient_by_distance: inputs have shape {tuple(inputs.shape)}, expected (batch, T, d).")
    inputs = inputs.detach().clone().requires_grad_()
    outputs = read(inputs)
    if outputs.dim() != 2 or outputs.shape[0] != inputs.shape[0]:
        raise ValueError(
            f"gradient_by_distance: read returned shape {tuple(outputs.shape)}, expected ({inputs.shape[0]}, d_out)."
        )
    squares = torch.zeros(inputs.shape[:2], dtype=inputs.dtype)  # (batch, T)
    for total in outputs.sum(dim=0):  # one row of every Jacobian at a time
        (gradient,) = torch.autograd.grad(total, inputs, retain_graph=True)  # (batch, T, d)
        squares += gradient.square().sum(dim=-1)
    return squares.sqrt().mean(dim=0).flip(0)


def log_slope(sizes: Tensor, first: int = 0) -> float:
    """By how much the natural logarithm of ``sizes`` changes per step, fitted by least squares from entry ``first`` on.

    ``exp(log_slope(sizes))`` is the factor per step: 1 is flat, 0.9 loses a tenth each step.
    Shape: sizes ``(T,)``, positive, at least two of them from ``first`` on.

    Raises ValueError otherwise.
    """
    if sizes.dim() != 1 or not 0 <= first <= len(sizes) - 2 or not bool((sizes[first:] > 0).all()):
        raise ValueError(
            f"log_slope: needs at least two positive sizes in one row from entry {first} on, "
            f"got shape {tuple(sizes.shape)} with smallest {float(sizes.min()) if sizes.numel() else math.nan:.3g}."
        )
    logarithms = sizes[first:].double().log()
    steps = torch.arange(len(logarithms), dtype=torch.float64)
    steps = steps - steps.mean()
    return float(steps @ logarithms / (steps @ steps))


def attention_mass(weights: Tensor, right: Tensor) -> float:
    """The share of all attention that lands on the right places, in the mean over queries.

    Shapes: weights ``(..., T_k)``, every row summing to 1; right boolean, True at every right
    place, broadcast to the weights. Compare with the share that looking everywhere would get.

    Raises TypeError or ValueError when ``right`` is not boolean or does not fit.
    """
    return float((weights.detach() * _fitting_places("attention_mass", weights, right)).sum(dim=-1).mean())


def hit_rate(weights: Tensor, right: Tensor) -> float:
    """How often the key with the greatest weight is a right place, in the mean over queries.

    Shapes and errors as in ``attention_mass``.
    """
    places = _fitting_places("hit_rate", weights, right)
    return float(places.gather(-1, weights.argmax(dim=-1, keepdim=True)).float().mean())


def rollout(weights: Sequence[Tensor]) -> Tensor:
    """Follow the weights of all layers back to the input: of each token's last state, the share of every first token.

    Each layer counts as half its map, averaged over the heads, and half the identity, for the stream that flows past
    it; the layers are multiplied, the first on the right. What the values hold and what the feed-forward networks do
    is left out. Shapes: for each layer, first layer first, weights ``(batch, heads, T, T)``, every row summing to 1.
    Returns ``(batch, T, T)``, again with rows that sum to 1.

    Raises TypeError or ValueError when there is no layer, one is no floating-point tensor or another shape, or a row
    does not sum to 1.

    Source: Abnar & Zuidema 2020, section 3, equation 1 (arXiv:2005.00928).
    """
    layers = _require_layers(weights)
    identity = torch.eye(layers[0].shape[-1], dtype=layers[0].dtype, device=layers[0].device)
    shares = identity.expand(len(layers[0]), -1, -1)
    for layer in layers:
        shares = (layer.detach().mean(dim=1) + identity) / 2 @ shares  # (batch, T, T)
    return shares


def rank_correlation(first: Tensor, second: Tensor) -> float:
    """How far two scores put the same places in the same order: 1 the same, 0 no relation, -1 the reverse.

    Shapes: both ``(rows, places)``; the correlation is taken in each row and averaged. Equal scores share their ranks.

    Raises ValueError when the shapes differ, a score is NaN, or a row has fewer than two different scores.

    Source: Spearman 1904.
    """
    if first.dim() != 2 or first.shape != second.shape or not len(first):
        raise ValueError(
            f"rank_correlation: got shapes {tuple(first.shape)} and {tuple(second.shape)}; "
            "expected the same (rows, places) twice, not empty."
        )
    ranks = []
    for name, scores in (("first", first.detach()), ("second", second.detach())):
        if bool(scores.isnan().any()):
            raise ValueError(f"rank_correlation: {name} holds NaN, which has no rank.")
        above = (scores[:, :, None] > scores[:, None, :]).sum(-1)
        equal = (scores[:, :, None] == scores[:, None, :]).sum(-1)
        centred = above + equal / 2 - scores.shape[1] / 2  # the mean rank is half the number of places
        lengths = centred.norm(dim=-1, keepdim=True)
        if not bool((lengths > 0).all()):
            raise ValueError(f"rank_correlation: row {int(lengths.argmin())} of {name} holds one and the same score.")
        ranks.append(centred / lengths)
    return float((ranks[0] * ranks[1]).sum(dim=-1).mean())


def _fitting_places(function: str, weights: Tensor, right: Tensor) -> Tensor:
    if not isinstance(right, Tensor) or right.dtype != torch.bool:
        kind = right.dtype if isinstance(right, Tensor) else type(right).__name__
        raise TypeError(f"{function}: right must be a boolean tensor, True where attention should go; got {kind}.")
    try:
        return right.expand(weights.shape)
    except RuntimeError:
        raise ValueError(
            f"{function}: right has shape {tuple(right.shape)}, which cannot be broadcast to the weights' "
            f"shape {tuple(weights.shape)} = (..., T_k)."
        ) from None


def _require_layers(weights: object) -> list[Tensor]:
    if isinstance(weights, Tensor) or not isinstance(weights, Sequence) or not len(weights):
        came = "none" if isinstance(weights, Sequence) and not len(weights) else type(weights).__name__
        raise TypeError(f"rollout: weights must be a list of tensors, one for each layer, at least one; got {came}.")
    for number, layer in enumerate(weights, start=1):
        if not isinstance(layer, Tensor) or not layer.dtype.is_floating_point:
            kind = layer.dtype if isinstance(layer, Tensor) else type(layer).__name__
            raise TypeError(f"rollout: weights of layer {number} must be a tensor of floats, got {kind}.")
        fits = layer.dim() == 4 and layer.numel() and layer.shape[2] == layer.shape[3]
        if not fits or (layer.shape[0], layer.shape[2]) != (weights[0].shape[0], weights[0].shape[2]):
            raise ValueError(
                f"rollout: weights of layer {number} have shape {tuple(layer.shape)}; expected "
                "(batch, heads, T, T), not empty, with the same batch and T in all layers."
            )
        sums = layer.detach().sum(dim=-1)
        if not bool((sums - 1).abs().max() < 1e-3):
            raise ValueError(
                f"rollout: every row of weights must sum to 1; in layer {number} the sums run from "
                f"{float(sums.min()):.3g} to {float(sums.max()):.3g}."
            )
    return list(weights)


def _require_examples(function: str, features: Tensor, labels: Tensor) -> None:
    if features.dim() != 2 or labels.shape != features.shape[:1] or not len(labels):
        raise ValueError(
            f"{function}: features have shape {tuple(features.shape)} and labels {tuple(labels.shape)}; "
            "expected (examples, d) and (examples,), at least one example."
        )
    if labels.dtype.is_floating_point or labels.dtype == torch.bool:
        raise ValueError(f"{function}: labels must be whole numbers, got {labels.dtype}.")
