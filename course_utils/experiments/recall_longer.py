"""Lesson 01, the counterpart to ``recall``: what more steps buy at 20 tokens, and what nobody buys at 80.

First, ten times the training, at the middle rate of ``recall.LEARNING_RATES``: who could not learn in
400 steps, and who only had not yet? At Adam's default rate RNN, GRU and LSTM still guessed after 4,000
(one seed tried). Then rows of 80 tokens with 400 steps again, each model at the rate that served it best at 20.
"""

from __future__ import annotations

from course_utils.experiments.recall import KINDS, LONG, OPEN, STEPS, train_and_test
from course_utils.reproducibility import set_seed

CHECKPOINTS = (STEPS, 1_000, 2_000, 4_000)
LEARNING_RATE = 3e-3  # slow enough to be steady for 4,000 steps, fast enough for the RNN and the GRU to get there
LONGEST = 80
BEST_RATES = {"rnn": 1e-2, "gru": 3e-2, "lstm": 1e-2, "attention": 3e-3, OPEN: 1e-2}  # at 20 tokens; ties by 40


def run(seed: int) -> dict[str, float]:
    """``accuracy_{kind}_20_steps_{steps}`` at every checkpoint of one training, and ``accuracy_{kind}_80``."""
    set_seed(seed)
    metrics = {}
    for kind in (*KINDS, OPEN):
        reached = train_and_test(kind, LONG, seed, CHECKPOINTS, LEARNING_RATE)
        metrics |= {f"accuracy_{kind}_{LONG}_steps_{steps}": accuracy for steps, accuracy in reached.items()}
        metrics[f"accuracy_{kind}_{LONGEST}"] = train_and_test(kind, LONGEST, seed, (STEPS,), BEST_RATES[kind])[STEPS]
    return metrics
