"""Order put into self-attention: not at all, learned, sinusoidal or relative positions (lesson 04, claim C4).

The task, the budget and the learning rates are those of ``senses``. The absolute positions, learned and sinusoidal, get
four times the steps as well, at the rate that was best for the usual number. And another start: words begin with length
1, waves have length 4 and learned vectors begin with 0.11, so both are tried with length 1. Moved sentences are the
hard ones with nine words more at their beginning, which change nothing but where the words stand.
"""

from __future__ import annotations

from course_utils.datasets.ambiguous_words import Sentence, load_sentences
from course_utils.experiments.senses import STEPS, accuracy, cue_hit_rate, train
from course_utils.models.senses import POSITIONS
from course_utils.training import count_parameters

MORE_STEPS = 4 * STEPS  # do absolute positions only need longer?
BEFORE = ("my", "friend", "told", "us", "that", "yesterday", "everybody", "said", "that")
UNIT = ("learned", "sinusoidal")  # with vectors of length 1 as well


def moved(example: Sentence) -> Sentence:
    """The sentence with nine words put before it; every distance stays."""
    by = len(BEFORE)
    return Sentence((*BEFORE, *example.words), example.place + by, example.sense, example.cue + by)


def kind_of(positions: str) -> str:
    """The name in ``senses.MODELS`` of self-attention with these positions."""
    return "attention" if positions == "relative" else f"attention_{positions}"


def run(seed: int) -> dict[str, float]:
    """For every kind of positions: parameters, accuracy on easy, hard and moved sentences, hit rate on the cue."""
    splits = load_sentences()
    metrics: dict[str, float] = {}
    trainings = [(positions, positions, STEPS) for positions in POSITIONS]
    trainings += [(f"{positions}_longer", positions, MORE_STEPS) for positions in ("none", "learned", "sinusoidal")]
    trainings += [(f"{positions}_unit", f"{positions}_unit", STEPS) for positions in UNIT]
    for name, positions, steps in trainings:
        model, _ = train(kind_of(positions), seed, steps)
        metrics[f"parameters_{name}"] = count_parameters(model)
        metrics[f"easy_accuracy_{name}"] = accuracy(model, splits["easy"])
        metrics[f"hard_accuracy_{name}"] = accuracy(model, splits["hard"])
        metrics[f"moved_accuracy_{name}"] = accuracy(model, [moved(example) for example in splits["hard"]])
        metrics[f"hit_rate_{name}"] = cue_hit_rate(model, splits["hard"])
    return {name: round(value, 4) for name, value in metrics.items()}
