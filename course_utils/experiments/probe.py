"""Lesson 01, C2: which symbol came ``k`` steps ago? Read out of a random RNN's state, and out of attention's keys.

The net is random (tanh, spectral radius 0.9) and only the linear read-out is fitted, in closed
form: what it cannot find may still be there, but not in a form that one layer can use. How hard each
symbol pushes the state decides how long it lasts: pushed gently the net is nearly linear and holds the
most it can, ``width / 7`` symbols (eight symbols span seven directions; Jaeger 2002 bounds the sum), if
nothing rounds or disturbs its ever smaller traces. Attention's memory is not free either: it keeps
``T`` keys and values, and so grows with the row, where a state does not.
"""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.attention import scaled_dot_product_attention
from course_utils.datasets.delayed_recall import NUM_SYMBOLS, delayed_recall
from course_utils.interpretability import fit_linear_probe, probe_accuracy
from course_utils.layers import sinusoidal_positions
from course_utils.models.recall import recurrent_states
from course_utils.reproducibility import generator, set_seed

WIDTHS = (16, 64, 256)  # each has four times the units of the one before
STEPS_BACK = (2, 4, 8, 16)
SPECTRAL_RADIUS = 0.9  # fades, but slowly: the usual choice for a random net with a long memory
INPUT_SCALE = 0.5  # standard deviation of a symbol's push on each unit: bent, not saturated
GENTLE_SCALE = 0.1  # the same net at its best: tanh hardly bends
LENGTH = 32  # longer than the farthest look back, so that the state's start is forgotten
FIT_SEQUENCES, TEST_SEQUENCES = 4_000, 2_000  # 16 sequences to fit for every unit of the widest net
D_MODEL = 16  # numbers per key and per value: as many as the smallest net's state
SHARPNESS = 100.0  # of attention's query: high enough to tell one position from the next


def random_rnn_states(tokens: Tensor, width: int, input_scale: float, random: torch.Generator) -> Tensor:
    """The last states, ``(batch, width)``, that a random tanh RNN reaches on tokens ``(batch, T)``.

    Gaussian recurrent weights, scaled to the spectral radius ``SPECTRAL_RADIUS``; every symbol
    pushes the state in a Gaussian direction of its own, ``input_scale`` strong on each unit.

    Source: Jaeger 2001, "The echo state approach", for random nets with a fitted read-out.
    """
    W_h = torch.randn(width, width, generator=random, dtype=torch.float64)
    W_h = W_h * (SPECTRAL_RADIUS / torch.linalg.eigvals(W_h).abs().max())
    W_x = input_scale * torch.randn(NUM_SYMBOLS, width, generator=random, dtype=torch.float64)
    return recurrent_states(W_x[tokens], W_h)[:, -1]


def attended_values(tokens: Tensor, steps_back: int, random: torch.Generator) -> Tensor:
    """What attention brings, ``(batch, D_MODEL)``, when its query asks for the position ``steps_back`` before the last.

    Nothing is learned: keys are sinusoidal positions, values a random vector for every symbol.
    """
    length = tokens.shape[1]
    positions = sinusoidal_positions(length, D_MODEL).double()
    symbols = torch.randn(NUM_SYMBOLS, D_MODEL, generator=random, dtype=torch.float64)
    query = SHARPNESS * positions[length - 1 - steps_back][None, None]  # (1, 1, D_MODEL)
    context, _ = scaled_dot_product_attention(query, positions[None], symbols[tokens])
    return context[:, 0]


def recall_at(features: Tensor, tokens: Tensor, steps_back: int) -> float:
    """Accuracy, on held-out sequences, of the linear probe for the symbol ``steps_back`` before the last.

    Shapes: features ``(FIT_SEQUENCES + TEST_SEQUENCES, d)``, tokens ``(the same, T)``.
    """
    labels = tokens[:, -1 - steps_back]
    probe = fit_linear_probe(features[:FIT_SEQUENCES], labels[:FIT_SEQUENCES], NUM_SYMBOLS)
    return probe_accuracy(probe, features[FIT_SEQUENCES:], labels[FIT_SEQUENCES:])


def run(seed: int) -> dict[str, float]:
    """``recall_{width}_at_{k}``, ``gentle_{width}_at_{k}`` (gentle push), ``recall_attention_at_{k}``, ``chance``."""
    set_seed(seed)
    random = generator(seed)
    tokens, _ = delayed_recall(FIT_SEQUENCES + TEST_SEQUENCES, LENGTH, random)
    metrics = {"chance": 1 / NUM_SYMBOLS}
    for name, scale in (("recall", INPUT_SCALE), ("gentle", GENTLE_SCALE)):
        for width in WIDTHS:
            states = random_rnn_states(tokens, width, scale, random)
            metrics |= {f"{name}_{width}_at_{k}": recall_at(states, tokens, k) for k in STEPS_BACK}
    for k in STEPS_BACK:
        metrics[f"recall_attention_at_{k}"] = recall_at(attended_values(tokens, k, random), tokens, k)
    return metrics
