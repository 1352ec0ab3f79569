"""Layer norm before each step or after it: how well the stories are learned, by depth and learning rate (lesson 06).

Models of half the width of ``stories``, shallow and deep, 200 steps without any warm-up of the learning rate, which is
where post-norm is said to need one (Xiong et al. 2020, arXiv:2002.04745). All else is equal, the start as well: both
begin with the same numbers, only that pre-norm has one more layer norm at its end.
"""

from __future__ import annotations

from torch import nn

from course_utils.datasets.stories import MAX_TOKENS, VOCABULARY
from course_utils.experiments import stories
from course_utils.models.language_model import LanguageModel
from course_utils.reproducibility import generator, set_seed
from course_utils.training import fit, minibatches

D_MODEL, HEADS = 32, 4
LAYERS = (2, 8)
RATES = (1e-3, 3e-3, 1e-2)
STEPS = 200


def train(norm_first: bool, layers: int, rate: float, seed: int) -> LanguageModel:
    """A model after ``STEPS`` steps on the stories of this seed."""
    set_seed(seed)
    model = LanguageModel(len(VOCABULARY), D_MODEL, HEADS, layers, MAX_TOKENS, norm_first=norm_first)
    nn.init.normal_(model.embedding.weight, std=stories.EMBEDDING_STD)
    batches = minibatches((stories.training_tokens(seed),), stories.BATCH, generator(seed))
    fit(model, stories.loss, batches, STEPS, rate)
    return model


def run(seed: int) -> dict[str, float]:
    """The gap to the grammar in nats a token, for both places, every depth and every learning rate."""
    metrics = {}
    for name, norm_first in (("pre", True), ("post", False)):
        for layers in LAYERS:
            for rate in RATES:
                model = train(norm_first, layers, rate, seed)
                metrics[f"gap_{name}_{layers}_layers_{rate:g}"] = stories.gap(model, stories.held_out(seed))
    return {name: round(value, 4) for name, value in metrics.items()}
