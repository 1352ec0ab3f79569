"""Lesson 09: is it the size of the state that decides? The readers of ``cost_recall`` in other shapes, trained longer.

All read 48 pairs unless a name ends in another number. *Narrow* and *keys* are linear attentions that keep about as
many numbers as the lesson's, in a state of another shape; *longer* has the GRU's five times the steps, at the kind's
own learning rate. Where no rate is named it is the better of 3e-3 and 1e-2 in seeds 10 to 12 (longer: in seed 10; the
two differed by less than 0.01), which no result uses. Flops are those of attention's own products, without projections.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.attention import causal_mask, scaled_dot_product_attention
from course_utils.cost import count
from course_utils.datasets.key_value_recall import KeyValueRecall
from course_utils.efficient import linear_attention, sliding_window_attention
from course_utils.experiments.cost_recall import LONG, LONGER, PAIRS, accuracy, fresh_sequences, train
from course_utils.models.key_value_recall import D_MODEL, WINDOW, KeyValueReader
from course_utils.reproducibility import generator
from course_utils.training import count_parameters

LONGEST = PAIRS[-1]
CONTROLS = {  # kind, learning rate, and the other arguments of KeyValueReader
    "linear_narrow": ("linear", 1e-2, {"d_model": 64, "d_k": 16}),
    "linear_keys": ("linear", 1e-2, {"d_k": 64, "d_v": 16}),
    "linear_width_64_rate_0.003": ("linear", 3e-3, {"d_model": 64}),
    "linear_width_128_rate_0.003": ("linear", 3e-3, {"d_model": 128}),
    "full_width_8": ("full", 1e-2, {"d_model": 8}),
    "full_width_12": ("full", 1e-2, {"d_model": 12}),
}
KEYS_LONGER_RATE = 3e-3
ATTENTIONS = ("full", "window", "linear", "linear_one_by_one")


@torch.no_grad()
def weight_on_right_key(model: KeyValueReader, test: KeyValueRecall) -> float:
    """The mean weight that the question gives to the pair it asks for; a row of weights adds up to 1.

    Linear attention makes no weights: where every token's value is its own place, the context is them.
    """
    x = model.key(test.keys) + model.value(test.values)
    places = torch.eye(x.shape[1]).expand(len(x), -1, -1)
    weights, _ = model.carry.attend(model.carry.W_q(x[:, -1:]), model.carry.W_k(x), places, None)  # (batch, 1, T)
    return weights[:, 0].gather(1, test.place[:, None]).mean().item()


def one_by_one(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Causal linear attention that reads a token at a time, as a model that writes does: the same context.

    Shapes: query and key ``(T, d_k)``, value ``(T, d_v)``; the context is ``(T, d_v)``.

    Source: Katharopoulos et al. 2020, equations 16 to 20 (arXiv:2006.16236).
    """
    value = F.pad(value, (0, 1), value=1.0)
    state, contexts = query.new_zeros(query.shape[1], value.shape[1]), []
    for q, k, v in zip(F.elu(query) + 1, F.elu(key) + 1, value):
        state = state + k[:, None] @ v[None]
        mixed = q @ state
        contexts.append(mixed[:-1] / mixed[-1])
    return torch.stack(contexts)


def attention_flops(attention: str, tokens: int) -> int:
    """Flops of one of ``ATTENTIONS`` alone, causal, every token's context made, ``D_MODEL`` features; counted."""
    query, key, value = torch.randn(3, tokens, D_MODEL, generator=generator(0))
    if attention == "full":
        return count(scaled_dot_product_attention, query, key, value, causal_mask(tokens, tokens)).flops
    if attention == "window":
        return count(sliding_window_attention, query, key, value, window=WINDOW, causal=True).flops
    if attention == "linear":
        return count(linear_attention, query, key, value, causal=True).flops
    return count(one_by_one, query, key, value).flops


def other_shapes(seed: int) -> dict[str, float]:
    """Accuracy, state and parameters of ``CONTROLS``."""
    test, metrics = fresh_sequences(LONGEST, seed), {}
    for name, (kind, rate, network) in CONTROLS.items():
        model, _ = train(kind, LONGEST, seed, learning_rate=rate, **network)
        metrics[f"accuracy_{name}"] = accuracy(model, test)
        metrics[f"state_{name}"] = model.state_size(LONGEST)
        metrics[f"parameters_{name}"] = count_parameters(model)
    return metrics


def more_steps(seed: int) -> dict[str, float]:
    """Accuracy of linear attention after ``LONGER`` steps: the lesson's at all lengths, and *keys* at the longest."""
    metrics = {}
    for pairs in PAIRS:
        model, losses = train("linear", pairs, seed, LONGER)
        metrics[f"accuracy_linear_longer_{pairs}"] = accuracy(model, fresh_sequences(pairs, seed))
        metrics[f"final_loss_linear_longer_{pairs}"] = sum(losses[-20:]) / 20
    model, _ = train("linear", LONGEST, seed, LONGER, KEYS_LONGER_RATE, **CONTROLS["linear_keys"][2])
    metrics["accuracy_linear_keys_longer"] = accuracy(model, fresh_sequences(LONGEST, seed))
    return metrics


def where_they_look(seed: int) -> dict[str, float]:
    """The weight that the lesson's trained readers give to the right pair."""
    metrics = {}
    for kind in ("linear", "full"):
        model, _ = train(kind, LONGEST, seed)
        metrics[f"weight_on_right_key_{kind}"] = weight_on_right_key(model, fresh_sequences(LONGEST, seed))
    return metrics


def run(seed: int) -> dict[str, float]:
    """States of other shapes; more steps; where the trained readers look; attention's own flops."""
    metrics = other_shapes(seed) | more_steps(seed) | where_they_look(seed)
    for attention in ATTENTIONS:
        for pairs in (LONGEST, LONG):
            metrics[f"flops_attention_{attention}_{pairs}"] = attention_flops(attention, pairs + 1)
    return {name: round(value, 4) for name, value in metrics.items()}
